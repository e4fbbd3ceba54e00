/** So deep may a body nest that the hub is sent: documents, which nest the deepest, keep to less by themselves. */
export const DEEPEST_BODY = 150;

/** True where lists and objects are nested more than `most` deep. Walks level by level: a stack has an end. */
export function isNestedDeeper(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= most; depth += 1) {
    const next: unknown[] = [];
    for (const each of level) {
      if (isContainer(each)) for (const inner of Object.values(each)) next.push(inner);
    }
    if (next.length === 0) return false;
    level = next;
  }
  return level.some(isContainer);
}

/** Not what a body may be besides JSON: bytes, a stream. */
function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * True where a JSON value holds what the hub's database takes in no text: a NUL, or half of a surrogate pair. (Text that
 * only spells such an escape is taken for one; no setting has it.)
 */
export function holdsUnstorable(value: unknown): boolean {
  return /\\u(?:0000|d[89ab][0-9a-f]{2}|d[c-f][0-9a-f]{2})/.test(JSON.stringify(value) ?? '');
}
