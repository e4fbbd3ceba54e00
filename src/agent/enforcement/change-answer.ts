import type { ChangeAnswer } from '../../shared/contracts/local-api.ts';
import type { Resolution } from '../../shared/policy/model.ts';
import { storageRefusal } from '../files/storage-failure.ts';
import { jsonOf } from '../local-api/json-of.ts';
import { refusalBody } from './gate.ts';
import type { Pass } from './reconciler.ts';

/** What is answered to a change, once its outcome is on disk or known to be refused (docs/policy.md section 4). */
export function changeAnswer(pass: Pass, now: Resolution): ChangeAnswer {
  const { decision, notSaved } = pass;
  if (decision === null) return { results: [] };
  if (!decision.ok) return { results: [...decision.results], error: refusalBody(decision.refusal) };
  if (notSaved !== null && decision.edits.size > 0) {
    return {
      results: decision.results.map(({ id, outcome }) => ({
        id,
        outcome: outcome === 'unchanged' ? 'unchanged' : 'not_applied',
      })),
      error: refusalBody(storageRefusal(notSaved)),
    };
  }
  return {
    results: decision.results.map((result) => ({
      ...result,
      value: jsonOf(now.settings.get(result.id)?.value ?? null),
    })),
  };
}
