import { sql } from 'kysely';
import { recordChange } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { isUniqueViolation } from '../database/constraint.ts';
import { ensureAccount } from '../organizations/accounts.ts';
import { revokeCredentials } from '../organizations/link-account.ts';
import { requireMatch } from './entity-tag.ts';
import { sameJson } from './json.ts';
import { createNewcomer } from './newcomer.ts';
import { applyPatch, type PatchOperation } from './patch.ts';
import { requireAddress, requireAllowed, requireVerifiedDomain } from './provisioning-scope.ts';
import { lockOrganizations, reconcile, requireOwner } from './reconcile.ts';
import type { ResourceBody } from './resource-body.ts';
import { isUuid } from './resource-id.ts';
import { USER } from './schema/user.ts';
import { ScimError } from './scim-error.ts';
import type { ScimConnection } from './tokens.ts';
import { bodyOf, columnsOf, fullName, userNameOf } from './user-body.ts';
import { recordUser, type ScimChange } from './user-entry.ts';
import { placementAttributes, placeUser } from './user-placement.ts';
import type { ScimUserRow } from './user-resource.ts';

/**
 * Takes what a connection may change, so that requests of one client are applied one after the other: creates of
 * one name and patches of one group can then not overtake each other. Whoever changes those organizations from
 * elsewhere takes them first as well, so that the two cannot wait for each other.
 */
export async function lockConnection(trx: Trx, connection: ScimConnection): Promise<void> {
  await lockOrganizations(trx, connection);
}

/** A user of this connection. Throws 404 for anything else, whatever the id looks like. */
export async function readUser(reader: Reader, connection: ScimConnection, id: string): Promise<ScimUserRow> {
  const row = isUuid(id)
    ? await reader
        .selectFrom('scim_users')
        .selectAll()
        .where('connection_id', '=', connection.id)
        .where('id', '=', id)
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw new ScimError(404, `There is no user ${id.slice(0, 100)} here.`);
  return row;
}

/** Creates a user, or brings an inactive one back under the same id (RFC 7644 section 3.3). */
export async function createUser(db: Db, change: ScimChange, body: ResourceBody): Promise<ScimUserRow> {
  const userName = userNameOf(body);
  requireAddress(userName);
  return inTransaction(db, change.connection, async (trx) => {
    const made = await createNewcomer(trx, change, body);
    if (made !== null) return made;
    await requireVerifiedDomain(trx, change.connection, userName);
    const present = await findByName(trx, change.connection, userName);
    if (present !== undefined) return takeOver(trx, change, present, body);
    return attachAccount(trx, change, userName, body);
  });
}

