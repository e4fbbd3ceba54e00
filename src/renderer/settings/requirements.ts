import type { JsonValue } from '../../shared-ui/json-value.ts';

/**
 * True where a setting has no effect because one that it needs is otherwise: `id` has to be on, `id=value` to have that
 * value. One that this computer does not have (`undefined`) says nothing.
 */
export function isIdle(requires: readonly string[], inForce: (id: string) => JsonValue | undefined): boolean {
  return requires.some((need) => {
    const [id = '', wanted] = need.split('=');
    const value = inForce(id);
    if (value === undefined) return false;
    return wanted === undefined ? value !== true : String(value) !== wanted;
  });
}
