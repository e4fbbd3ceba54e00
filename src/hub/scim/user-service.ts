import { sql } from 'kysely';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { ensureAccount } from '../organizations/accounts.ts';
import { revokeCredentials } from '../organizations/link-account.ts';
import { adopt } from './adoption.ts';
import { inConnection } from './connection-transaction.ts';
import { requireMatch } from './entity-tag.ts';
import { createNewcomer } from './newcomer.ts';
import { applyPatch, type PatchOperation } from './patch.ts';
import { requireAddress, requireVerifiedDomain } from './provisioning-scope.ts';
import { reconcile } from './reconcile.ts';
import type { ResourceBody } from './resource-body.ts';
import { isUuid } from './resource-id.ts';
import { USER } from './schema/user.ts';
import { ScimError } from './scim-error.ts';
import type { ScimConnection } from './tokens.ts';
import { bodyOf, columnsOf, fullName, userNameOf } from './user-body.ts';
import { recordUser, type ScimChange } from './user-entry.ts';
import { placeUser } from './user-placement.ts';
import type { ScimUserRow } from './user-resource.ts';
import { touchGroups, writeProfile, writeUser } from './write-user.ts';

const TAKEN = 'Another account has this userName.';

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
  return inConnection(db, change.connection, TAKEN, async (trx) => {
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
  await revokeCredentials(trx, context, account.id);
  const placement = await placeUser(trx, connection, body, context);
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
  return inConnection(db, change.connection, TAKEN, async (trx) => {
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
  return inConnection(db, change.connection, TAKEN, async (trx) => {
    const before = await writable(trx, change, id);
    return writeUser(trx, change, before, applyPatch(USER, bodyOf(before), operations));
  });
}

/** Deletes the resource and ends what it gave; the account itself stays (docs/identity.md section 2). */
export async function deleteUser(db: Db, change: ScimChange, id: string): Promise<void> {
  await inConnection(db, change.connection, TAKEN, async (trx) => {
    const before = await writable(trx, change, id);
    await touchGroups(trx, change, before.id);
    await trx.updateTable('scim_users').set({ active: false }).where('id', '=', before.id).execute();
    await reconcile(trx, change.context, change.connection, [before.user_id], { deleted: true });
    await trx.deleteFrom('scim_users').where('id', '=', before.id).execute();
    await recordUser(trx, change, 'scim.user.delete', before);
  });
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

async function refuseOtherOrigins(
  trx: Trx,
  connection: ScimConnection,
  account: { readonly id: string; readonly email: string },
): Promise<void> {
  const member = await trx
    .selectFrom('memberships')
    .select('origin')
    .where('organization_id', '=', connection.organizationId)
    .where('user_id', '=', account.id)
    .executeTakeFirst();
  if (member === undefined) return;
  // Another connection of theirs has the person as well: the membership stays its, until it lets go.
  if (member.origin === 'scim') return takeOrphan(trx, connection, account.id);
  throw new ScimError(
    409,
    `${account.email} is a member of ${connection.organizationName} already, but was not provisioned through this connection (origin: ${member.origin}). Remove the member in the Admin Console, then provision again.`,
    'uniqueness',
  );
}

/** A membership whose connection was deleted: whoever provisions the person now has it. */
async function takeOrphan(trx: Trx, connection: ScimConnection, userId: string): Promise<void> {
  await sql`update memberships set connection_id = ${connection.id} where user_id = ${userId}
    and organization_id = ${connection.organizationId} and origin = 'scim' and connection_id is null`.execute(
    trx,
  );
  await sql`update team_members set connection_id = ${connection.id} where user_id = ${userId}
    and organization_id = ${connection.organizationId} and origin = 'scim' and connection_id is null`.execute(
    trx,
  );
}
