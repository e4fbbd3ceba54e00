import { sql } from 'kysely';
import type { SsoConnection } from '../connections/find-connection.ts';
import type { Trx } from '../database/connection.ts';
import type { AssertedIdentity } from '../sso/asserted-identity.ts';

/** What SCIM of the connection's organization says of an account; `none`: nothing, or it is only shown there. */
export async function standingInScim(
  trx: Trx,
  connection: SsoConnection,
  userId: string,
): Promise<'none' | 'managed' | 'deactivated'> {
  const { rows } = await sql<{ active: boolean }>`
    select bool_or(su.active) as active from scim_users su
      join connections c on c.id = su.connection_id
     where c.organization_id = ${connection.organizationId} and su.user_id = ${userId} and su.managed
    having count(*) > 0`.execute(trx);
  const row = rows[0];
  if (row === undefined) return 'none';
  return row.active ? 'managed' : 'deactivated';
}

/**
 * Makes a member that sign-in created visible to the connection's SCIM client: it can be found and read there, and
 * changed only once it is adopted (docs/identity.md section 4).
 */
export async function shownToScim(
  trx: Trx,
  connection: SsoConnection,
  account: { readonly id: string; readonly email: string },
  identity: AssertedIdentity,
  at: Date,
): Promise<void> {
  const resource = {
    ...(identity.givenName === '' && identity.surname === ''
      ? {}
      : { name: { givenName: identity.givenName, familyName: identity.surname } }),
    ...(identity.fullName === '' ? {} : { displayName: identity.fullName }),
  };
  await sql`
    insert into scim_users (connection_id, user_id, managed, user_name, active, resource, created_at, updated_at)
    select ${connection.id}, ${account.id}, false, ${account.email}, true, ${JSON.stringify(resource)}::jsonb, ${at}, ${at}
     where exists (select 1 from memberships m where m.organization_id = ${connection.organizationId}
                      and m.user_id = ${account.id} and m.origin = 'jit' and m.connection_id = ${connection.id})
    on conflict do nothing`.execute(trx);
}
