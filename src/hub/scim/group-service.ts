import { sql } from 'kysely';
import { recordChange } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { isUniqueViolation } from '../database/constraint.ts';
import { requireMatch } from './entity-tag.ts';
import { changeMembers, replaceMembers } from './group-members.ts';
import type { ScimGroupRow } from './group-resource.ts';
import { isObject, type Json } from './json.ts';
import { applyPatch, type PatchOperation } from './patch.ts';
import { allowedOrganization, requireAllowed } from './provisioning-scope.ts';
import { reconcile } from './reconcile.ts';
import type { ResourceBody } from './resource-body.ts';
import { isUuid } from './resource-id.ts';
import { parsePatchPath } from './resource-path.ts';
import { GROUP } from './schema/group.ts';
import { ScimError } from './scim-error.ts';
import type { ScimConnection } from './tokens.ts';
import type { ScimChange } from './user-entry.ts';
import { ensureTeam } from './user-placement.ts';
import { lockConnection } from './user-service.ts';

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
  return inTransaction(db, connection, async (trx) => {
    const displayName = displayNameOf(body);
    const team = await teamOf(trx, change, displayName);
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
  return inTransaction(db, change.connection, async (trx) => {
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
  return inTransaction(db, change.connection, async (trx) => {
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
  await inTransaction(db, change.connection, async (trx) => {
    const before = await matched(trx, change, id);
    const touched = await replaceMembers(trx, change, id, []);
    await trx.deleteFrom('scim_groups').where('id', '=', before.id).execute();
    await record(trx, change, 'scim.group.delete', before);
    await settle(trx, change, before, touched);
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
      throw new ScimError(409, 'There is a group of this displayName already.', 'uniqueness');
    throw error;
  }
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
  const team = displayName === before.display_name ? null : await teamOf(trx, change, displayName, before.id);
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

/**
 * `organization:team`: the organization ends at the first colon. The team is made when it is missing; no second group
 * stands for it (`present`: the group that is being renamed).
 */
async function teamOf(trx: Trx, { connection, context }: ScimChange, displayName: string, present?: string) {
  const colon = displayName.indexOf(':');
  const organizationName = displayName.slice(0, Math.max(colon, 0)).trim();
  const team = displayName.slice(colon + 1).trim();
  if (colon < 0 || organizationName === '' || team === '') {
    throw new ScimError(
      400,
      `displayName must be organization:team, such as "${connection.organizationName}:developers"; "${displayName.slice(0, 100)}" is not.`,
      'invalidValue',
    );
  }
  const organization = await allowedOrganization(trx, connection, organizationName);
  const teamId = await ensureTeam(trx, { organizationId: organization.id, name: team, at: context.at });
  const rival = await trx
    .selectFrom('scim_groups')
    .select('display_name')
    .where('connection_id', '=', connection.id)
    .where('team_id', '=', teamId)
    .where('id', '!=', present ?? NOBODY)
    .executeTakeFirst();
  if (rival !== undefined)
    throw new ScimError(409, `"${rival.display_name}" stands for that team already.`, 'uniqueness');
  return { organizationId: organization.id, teamId };
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

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

/** The ids that a list of members names. */
function valuesOf(members: Json | undefined): readonly string[] {
  if (!Array.isArray(members)) return [];
  return members.map((member: Json) => {
    const value = isObject(member) ? member.value : undefined;
    if (typeof value === 'string') return value;
    throw new ScimError(400, 'Each member needs a value: the id of a user.', 'invalidValue');
  });
}

// A path-less operation may carry members beside other attributes: they are taken out into one of their own.
function splitMembers(operation: PatchOperation): readonly PatchOperation[] {
  const { path, value } = operation;
  if (path !== undefined || !isObject(value)) return [operation];
  const isMembers = (name: string) =>
    name.toLowerCase() === 'members' || name.toLowerCase() === `${GROUP.schema.id}:members`.toLowerCase();
  const names = Object.keys(value);
  const members = names
    .filter(isMembers)
    .map((name) => ({ ...operation, path: 'members', value: value[name] }));
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !isMembers(name)));
  return Object.keys(rest).length === 0 && members.length > 0
    ? members
    : [{ ...operation, value: rest }, ...members];
}

/** Additions of members one after the other become one: clients send each member as an operation of its own. */
function joined(operations: readonly PatchOperation[]): readonly PatchOperation[] {
  const result: PatchOperation[] = [];
  for (const operation of operations) {
    const last = result.at(-1);
    if (last !== undefined && isPlainAddition(last) && isPlainAddition(operation)) {
      result[result.length - 1] = { ...last, value: [last.value ?? [], operation.value ?? []].flat() };
    } else result.push(operation);
  }
  return result;
}

function isPlainAddition(operation: PatchOperation): boolean {
  return (
    operation.op === 'add' &&
    isAboutMembers(operation) &&
    operation.path?.includes('[') === false &&
    !operation.path.includes('members.') &&
    Array.isArray(operation.value)
  );
}

function isAboutMembers({ path }: PatchOperation): boolean {
  if (path === undefined) return false;
  const parsed = parsePatchPath(path);
  const isCore = parsed.schema === undefined || parsed.schema.toLowerCase() === GROUP.schema.id.toLowerCase();
  return isCore && parsed.attribute.toLowerCase() === 'members';
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
