import type { z } from 'zod';
import { maskUserInfo } from '../../shared/text/mask-user-info.ts';

/** A JSON value, mutable, as the contract's schemas infer it. */
export type Json = z.infer<ReturnType<typeof z.json>>;

/** Settings are read-only values, the contract's are not: a copy is the honest way from one to the other. */
export function jsonOf(value: unknown): Json {
  return copy(value, (text) => text);
}

/** A copy in which the user-info of every address is hidden (docs/delivery.md section 7). */
export function maskedJson(value: unknown): Json {
  return copy(value, maskUserInfo);
}

function copy(value: unknown, textOf: (text: string) => string): Json {
  if (typeof value === 'string') return textOf(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((each) => copy(each, textOf));
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [textOf(key), copy(each, textOf)]));
}
