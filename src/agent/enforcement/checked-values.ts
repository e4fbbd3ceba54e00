import { checkValue } from '../../shared/settings/check-value.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { SettingValue } from '../../shared/settings/setting.ts';

/** Those values of a record by setting id that the catalog accepts: it may be another version's than the writer's. */
export function checkedValues(
  record: Readonly<Record<string, unknown>>,
  catalog: Catalog,
): ReadonlyMap<string, SettingValue> {
  const values = new Map<string, SettingValue>();
  for (const [id, value] of Object.entries(record)) {
    const setting = catalog.byId.get(id);
    const checked = setting === undefined ? null : checkValue(setting, value);
    if (checked?.ok === true) values.set(id, checked.value);
  }
  return values;
}
