import { checkValue, type ValueCheck } from '../settings/check-value.ts';
import type { Setting, SettingValue } from '../settings/setting.ts';
import { splitList } from '../text/split-list.ts';

/** A value as `settings-store.json` holds it: negated, or joined with commas, where other readers expect that. */
export function toStore(setting: Setting, value: SettingValue): SettingValue {
  if (setting.storeForm === 'inverted') return value !== true;
  return setting.storeForm === 'commaJoined' && Array.isArray(value) ? value.join(',') : value;
}

/** What a value found in the store means. `unset`: nothing, as if the key were not there. */
export type StoreReading = ValueCheck | 'unset';

/** Reads a value found in the store (docs/policy.md, sections 2 and 5). */
export function fromStore(setting: Setting, raw: unknown): StoreReading {
  // An empty text stands for no choice; `null` for nothing, as for every other reader.
  if (raw === null || (setting.type === 'enum' && raw === '')) return 'unset';
  if (setting.storeForm === 'inverted') return checkValue(setting, typeof raw === 'boolean' ? !raw : raw);
  if (setting.storeForm !== 'commaJoined') return checkValue(setting, raw, () => undefined);
  if (typeof raw === 'string') return checkValue(setting, splitList(raw));
  return { ok: false, code: 'wrong_type', message: 'It has to be one text with commas between the entries.' };
}
