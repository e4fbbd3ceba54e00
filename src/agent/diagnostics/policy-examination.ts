import { BUNDLE_REFUSALS } from '../../shared/contracts/bundle.ts';
import type { DeliveryState } from '../delivery/policy-delivery.ts';
import { HELP_AFTER_REFUSAL } from '../delivery/refused-bundle.ts';
import type { Examination, Finding } from './doctor.ts';

export interface PolicyExaminationOptions {
  /** How the last fetch went. */
  readonly sync: () => DeliveryState['sync'];
}

/** Did the last fetch bring the policy? A hub may answer, and what it gives may be refused all the same. */
export function policyExamination({ sync }: PolicyExaminationOptions): Examination {
  return {
    id: 'policy',
    title: 'The policy arrives',
    run: async () => judge(sync()),
  };
}

function judge(sync: DeliveryState['sync']): Finding {
  if (sync.error !== null) {
    return {
      result: 'failed',
      finding: `${sync.error.message} [${sync.error.code}]`,
      meaning: `Policy is not updated; the last one accepted stays in force. Last success: ${sync.lastSuccess ?? 'never'}.`,
      mend: whatMends(sync.error.code),
    };
  }
  if (sync.state === 'signed-out') return { result: 'skipped', finding: 'Nobody is signed in here.' };
  return { result: 'ok', finding: `Last fetched with success: ${sync.lastSuccess ?? 'not yet'}.` };
}

function whatMends(code: string): string {
  if (code === 'sign_in_required') return 'Sign in again: mooring login';
  const refusal = BUNDLE_REFUSALS.find((known) => known === code);
  if (refusal !== undefined) return HELP_AFTER_REFUSAL[refusal];
  return 'It is tried again by itself, and at once with "mooring sync". If it stays so, tell your administrator the word in brackets.';
}
