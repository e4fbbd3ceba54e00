import type {
  CatalogSetting,
  ManagedBy,
  SettingState,
  SettingsAnswer,
} from '../../shared/contracts/local-api.ts';
import type { Resolution, ResolvedSetting } from '../../shared/policy/model.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { Platform, Setting, SettingValue } from '../../shared/settings/setting.ts';
import { jsonOf, maskedJson } from './json-of.ts';

/** What an answer about settings is made from: one resolution and what stands beside it. */
export interface SettingsView {
  readonly resolution: Resolution;
  readonly choices: ReadonlyMap<string, SettingValue>;
  readonly managedBy: (id: string) => ManagedBy | null;
}

/** `GET /v1/settings`, in the catalog's order. */
export function settingsAnswer(view: SettingsView): SettingsAnswer {
  const { platform, frozen, settings } = view.resolution;
  return { platform, frozen, settings: [...settings.values()].map((setting) => settingState(view, setting)) };
}

/**
 * One setting as it is in force. What the user chose is theirs to read as they typed it; in what anybody else decides the
 * user-info of addresses is hidden (docs/delivery.md section 7).
 */
export function settingState(view: SettingsView, setting: ResolvedSetting): SettingState {
  const choice = view.choices.get(setting.id);
  return {
    id: setting.id,
    value: shownValue(setting.source, setting.value),
    locked: setting.locked,
    source: setting.source,
    suggestion: maskedJson(setting.suggestion),
    ...(choice === undefined ? {} : { choice: jsonOf(choice) }),
    ...(setting.frozen === undefined ? {} : { frozen: setting.frozen }),
    managedBy: view.managedBy(setting.id),
    contributions: setting.contributions.map((each) => ({
      ...each,
      value: shownValue(each.source, each.value),
    })),
  };
}

/** A value as a surface may have it, by who decided it. */
export function shownValue(source: ResolvedSetting['source'], value: unknown) {
  return source === 'user' ? jsonOf(value) : maskedJson(value);
}

/** `GET /v1/catalog`: the registrations of this platform, as data. */
export function catalogAnswer(catalog: Catalog, platform: Platform): { settings: CatalogSetting[] } {
  return { settings: catalog.onPlatform[platform].map(catalogSetting) };
}

function catalogSetting(setting: Setting): CatalogSetting {
  const { choices, items, range, unit, format, requires, minVersion, notes } = setting;
  return {
    id: setting.id,
    category: setting.category,
    label: setting.label,
    description: setting.description,
    type: setting.type,
    ...(choices === undefined ? {} : { choices: [...choices] }),
    ...(items === undefined ? {} : { items: items.map(itemField) }),
    ...(range === undefined ? {} : { range: { ...range } }),
    ...(unit === undefined ? {} : { unit }),
    ...(format === undefined ? {} : { format }),
    default: jsonOf(setting.default),
    platforms: [...setting.platforms],
    group: setting.group,
    valuePath: setting.valuePath,
    storeKey: setting.storeKey,
    editableIn: [...setting.editableIn],
    ...(requires === undefined ? {} : { requires: [...requires] }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(notes === undefined ? {} : { notes }),
  };
}

type CatalogItem = NonNullable<CatalogSetting['items']>[number];

function itemField({ choices, ...field }: NonNullable<Setting['items']>[number]): CatalogItem {
  return { ...field, ...(choices === undefined ? {} : { choices: [...choices] }) };
}
