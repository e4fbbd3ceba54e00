import type { BundleRefusal } from '../../shared/contracts/bundle.ts';

const IN_BETWEEN =
  'Try another network. If it stays so, tell your administrator: something between this computer and the hub changes what it sends.';
const FOR_ANOTHER =
  'Sign in again ("mooring login"). If it stays so, tell your administrator: the hub gives this computer what is meant for another.';

/** What a person does about a policy that was fetched and refused, for each reason (docs/delivery.md section 3). */
export const HELP_AFTER_REFUSAL: Readonly<Record<BundleRefusal, string>> = {
  malformed: IN_BETWEEN,
  bad_signature: IN_BETWEEN,
  unknown_key:
    'Was the key of the hub replaced? Sign in again ("mooring login") and compare both fingerprints with your administrator; on a managed computer its profile (hubKeys) has to name the new key.',
  wrong_issuer:
    'Tell your administrator: the hub calls itself by another address (its public URL) than the one you signed in at.',
  wrong_audience: FOR_ANOTHER,
  wrong_subject: FOR_ANOTHER,
  wrong_organization: FOR_ANOTHER,
  expired: 'Look at the clock of this computer. If it is right, tell your administrator.',
  rolled_back:
    'Tell your administrator: was the hub put back to an old state? A change to the policy there gives it a new number.',
};

/** A refused fetch, in words: what happened and, apart, what to do. */
export function refusedFetch(
  reason: BundleRefusal,
  why: string,
): { readonly message: string; readonly help: string } {
  return {
    message: `The policy that arrived was refused and changes nothing. ${why}`,
    help: HELP_AFTER_REFUSAL[reason],
  };
}
