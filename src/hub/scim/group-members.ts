import { sql } from 'kysely';
import type { Trx } from '../database/connection.ts';
import { adopt } from './adoption.ts';
import { readValue } from './attribute-value.ts';
import type { Filter } from './filter/filter.ts';
import { type Condition, compare } from './filter/filter-to-sql.ts';
import { memberPart } from './group-columns.ts';
import { isObject, type Json } from './json.ts';
import type { PatchOperation } from './patch.ts';
import { isUuid } from './resource-id.ts';
import { parsePatchPath } from './resource-path.ts';
import { findAttribute } from './schema/attribute.ts';
import { GROUP_SCHEMA } from './schema/group.ts';
import { ScimError } from './scim-error.ts';
import type { ScimChange } from './user-entry.ts';
import type { ScimUserRow } from './user-resource.ts';

/*
 * Members of a group, changed by statements over just the rows that change. Each function answers the accounts whose
 * membership really changed.
 */

/** Makes exactly these the members. */
export async function replaceMembers(
  trx: Trx,
  change: ScimChange,
  groupId: string,
  values: readonly string[],
): Promise<readonly string[]> {
  const ids = await requireUsers(trx, change, values);
  const gone = await sql<{ user_id: string }>`delete from scim_group_members gm using scim_users u
    where gm.group_id = ${groupId} and u.id = gm.scim_user_id and not (gm.scim_user_id = any(${ids}::uuid[]))
    returning u.user_id`.execute(trx);
  return [...gone.rows.map((row) => row.user_id), ...(await insert(trx, groupId, ids))];
}

/** Applies one PATCH operation whose path is `members` or `members[…]`. */
export async function changeMembers(
  trx: Trx,
  change: ScimChange,
  groupId: string,
  { op, path = 'members', value }: PatchOperation,
): Promise<readonly string[]> {
  const { filter, sub } = parsePatchPath(path);
  if (sub !== undefined)
    throw new ScimError(400, 'A member is added or removed, never changed.', 'mutability');
  if (op === 'remove')
    return filter === undefined ? removeNamed(trx, groupId, value) : removeMatching(trx, groupId, filter);
  // A member is a reference to a user: it is never made up from a filter (RFC 7644 section 3.5.2.3).
  if (filter !== undefined)
    throw new ScimError(400, 'Members are added by their value, not through a filter.', 'noTarget');
  if (value === undefined) throw new ScimError(400, `${op} of members needs a value.`, 'invalidValue');
  const named = namedIn(value);
  if (op === 'replace') return replaceMembers(trx, change, groupId, named);
  return insert(trx, groupId, await requireUsers(trx, change, named));
}

function namedIn(value: Json): readonly string[] {
  const members = findAttribute(GROUP_SCHEMA.attributes, 'members');
  const read = members === undefined ? [] : (readValue(members, value, 'members') ?? []);
  return (Array.isArray(read) ? read : [read]).map((member: Json) => {
    const id = isObject(member) ? member.value : undefined;
    if (typeof id === 'string') return id;
    throw new ScimError(400, 'Each member needs a value: the id of a user.', 'invalidValue');
  });
}

async function insert(trx: Trx, groupId: string, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<{ user_id: string }>`with added as (
      insert into scim_group_members (group_id, scim_user_id) select ${groupId}::uuid, unnest(${[...ids]}::uuid[])
      on conflict do nothing returning scim_user_id)
    select u.user_id from added join scim_users u on u.id = added.scim_user_id`.execute(trx);
  return rows.map((row) => row.user_id);
}

/** Remove with a list takes out those that it names; without a value it takes all. */
async function removeNamed(trx: Trx, groupId: string, value: Json | undefined): Promise<readonly string[]> {
  const named = value === undefined || value === null ? null : [...namedIn(value)];
  const which = named === null ? sql`true` : isMember(named);
  return remove(trx, groupId, which);
}

async function removeMatching(trx: Trx, groupId: string, filter: Filter): Promise<readonly string[]> {
  return remove(trx, groupId, memberCondition(filter));
}

async function remove(trx: Trx, groupId: string, which: Condition): Promise<readonly string[]> {
  const { rows } = await sql<{ user_id: string }>`delete from scim_group_members gm using scim_users u
    where gm.group_id = ${groupId} and u.id = gm.scim_user_id and ${which} returning u.user_id`.execute(trx);
  return rows.map((row) => row.user_id);
}

function memberCondition(filter: Filter): Condition {
  switch (filter.kind) {
    case 'and':
      return sql`(${memberCondition(filter.left)} and ${memberCondition(filter.right)})`;
    case 'or':
      return sql`(${memberCondition(filter.left)} or ${memberCondition(filter.right)})`;
    case 'not':
      return sql`(not coalesce(${memberCondition(filter.filter)}, false))`;
    case 'present':
      return sql`true`;
    case 'compare': {
      const members = findAttribute(GROUP_SCHEMA.attributes, 'members');
      const sub = findAttribute(members?.subAttributes ?? [], filter.path.attribute);
      if (sub === undefined)
        throw new ScimError(400, `A member has no "${filter.path.attribute}".`, 'invalidPath');
      // The everyday case is found by the primary key.
      if (sub.name === 'value' && filter.operator === 'eq') return isMember([String(filter.value)]);
      const part = memberPart(sub);
      if (part === null)
        throw new ScimError(400, `members.${sub.name} cannot be searched; name its value.`, 'invalidPath');
      return compare(part, filter.operator, filter.value, `members.${sub.name}`);
    }
    case 'element':
      throw new ScimError(400, 'Brackets inside brackets are not allowed.', 'invalidPath');
  }
}

/**
 * The users behind the values: each must be of this connection, or nothing is applied. Those that sign-in created are
 * adopted where the connection allows it.
 */
async function requireUsers(
  trx: Trx,
  change: ScimChange,
  values: readonly string[],
): Promise<readonly string[]> {
  const wanted = [...new Set(values)];
  if (wanted.length === 0) return [];
  const { rows } = await sql<ScimUserRow>`select * from scim_users
    where connection_id = ${change.connection.id} and id = any(${wanted.filter(isUuid)}::uuid[])`.execute(
    trx,
  );
  const found = new Set(rows.map((row) => row.id));
  const missing = wanted.filter((value) => !found.has(value.toLowerCase()));
  if (missing.length > 0) {
    throw new ScimError(
      400,
      `There is no user ${missing.slice(0, 5).join(', ')} here; nothing was changed.`,
      'invalidValue',
    );
  }
  for (const row of rows.filter((candidate) => !candidate.managed)) await adopt(trx, change, row);
  return [...found];
}

// What is no UUID is nobody's id, and comparing as UUID lets the primary key find the row.
function isMember(values: readonly string[]): Condition {
  return sql`gm.scim_user_id = any(${values.filter(isUuid)}::uuid[])`;
}
