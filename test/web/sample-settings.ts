import { desktopCatalog } from '../../src/shared/settings/desktop-catalog.ts';
import type { ListItem, Setting, SettingValue } from '../../src/shared/settings/setting.ts';

/** The label of a setting of the desktop catalog, whose wording is not these tests' business. */
export function labelOf(id: string): string {
  const setting = desktopCatalog.byId.get(id);
  if (setting === undefined) throw new Error(`the catalog has no ${id}`);
  return setting.label;
}

/** A valid value of a setting that differs from its default, made from its registration alone. */
export function sampleValue(setting: Setting): SettingValue {
  switch (setting.type) {
    case 'boolean':
      return setting.default !== true;
    case 'integer': {
      const { min, max } = setting.range ?? { min: 0, max: 10 };
      return setting.default === min ? Math.min(min + 1, max ?? min + 1) : min;
    }
    case 'enum':
      return setting.choices?.find((choice) => choice !== setting.default) ?? '';
    case 'stringList':
      return ['first.example', 'second.example'];
    case 'objectList':
      return [sampleItem(setting)];
    case 'string':
      return SAMPLE_TEXTS[setting.format ?? 'any'];
  }
}

const SAMPLE_TEXTS: Readonly<Record<NonNullable<Setting['format']> | 'any', string>> = {
  any: 'sample text',
  url: 'https://sample.example',
  urlOrEmpty: 'https://sample.example',
  cidr: '10.77.0.0/24',
  json: '{"debug":true}',
  portList: '80,443',
  path: '/sample/folder',
};

function sampleItem(setting: Setting): ListItem {
  return Object.fromEntries(
    (setting.items ?? []).map((field) => {
      if (field.type === 'boolean') return [field.name, true];
      if (field.type === 'stringList') return [field.name, ['linux/amd64']];
      return [field.name, field.choices?.[0] ?? `sample ${field.name}`];
    }),
  );
}

/** A policy document that mentions every one of `settings` with its sample value. */
export function documentOf(settings: readonly Setting[], locked: boolean): object {
  const document: Record<string, unknown> = { configurationFileVersion: 2 };
  for (const setting of settings) {
    if (setting.lockPath === null && !locked) continue;
    put(document, setting.valuePath, sampleValue(setting));
    if (setting.lockPath !== null) put(document, setting.lockPath, locked);
  }
  return document;
}

function put(document: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let place = document;
  for (const name of names) {
    const inside = place[name];
    const next = isRecord(inside) ? inside : {};
    place[name] = next;
    place = next;
  }
  place[last] = value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
