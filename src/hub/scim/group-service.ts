import { sql } from 'kysely';
import { recordChange } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { inConnection } from './connection-transaction.ts';
import { requireMatch } from './entity-tag.ts';
import { changeMembers, replaceMembers } from './group-members.ts';
import type { ScimGroupRow } from './group-resource.ts';
import { teamOfGroup } from './group-team.ts';
import { isAboutMembers, joined, splitMembers, valuesOf } from './member-operations.ts';
import { applyPatch, type PatchOperation } from './patch.ts';
import { requireAllowed } from './provisioning-scope.ts';
import { reconcile } from './reconcile.ts';
import type { ResourceBody } from './resource-body.ts';
import { isUuid } from './resource-id.ts';
import { GROUP } from './schema/group.ts';
import { ScimError } from './scim-error.ts';
import type { ScimConnection } from './tokens.ts';
import type { ScimChange } from './user-entry.ts';

const TAKEN = 'There is a group of this displayName already.';

/** A group of this connection. Throws 404 for anything else. */
export async function readGroup(
  reader: Reader,
  connection: ScimConnection,
  id: string,
): Promise<ScimGroupRow> {
  const row = isUuid(id)
    ? await reader
        .selectFrom('scim_groups')
        .selectAll()
        .where('connection_id', '=', connection.id)
        .where('id', '=', id)
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw new ScimError(404, `There is no group ${id.slice(0, 100)} here.`);
  return row;
}

