import type { Policy } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { checkDocument } from './document.ts';
import type { StoredPolicy } from './policy-list.ts';

/** The version of an `If-Match`: a number, or `null` for `*`. Refuses a change that names none. */
export function versionFrom(header: string | undefined): number | null {
  if (header?.trim() === '*') return null;
  const found = /^(?:W\/)?"(\d{1,9})"$/.exec(header?.trim() ?? '');
  if (found !== null) return Number(found[1]);
  throw new RefusalError({
    code: 'precondition_failed',
    message: 'The change does not say which version of the policy it was made from.',
    help: 'Send the ETag of the policy as If-Match, or If-Match: * to change whatever is there.',
  });
}

/** A stored policy as answers show it, with the warnings of its document. */
export function presentPolicy(stored: StoredPolicy): Policy {
  return { ...stored, document: { ...stored.document }, problems: [...checkDocument(stored).problems] };
}

/** The strong entity tag of a policy. */
export function policyTag(policy: { readonly version: number }): string {
  return `"${policy.version}"`;
}
