import type { Db, Trx } from '../database/connection.ts';
import { isUniqueViolation } from '../database/constraint.ts';
import { lockOrganizations } from './reconcile.ts';
import { ScimError } from './scim-error.ts';
import { requireStanding } from './token-standing.ts';
import type { ScimConnection } from './tokens.ts';

/**
 * Runs a change in one transaction that first takes what the connection may change, so that requests of one client
 * are applied one after the other: creates of one name and patches of one group can then not overtake each other.
 * Whoever changes those organizations from elsewhere takes them first as well, so that the two cannot wait for each
 * other. What was revoked or switched off meanwhile is refused; a name that is taken is answered 409 with `taken`.
 */
export async function inConnection<T>(
  db: Db,
  connection: ScimConnection,
  taken: string,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  try {
    return await db.transaction().execute(async (trx) => {
      await lockOrganizations(trx, connection);
      await requireStanding(trx, connection);
      return work(trx);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new ScimError(409, taken, 'uniqueness');
    throw error;
  }
}