/** Creates a group, and the team it stands for when that is missing. */
export async function createGroup(db: Db, change: ScimChange, body: ResourceBody): Promise<ScimGroupRow> {
  const { connection, context } = change;
  return inConnection(db, connection, TAKEN, async (trx) => {
    const displayName = displayNameOf(body);
    const team = await teamOfGroup(trx, change, displayName);
    const row = await trx
      .insertInto('scim_groups')
      .values({
        connection_id: connection.id,
        organization_id: team.organizationId,
        team_id: team.teamId,
        display_name: displayName,
        external_id: externalIdOf(body),
        created_at: context.at,
        updated_at: context.at,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await record(trx, change, 'scim.group.create', row);
    const touched = await replaceMembers(trx, change, row.id, valuesOf(body.members));
    await settle(trx, change, row, touched);
    return row;
  });
}

/** Replaces name, external id and members (PUT). */
export async function replaceGroup(
  db: Db,
  change: ScimChange,
  id: string,
  body: ResourceBody,
): Promise<ScimGroupRow> {
  return inConnection(db, change.connection, TAKEN, async (trx) => {
    const before = await matched(trx, change, id);
    await requireAllowed(trx, change.connection, before.organization_id);
    const renamed = await writeHead(trx, change, before, body);
    const touched = await replaceMembers(trx, change, id, valuesOf(body.members));
    return finish(trx, change, { before, renamed, touched });
  });
}

/**
 * Applies a PATCH in order. Operations on members become statements over just those members, so that one leaver of
 * a team of thousands costs one row.
 */
export async function patchGroup(
  db: Db,
  change: ScimChange,
  id: string,
  operations: readonly PatchOperation[],
): Promise<ScimGroupRow> {
  return inConnection(db, change.connection, TAKEN, async (trx) => {
    const before = await matched(trx, change, id);
    await requireAllowed(trx, change.connection, before.organization_id);
    const touched = new Set<string>();
    let head: ResourceBody = headOf(before);
    for (const operation of joined(operations.flatMap(splitMembers))) {
      if (!isAboutMembers(operation)) {
        head = applyPatch(GROUP, head, [operation]);
        continue;
      }
      for (const userId of await changeMembers(trx, change, id, operation)) touched.add(userId);
    }
    const renamed = await writeHead(trx, change, before, head);
    return finish(trx, change, { before, renamed, touched: [...touched] });
  });
}

/** Deletes the group; its people leave the team, the team and the people stay. */
export async function deleteGroup(db: Db, change: ScimChange, id: string): Promise<void> {
  await inConnection(db, change.connection, TAKEN, async (trx) => {
    const before = await matched(trx, change, id);
    const touched = await replaceMembers(trx, change, id, []);
    await trx.deleteFrom('scim_groups').where('id', '=', before.id).execute();
    await record(trx, change, 'scim.group.delete', before);
    await settle(trx, change, before, touched);
  });
}

async function matched(trx: Trx, change: ScimChange, id: string): Promise<ScimGroupRow> {
  const row = await readGroup(trx, change.connection, id);
  requireMatch(change.ifMatch, row.version);
  return row;
}

/** Writes name and external id; answers the row and whether the team behind the group changed. */
async function writeHead(trx: Trx, change: ScimChange, before: ScimGroupRow, body: ResourceBody) {
  const displayName = displayNameOf(body);
  const externalId = externalIdOf(body);
  if (displayName === before.display_name && externalId === before.external_id)
    return { row: before, changed: false, shown: false };
  const team =
    displayName === before.display_name ? null : await teamOfGroup(trx, change, displayName, before.id);
  const row = await trx
    .updateTable('scim_groups')
    .set({
      display_name: displayName,
      external_id: externalId,
      ...(team === null ? {} : { organization_id: team.organizationId, team_id: team.teamId }),
    })
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { row, changed: true, shown: displayName !== before.display_name };
}

async function finish(
  trx: Trx,
  change: ScimChange,
  done: {
    readonly before: ScimGroupRow;
    readonly renamed: { readonly row: ScimGroupRow; readonly changed: boolean; readonly shown: boolean };
    readonly touched: readonly string[];
  },
): Promise<ScimGroupRow> {
  const { renamed, touched, before } = done;
  // Sending again what is there already (Okta does so with every push) changes nothing, not even the version.
  if (!renamed.changed && touched.length === 0) return before;
  const row = await trx
    .updateTable('scim_groups')
    .set({ version: before.version + 1, updated_at: change.context.at })
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await record(trx, change, 'scim.group.update', row, { before, touched });
  await settle(trx, change, row, renamed.shown ? [...touched, ...(await everyMember(trx, row.id))] : touched);
  return row;
}

/** Lets memberships, teams and the `groups` of the people follow. */
async function settle(
  trx: Trx,
  change: ScimChange,
  group: ScimGroupRow,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return;
  await sql`update scim_users set version = version + 1, updated_at = ${change.context.at}
    where connection_id = ${group.connection_id} and user_id = any(${[...userIds]}::uuid[])`.execute(trx);
  await reconcile(trx, change.context, change.connection, userIds);
}

async function everyMember(trx: Trx, groupId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ user_id: string }>`select u.user_id from scim_group_members gm
    join scim_users u on u.id = gm.scim_user_id where gm.group_id = ${groupId}`.execute(trx);
  return rows.map((row) => row.user_id);
}

function displayNameOf(body: ResourceBody): string {
  const { displayName } = body;
  if (typeof displayName === 'string' && displayName.trim() !== '') return displayName;
  throw new ScimError(400, 'displayName is required and must not be empty.', 'invalidValue');
}

function externalIdOf(body: ResourceBody): string | null {
  return typeof body.externalId === 'string' ? body.externalId : null;
}

function headOf(row: ScimGroupRow): ResourceBody {
  return {
    displayName: row.display_name,
    ...(row.external_id === null ? {} : { externalId: row.external_id }),
  };
}

async function record(
  trx: Trx,
  { connection, context }: ScimChange,
  action: string,
  row: ScimGroupRow,
  update?: { readonly before: ScimGroupRow; readonly touched: readonly string[] },
): Promise<void> {
  await recordChange(trx, context, {
    organizationId: connection.organizationId,
    action,
    target: { kind: 'scim-group', id: row.id, label: row.display_name },
    ...(update === undefined
      ? {}
      : {
          before: { displayName: update.before.display_name, externalId: update.before.external_id },
          after: {
            displayName: row.display_name,
            externalId: row.external_id,
            membersChanged: update.touched.length,
            // Enough to see who; the rest is in the events of the members themselves.
            people: update.touched.slice(0, 100),
          },
        }),
  });
}