/** Makes somebody with an account a user of this connection; the account loses whatever ways in it had. */
async function attachAccount(
  trx: Trx,
  change: ScimChange,
  userName: string,
  body: ResourceBody,
): Promise<ScimUserRow> {
  const { connection, context } = change;
  const wanted = { email: userName, name: fullName(body) };
  const { account } = await ensureAccount(trx, wanted, context.at);
  await refuseOtherOrigins(trx, connection, account);
  await revokeCredentials(trx, account.id, context.at);
  const placement = await placeUser(trx, connection, body, context.at);
  const row = await trx
    .insertInto('scim_users')
    .values({
      connection_id: connection.id,
      user_id: account.id,
      managed: true,
      ...columnsOf(body),
      placement_organization_id: placement.organizationId,
      placement_role: placement.role,
      placement_team_id: placement.teamId,
      created_at: context.at,
      updated_at: context.at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await writeProfile(trx, connection, row, body);
  await recordUser(trx, change, 'scim.user.create', row);
  await reconcile(trx, context, connection, [row.user_id]);
  return row;
}

/** Replaces a user (PUT). What the body leaves out is unset, but `active` stays as it is. */
export async function replaceUser(
  db: Db,
  change: ScimChange,
  id: string,
  body: ResourceBody,
): Promise<ScimUserRow> {
  return inTransaction(db, change.connection, async (trx) => {
    const before = await writable(trx, change, id);
    return writeUser(trx, change, before, body);
  });
}

/** Applies a PATCH, whole or not at all. */
export async function patchUser(
  db: Db,
  change: ScimChange,
  id: string,
  operations: readonly PatchOperation[],
): Promise<ScimUserRow> {
  return inTransaction(db, change.connection, async (trx) => {
    const before = await writable(trx, change, id);
    return writeUser(trx, change, before, applyPatch(USER, bodyOf(before), operations));
  });
}

/** Deletes the resource and ends what it gave; the account itself stays (docs/identity.md section 2). */
export async function deleteUser(db: Db, change: ScimChange, id: string): Promise<void> {
  await inTransaction(db, change.connection, async (trx) => {
    const before = await writable(trx, change, id);
    await touchGroups(trx, change, before.id);
    await trx.updateTable('scim_users').set({ active: false }).where('id', '=', before.id).execute();
    await reconcile(trx, change.context, change.connection, [before.user_id]);
    await trx.deleteFrom('scim_users').where('id', '=', before.id).execute();
    await recordUser(trx, change, 'scim.user.delete', before);
  });
}

async function inTransaction<T>(
  db: Db,
  connection: ScimConnection,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  try {
    return await db.transaction().execute(async (trx) => {
      await lockConnection(trx, connection);
      return work(trx);
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new ScimError(409, 'Another account has this userName.', 'uniqueness');
    throw error;
  }
}

async function findByName(
  reader: Reader,
  connection: ScimConnection,
  userName: string,
): Promise<ScimUserRow | undefined> {
  const { rows } = await sql<ScimUserRow>`select * from scim_users
    where connection_id = ${connection.id} and lower(user_name) = lower(${userName})`.execute(reader);
  return rows[0];
}

// A returning user is POSTed again by some clients: the same row comes back, never a second one.
async function takeOver(
  trx: Trx,
  change: ScimChange,
  present: ScimUserRow,
  body: ResourceBody,
): Promise<ScimUserRow> {
  if (present.managed && present.active) {
    throw new ScimError(
      409,
      `There is a user ${present.user_name} already, with the id ${present.id}.`,
      'uniqueness',
    );
  }
  const row = present.managed ? present : await adopt(trx, change, present);
  return writeUser(trx, change, row, { active: true, ...body });
}

/** A user that may be written to; a member that sign-in created is adopted first, where the connection allows it. */
async function writable(trx: Trx, change: ScimChange, id: string): Promise<ScimUserRow> {
  const row = await readUser(trx, change.connection, id);
  requireMatch(change.ifMatch, row.version);
  return row.managed ? row : adopt(trx, change, row);
}

/**
 * Makes a member that sign-in created one of SCIM's: the same account, the same membership, no gap. Refused with 409
 * unless the connection's switch allows it.
 */
export async function adopt(
  trx: Trx,
  { connection, context }: Pick<ScimChange, 'connection' | 'context'>,
  row: ScimUserRow,
): Promise<ScimUserRow> {
  if (!connection.adopts) {
    throw new ScimError(
      409,
      `${row.user_name} was created by signing in (just-in-time) and is not managed by SCIM. Remove the member and provision again, or switch on "SCIM adopts members created by sign-in" for the connection.`,
      'uniqueness',
    );
  }
  await sql`update memberships set origin = 'scim', connection_id = ${connection.id}
    where user_id = ${row.user_id} and origin = 'jit' and connection_id = ${connection.id}`.execute(trx);
  await sql`update team_members set origin = 'scim', connection_id = ${connection.id}
    where user_id = ${row.user_id} and origin = 'jit' and connection_id = ${connection.id}`.execute(trx);
  await recordChange(trx, context, {
    organizationId: connection.organizationId,
    action: 'scim.user.adopt',
    target: { kind: 'member', id: row.user_id, label: row.user_name },
    before: { origin: 'jit' },
    after: { origin: 'scim' },
  });
  const placement = await placeUser(trx, connection, row.resource, context.at);
  return trx
    .updateTable('scim_users')
    .set({
      managed: true,
      placement_organization_id: placement.organizationId,
      placement_role: placement.role,
      placement_team_id: placement.teamId,
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Writes the new state of a user and everything that follows from it. Nothing is written when nothing changes. */
async function writeUser(
  trx: Trx,
  change: ScimChange,
  before: ScimUserRow,
  body: ResourceBody,
): Promise<ScimUserRow> {
  const { connection, context } = change;
  const next = { active: before.active, ...body };
  if (before.managed && sameJson(bodyOf(before), next)) return before;
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
  const wanted = placementAttributes(next);
  const had = placementAttributes(before.resource);
  const same =
    wanted.role === had.role && wanted.organization === had.organization && wanted.team === had.team;
  if (same && before.placement_organization_id !== null) {
    if (next.active !== false) await requireAllowed(trx, connection, before.placement_organization_id);
    return unchanged;
  }
  const placement = await placeUser(trx, connection, next, context.at);
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

async function refuseOtherOrigins(
  trx: Trx,
  connection: ScimConnection,
  account: { readonly id: string; readonly email: string },
): Promise<void> {
  const member = await trx
    .selectFrom('memberships')
    .select(['origin', 'connection_id'])
    .where('organization_id', '=', connection.organizationId)
    .where('user_id', '=', account.id)
    .executeTakeFirst();
  if (member === undefined) return;
  throw new ScimError(
    409,
    `${account.email} is a member of ${connection.organizationName} already, but was not provisioned through this connection (origin: ${member.origin}). Remove the member in the Admin Console, then provision again.`,
    'uniqueness',
  );
}

/** The account's name is theirs to write only while its domain is (docs/identity.md section 2). */
async function writeProfile(
  trx: Trx,
  connection: ScimConnection,
  row: ScimUserRow,
  body: ResourceBody,
): Promise<void> {
  const name = fullName(body);
  if (name === undefined) return;
  await sql`update users u set name = ${name} from domains d
    where u.id = ${row.user_id} and u.name <> ${name} and d.organization_id = ${connection.organizationId}
      and d.verified_at is not null and d.name = lower(split_part(u.email, '@', 2))`.execute(trx);
}

/** Groups show the names of their people: what changes those changes the group's version too. */
async function touchGroups(trx: Trx, { context }: ScimChange, scimUserId: string): Promise<void> {
  await sql`update scim_groups set version = version + 1, updated_at = ${context.at}
    where id in (select group_id from scim_group_members where scim_user_id = ${scimUserId})`.execute(trx);
}
