import { sql } from 'kysely';
import { type AuditEntry, type ChangeContext, recordChanges } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { endWhatExceeds } from '../organizations/made-by-members.ts';
import { type Leaving, requireOwner } from './keep-owner.ts';
import type { ScimConnection } from './tokens.ts';

/*
 * Two connections may have the same person, as while an organization changes its identity provider. The membership is
 * one, and belongs to the connection that gave it; when that one lets go and another still has the person active, it
 * passes on without a break (docs/identity.md section 4).
 */

/** A connection as far as provisioning needs it. */
export type Provider = Pick<ScimConnection, 'id' | 'organizationId'>;

interface PassedOn extends Leaving {
  readonly role: Role;
  readonly former_role: Role;
  readonly successor: string;
}

/**
 * Passes on the memberships of these people that the connection does not want any more (`desired`: those that it does)
 * to a connection that has them active, its SCIM on, and may provision there. The role is the one that it gives.
 */
export async function passOn(
  trx: Trx,
  context: ChangeContext,
  connection: ScimConnection,
  { userIds, desired }: { readonly userIds: readonly string[]; readonly desired: ReturnType<typeof sql> },
): Promise<void> {
  const claims = sql`
    select su.user_id, su.connection_id, su.placement_organization_id as organization_id, su.placement_role as role, 1 as rank, su.created_at
      from scim_users su where su.user_id = any(${[...userIds]}::uuid[]) and su.connection_id <> ${connection.id} and su.managed and su.active
    union all
    select su.user_id, su.connection_id, g.organization_id, 'member', 2, su.created_at
      from scim_users su join scim_group_members gm on gm.scim_user_id = su.id join scim_groups g on g.id = gm.group_id
     where su.user_id = any(${[...userIds]}::uuid[]) and su.connection_id <> ${connection.id} and su.managed and su.active`;
  const { rows } = await sql<PassedOn>`
    with desired as (${desired}), successors as (
      select distinct on (claim.user_id, claim.organization_id) claim.*, c.name
        from (${claims}) claim join connections c on c.id = claim.connection_id and c.scim_enabled
       where c.organization_id = claim.organization_id
          or exists (select 1 from connection_organizations co where co.connection_id = c.id and co.organization_id = claim.organization_id)
       order by claim.user_id, claim.organization_id, claim.rank, claim.created_at)
    update memberships m set connection_id = s.connection_id, role = s.role
      from successors s, memberships former, users u
     where m.user_id = s.user_id and m.organization_id = s.organization_id
       and m.connection_id = ${connection.id} and m.origin = 'scim' and u.id = m.user_id
       and former.user_id = m.user_id and former.organization_id = m.organization_id
       and not exists (select 1 from desired d where d.user_id = m.user_id and d.organization_id = m.organization_id)
    returning m.organization_id, m.user_id, u.email, m.role, former.role as former_role, s.name as successor`.execute(
    trx,
  );
  for (const row of rows.filter((each) => each.former_role === 'owner' && each.role !== 'owner'))
    await requireOwner(trx, row);
  await endWhatExceeds(
    trx,
    context,
    rows.map(({ organization_id, user_id, role }) => ({ organization_id, user_id, role })),
  );
  await recordChanges(
    trx,
    context,
    rows.map((row) => passedOnEntry(connection, row)),
  );
}

function passedOnEntry(connection: ScimConnection, row: PassedOn): AuditEntry {
  return {
    organizationId: row.organization_id,
    action: 'member.pass-on',
    target: { kind: 'member', id: row.user_id, label: row.email },
    before: { connection: connection.name, role: row.former_role },
    after: { connection: row.successor, role: row.role },
  };
}

/** The other connections that have some of these people active: what one let go of, they may name as well. */
export async function otherProviders(
  trx: Trx,
  connection: ScimConnection,
  userIds: readonly string[],
): Promise<readonly Provider[]> {
  const { rows } = await sql<{ id: string; organization_id: string }>`
    select c.id, c.organization_id from connections c where c.id <> ${connection.id} and c.scim_enabled
       and c.id in (select connection_id from scim_users where user_id = any(${[...userIds]}::uuid[]) and managed and active)
     order by c.id`.execute(trx);
  return rows.map(({ id, organization_id: organizationId }) => ({ id, organizationId }));
}
