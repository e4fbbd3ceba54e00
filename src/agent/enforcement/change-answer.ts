import type { ChangeAnswer } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { Resolution } from '../../shared/policy/model.ts';
import { type StorageFailure, storageRefusal } from '../files/storage-failure.ts';
import { shownValue } from '../local-api/settings-answer.ts';
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
  const results = decision.results.map((result) => {
    const { source, value } = now.settings.get(result.id) ?? { source: 'default', value: null };
    return { ...result, value: shownValue(source, value) };
  });
  const { result, failure } = pass.store;
  if (result !== 'failed' || failure === null) return { results };
  return { results, error: refusalBody(storeBehind(failure, decision.edits.size > 0)) };
}

/** The choice is safe and decided, but what other programs read does not say so yet. */
function storeBehind({ path, code, message, help }: StorageFailure, chosen: boolean): Refusal {
  return {
    code: 'storage_failed',
    message: `${chosen ? 'Your choice is saved, but not yet' : 'Your settings are not all'} in effect for other programs: ${message}`,
    help: `${help} It is then written by itself: within a minute where an agent runs, otherwise with the next command.`,
    details: { path, code, saved: chosen },
  };
}
