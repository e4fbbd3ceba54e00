import type { z } from 'zod';
import type { settingStateSchema } from '../shared/contracts/local-api.ts';

/** A value as the local API carries it. */
export type JsonValue = z.infer<typeof settingStateSchema>['value'];

/** True for two JSON values that mean the same: the order of members does not count, that of entries does. */
export function sameJson(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((entry, index) => sameJson(entry, other[index]));
  }
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && sameJson(one[name], other[name]));
}
