import { isObject, type Json } from './json.ts';
import type { PatchOperation } from './patch.ts';
import { parsePatchPath } from './resource-path.ts';
import { GROUP } from './schema/group.ts';
import { ScimError } from './scim-error.ts';

/*
 * The operations of a group's PATCH that are about its members, told apart from the rest, so that each becomes a
 * statement over just those members.
 */

/** The ids that a list of members names. */
export function valuesOf(members: Json | undefined): readonly string[] {
  if (!Array.isArray(members)) return [];
  return members.map((member: Json) => {
    const value = isObject(member) ? member.value : undefined;
    if (typeof value === 'string') return value;
    throw new ScimError(400, 'Each member needs a value: the id of a user.', 'invalidValue');
  });
}

/** A path-less operation may carry members beside other attributes: they are taken out into one of their own. */
export function splitMembers(operation: PatchOperation): readonly PatchOperation[] {
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
export function joined(operations: readonly PatchOperation[]): readonly PatchOperation[] {
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

/** Whether an operation changes who is in the group. */
export function isAboutMembers({ path }: PatchOperation): boolean {
  if (path === undefined) return false;
  const parsed = parsePatchPath(path);
  const isCore = parsed.schema === undefined || parsed.schema.toLowerCase() === GROUP.schema.id.toLowerCase();
  return isCore && parsed.attribute.toLowerCase() === 'members';
}
