import { sql } from 'kysely';
import { recordChange } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import { endWhatExceeds } from '../organizations/made-by-members.ts';
import { lapseProofs } from '../second-factor/lapsed-proofs.ts';
import { withDefaultRole } from './default-role.ts';
import { sameJson } from './json.ts';
import { requireOwner } from './keep-owner.ts';
import { requireAllowed, requireVerifiedDomain } from './provisioning-scope.ts';
import { reconcile } from './reconcile.ts';
import type { ResourceBody } from './resource-body.ts';
import type { ScimConnection } from './tokens.ts';
import { bodyOf, columnsOf, fullName, userNameOf } from './user-body.ts';
import { recordUser, type ScimChange } from './user-entry.ts';
import { placementAttributes, placeUser } from './user-placement.ts';
import type { ScimUserRow } from './user-resource.ts';

/** Writes the new state of a user and everything that follows from it. Nothing is written when nothing changes. */
export async function writeUser(
  trx: Trx,
  change: ScimChange,
  before: ScimUserRow,
  body: ResourceBody,
): Promise<ScimUserRow> {
  const { connection, context } = change;
  const next = { active: before.active, ...body };
  if (before.managed && sameJson(withDefaultRole(bodyOf(before)), withDefaultRole(next))) return before;
  if (userNameOf(next) !== before.user_name) {
    await rename(trx, connection, before, userNameOf(next));
    await touchGroups(trx, change, before.id);
  }
  const placed = await replacement(trx, change, before, next);
  const row = await trx
    .updateTable('scim_users')
    .set({ ...columnsOf(next), ...placed, version: before.version + 1, updated_at: context.at })
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await writeProfile(trx, connection, row, next);
  await recordUser(trx, change, 'scim.user.update', row, before);
  await reconcile(trx, context, connection, [row.user_id]);
  if (placed.placement_role !== before.placement_role) await changeRole(trx, change, row);
  return row;
}

// Only what the client changes is followed: a role that an owner gave in the console stays until the client says another.
async function replacement(
  trx: Trx,
  { connection, context }: ScimChange,
  before: ScimUserRow,
  next: ResourceBody,
) {
  const unchanged = {
    placement_organization_id: before.placement_organization_id,
    placement_role: before.placement_role,
    placement_team_id: before.placement_team_id,
  };
  // With the role as answers show it: a client that sends back what it read has changed nothing.
  const wanted = placementAttributes(withDefaultRole(next));
  const had = placementAttributes(withDefaultRole(before.resource));
  const same =
    wanted.role === had.role && wanted.organization === had.organization && wanted.team === had.team;
  if (same && before.placement_organization_id !== null) {
    if (next.active !== false) await requireAllowed(trx, connection, before.placement_organization_id);
    return unchanged;
  }
  const placement = await placeUser(trx, connection, next, context);
  return {
    placement_organization_id: placement.organizationId,
    placement_role: placement.role,
    placement_team_id: placement.teamId,
  };
}

async function changeRole(trx: Trx, { connection, context }: ScimChange, row: ScimUserRow): Promise<void> {
  if (row.placement_organization_id === null) return;
  const { rows } = await sql<{
    role: string;
  }>`update memberships m set role = ${row.placement_role} from memberships old
    where old.organization_id = m.organization_id and old.user_id = m.user_id
      and m.organization_id = ${row.placement_organization_id} and m.user_id = ${row.user_id}
      and m.connection_id = ${connection.id} and m.origin = 'scim' and m.role <> ${row.placement_role}
    returning old.role as role`.execute(trx);
  const before = rows[0];
  if (before === undefined) return;
  if (before.role === 'owner')
    await requireOwner(trx, { organization_id: row.placement_organization_id, email: row.user_name });
  if (row.placement_role === 'owner') await lapseProofs(trx, row.placement_organization_id);
  const { placement_organization_id: organization_id, user_id, placement_role: role } = row;
  await endWhatExceeds(trx, context, [{ organization_id, user_id, role }]);
  await recordChange(trx, context, {
    organizationId: row.placement_organization_id,
    action: 'member.role',
    target: { kind: 'member', id: row.user_id, label: row.user_name },
    before: { role: before.role },
    after: { role: row.placement_role },
  });
}

async function rename(
  trx: Trx,
  connection: ScimConnection,
  before: ScimUserRow,
  userName: string,
): Promise<void> {
  if (userName.toLowerCase() === before.user_name.toLowerCase()) return;
  await requireVerifiedDomain(trx, connection, userName);
  // The account's present address must be theirs as well: otherwise a rename would carry away a stranger's account.
  const { email } = await trx
    .selectFrom('users')
    .select('email')
    .where('id', '=', before.user_id)
    .executeTakeFirstOrThrow();
  await requireVerifiedDomain(trx, connection, email);
  await trx.updateTable('users').set({ email: userName }).where('id', '=', before.user_id).execute();
}

/** The account's name is theirs to write only while its domain is (docs/identity.md section 2). */
export async function writeProfile(
  trx: Trx,
  connection: ScimConnection,
  row: ScimUserRow,
  body: ResourceBody,
): Promise<void> {
  const name = fullName(body);
  if (name === undefined) return;
  const served =
    connection.domains.length === 0 ? sql`true` : sql`d.name = any(${[...connection.domains]}::text[])`;
  await sql`update users u set name = ${name} from domains d
    where u.id = ${row.user_id} and u.name <> ${name} and d.organization_id = ${connection.organizationId}
      and d.verified_at is not null and d.name = lower(split_part(u.email, '@', 2)) and ${served}`.execute(
    trx,
  );
}

/** Groups show the names of their people: what changes those changes the group's version too. */
export async function touchGroups(trx: Trx, { context }: ScimChange, scimUserId: string): Promise<void> {
  await sql`update scim_groups set version = version + 1, updated_at = ${context.at}
    where id in (select group_id from scim_group_members where scim_user_id = ${scimUserId})`.execute(trx);
}
