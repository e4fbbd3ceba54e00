import { BUNDLE_REFUSALS } from '../../shared/contracts/bundle.ts';
import type { DeliveryState } from '../delivery/policy-delivery.ts';
import { MEND_OF_REFUSAL } from '../delivery/refused-bundle.ts';
import type { Examination, Finding } from './doctor.ts';
import { quote, say, type Words } from './words.ts';

export interface PolicyExaminationOptions {
  /** How the last fetch went. */
  readonly sync: () => DeliveryState['sync'];
}

/** Did the last fetch bring the policy? A hub may answer, and what it gives may be refused all the same. */
export function policyExamination({ sync }: PolicyExaminationOptions): Examination {
  return { id: 'policy', title: 'check.policy', run: async () => judge(sync()) };
}

function judge({ state, error, lastSuccess: at }: DeliveryState['sync']): Finding {
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

function whatMends(code: string): Words {
  if (code === 'sign_in_required') return say('check.policy.signIn.mend');
  const refusal = BUNDLE_REFUSALS.find((known) => known === code);
  return say(refusal === undefined ? 'check.policy.again.mend' : MEND_OF_REFUSAL[refusal]);
}
