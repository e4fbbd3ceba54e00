import { RefusalError } from '../../shared/contracts/refusal.ts';
import { isUniqueViolation } from '../database/constraint.ts';
import type { StoredPolicy } from './policy-list.ts';

/** Which policy is changed, and the version that the editor saw (`null`: whatever there is). */
export interface Edited {
  readonly organizationId: string;
  readonly policyId: string;
  readonly version: number | null;
}

/** Refuses (`precondition_failed`) a change that was made from another version than the present one. */
export function refuseOutdated(policy: StoredPolicy, version: number | null): void {
  if (version === null || version === policy.version) return;
  throw new RefusalError({
    code: 'precondition_failed',
    message: `"${policy.name}" was changed by somebody else since you opened it.`,
    help: 'Read it again, put your change into the present state, and save that.',
    details: { version: policy.version, revision: policy.revision },
  });
}

/** Turns the database's word about two policies of one name into the refusal (`conflict`); rethrows anything else. */
export function refuseTakenName(error: unknown, name: string): never {
  if (!isUniqueViolation(error, 'policies_name')) throw error;
  throw new RefusalError({
    code: 'conflict',
    message: `There is a policy named "${name}" in this organization already.`,
    help: 'Choose another name; upper and lower case do not make a difference.',
  });
}
