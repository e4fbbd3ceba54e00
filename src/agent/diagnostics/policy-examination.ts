import { BUNDLE_REFUSALS } from '../../shared/contracts/bundle.ts';
import type { DeliveryState } from '../delivery/policy-delivery.ts';
import { MEND_OF_REFUSAL } from '../delivery/refused-bundle.ts';
import type { Examination, Finding } from './doctor.ts';
import type { PolicyByFile } from './policy-by-file.ts';
import { quote, say, type Words } from './words.ts';

export interface PolicyExaminationOptions {
  /** How the last fetch went. */
  readonly sync: () => DeliveryState['sync'];
  /** Set where the policy in force was imported. */
  readonly byFile: () => PolicyByFile | null;
}

/** Did the last fetch bring the policy? A hub may answer, and what it gives may be refused all the same. */
export function policyExamination({ sync, byFile }: PolicyExaminationOptions): Examination {
  return { id: 'policy', title: 'check.policy', run: async () => judge(sync(), byFile()) };
}

function judge(
  { state, error, lastSuccess: at }: DeliveryState['sync'],
  byFile: PolicyByFile | null,
): Finding {
  // Where policy comes by file, no fetch is expected to succeed; what the hub did refuse is still told.
  if (byFile !== null && (error === null || error.code === 'unreachable')) return judgeImported(byFile);
  if (error !== null) {
    return {
      result: 'failed',
      finding: quote(`${error.message} [${error.code}]`, 'check.policy.failed'),
      meaning: at === null ? say('check.policy.failed.never') : say('check.policy.failed.meaning', { at }),
      mend: whatMends(error.code),
    };
  }
  if (state === 'signed-out') return { result: 'skipped', finding: say('check.policy.signedOut') };
  return {
    result: 'ok',
    finding: at === null ? say('check.policy.notYet') : say('check.policy.fetched', { at }),
  };
}

function judgeImported({ until, stale }: PolicyByFile): Finding {
  if (!stale) return { result: 'ok', finding: say('check.policy.byFile', { until }) };
  return {
    result: 'failed',
    finding: say('check.policy.byFile.ended', { until }),
    meaning: say('check.policy.byFile.ended.meaning'),
    mend: say('check.policy.byFile.ended.mend'),
  };
}

function whatMends(code: string): Words {
  if (code === 'sign_in_required') return say('check.policy.signIn.mend');
  const refusal = BUNDLE_REFUSALS.find((known) => known === code);
  return say(refusal === undefined ? 'check.policy.again.mend' : MEND_OF_REFUSAL[refusal]);
}
