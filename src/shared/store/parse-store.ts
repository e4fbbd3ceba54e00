import { LARGEST, readJson } from '../policy/json-text.ts';
import { isJsonObject } from '../policy/read-settings.ts';
import type { Catalog } from '../settings/define-catalog.ts';
import type { Platform, SettingValue } from '../settings/setting.ts';
import { describeValue } from '../text/quote.ts';
import type { UnknownKeys } from './render-store.ts';
import { fromStore } from './store-value.ts';

/**
 * Largest store that is read, in bytes. It holds what several documents decide, laid out on lines of its own, which can
 * make three bytes of one: what we write ourselves must never be too large to be read again.
 */
export const LARGEST_STORE = 32 * LARGEST;

/** A value in the store that its setting does not take. */
export interface InvalidStoreValue {
  readonly key: string;
  readonly value: unknown;
  /** What is accepted. */
  readonly message: string;
}

/** What a `settings-store.json` holds. */
export type StoreContent =
  | {
      readonly state: 'ok';
      /** By setting id; only settings of the platform. A setting that is unset is in neither map. */
      readonly values: ReadonlyMap<string, SettingValue>;
      /** By setting id. */
      readonly invalid: ReadonlyMap<string, InvalidStoreValue>;
      /** To be kept as found. */
      readonly unknownKeys: UnknownKeys;
    }
  /** It cannot be read as a store: keep it aside and rebuild it (docs/policy.md, section 5). */
  | { readonly state: 'unparsable'; readonly reason: string };

/**
 * Reads the bytes or the text of a store. Never throws. Keys are matched without case; where two differ in case
 * only, the later one counts, as for other readers. Comments are not accepted: nobody else reads them.
 */
export function parseStore(input: string | Uint8Array, catalog: Catalog, platform: Platform): StoreContent {
  const json = readJson(input, LARGEST_STORE);
  const fault = json.drafts.find(({ severity, code }) => severity === 'error' || code === 'lenient_json');
  if (!json.ok || fault !== undefined)
    return { state: 'unparsable', reason: fault?.message ?? 'It is not JSON.' };
  if (!isJsonObject(json.value)) {
    return {
      state: 'unparsable',
      reason: `It has to be a JSON object, and is ${describeValue(json.value)}.`,
    };
  }
  const values = new Map<string, SettingValue>();
  const invalid = new Map<string, InvalidStoreValue>();
  const unknownKeys = new Map<string, unknown>();
  for (const key of Object.keys(json.value)) {
    const value = json.value[key];
    const setting = catalog.byStoreKey.get(key.toLowerCase());
    if (setting === undefined) {
      unknownKeys.set(key, value);
      continue;
    }
    if (!setting.platforms.includes(platform)) continue;
    values.delete(setting.id);
    invalid.delete(setting.id);
    const read = fromStore(setting, value);
    if (read === 'unset') continue;
    if (read.ok) values.set(setting.id, read.value);
    else invalid.set(setting.id, { key, value, message: read.message });
  }
  return { state: 'ok', values, invalid, unknownKeys };
}
