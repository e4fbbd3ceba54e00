import { sql } from 'kysely';
import type { Trx } from '../database/connection.ts';

/**
 * Forgets when the owners of an organization last proved who they are, where it asks for a second factor and they have
 * none: somebody just became an owner, or the organization just began to ask. Sessions go on; the next change that opens
 * doors asks them to confirm that it is them, and the factor is set up with that. An identity provider asks its people
 * for what it wants; somebody let in by `mooring-hub recover` may have no way to confirm anything.
 */
export async function lapseProofs(trx: Trx, organizationId: string): Promise<void> {
  await sql`
    update browser_sessions b set proved_at = to_timestamp(0)
      from memberships m
      join organizations o on o.id = m.organization_id
     where o.id = ${organizationId} and o.second_factor_required and m.role = 'owner'
       and b.user_id = m.user_id and b.connection_id is null and not b.recovery
       and not exists (select 1 from passkeys p where p.user_id = m.user_id)
       and not exists (select 1 from second_factors f
                        where f.user_id = m.user_id and f.confirmed_at is not null)`.execute(trx);
}
