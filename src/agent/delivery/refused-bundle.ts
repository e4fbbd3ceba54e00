import type { BundleRefusal } from '../../shared/contracts/bundle.ts';
import { checks } from '../../shared/text/en-checks.ts';

/** What a person does about a policy that was fetched and refused, for each reason (docs/delivery.md section 3). */
export const MEND_OF_REFUSAL = {
  malformed: 'check.policy.inBetween.mend',
  bad_signature: 'check.policy.inBetween.mend',
  unknown_key: 'check.policy.unknownKey.mend',
  wrong_issuer: 'check.policy.wrongIssuer.mend',
  wrong_audience: 'check.policy.forAnother.mend',
  wrong_subject: 'check.policy.forAnother.mend',
  wrong_organization: 'check.policy.forAnother.mend',
  expired: 'check.policy.expired.mend',
  rolled_back: 'check.policy.rolledBack.mend',
} as const satisfies Readonly<Record<BundleRefusal, keyof typeof checks>>;

/** A refused fetch, in words: what happened and, apart, what to do. */
export function refusedFetch(
  reason: BundleRefusal,
  why: string,
): { readonly message: string; readonly help: string } {
  return {
    message: `The policy that arrived was refused and changes nothing. ${why}`,
    help: checks[MEND_OF_REFUSAL[reason]],
  };
}
