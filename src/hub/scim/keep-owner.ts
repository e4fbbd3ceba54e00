import { sql } from 'kysely';
import type { Trx } from '../database/connection.ts';
import { ScimError } from './scim-error.ts';

/** Somebody who leaves an organization, or a role in it. */
export interface Leaving {
  readonly organization_id: string;
  readonly user_id: string;
  readonly email: string;
}

/** Refuses with 409 when the organization has no owner left: the change is refused as a whole. */
export async function requireOwner(trx: Trx, who: Pick<Leaving, 'organization_id' | 'email'>): Promise<void> {
  const { rows } =
    await sql`select 1 from memberships m join users u on u.id = m.user_id and u.disabled_at is null
    where m.organization_id = ${who.organization_id} and m.role = 'owner' limit 1`.execute(trx);
  if (rows.length > 0) return;
  throw new ScimError(
    409,
    `${who.email} is the last owner of the organization, and without an owner nobody could manage it. Make another member an owner first.`,
  );
}
