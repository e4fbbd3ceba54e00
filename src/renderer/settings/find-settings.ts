import type { CatalogSetting, SettingState } from '../../shared/contracts/local-api.ts';

/** A setting as the pages show it: its registration and what is in force. */
export interface ShownSetting {
  readonly registration: CatalogSetting;
  readonly state: SettingState;
}

/** What the person asked to see. */
export interface Filter {
  /** `null`: all of them. */
  readonly category: string | null;
  readonly words: readonly string[];
  readonly managedOnly: boolean;
  /** A category as the reader reads it; as it is called, where left out. */
  readonly categoryName?: (category: string) => string;
  /** What else the page shows of a setting, by which it is found too. */
  readonly shown?: (setting: ShownSetting) => readonly string[];
}

/** Settings of one category, in the catalog's order. */
export interface Section {
  readonly category: string;
  readonly settings: readonly ShownSetting[];
}

/** Pairs registrations with states; a setting that only one side knows cannot be shown. */
export function joinSettings(
  catalog: readonly CatalogSetting[],
  states: readonly SettingState[],
): readonly ShownSetting[] {
  const byId = new Map(states.map((state) => [state.id, state]));
  return catalog.flatMap((registration) => {
    const state = byId.get(registration.id);
    return state === undefined ? [] : [{ registration, state }];
  });
}

/** True where a policy layer locks the setting or suggests a value for it. */
export function isManaged(setting: ShownSetting): boolean {
  return setting.state.managedBy !== null;
}

/**
 * Ids of the settings to show. A search looks through all categories: whoever searches does not know where a
 * setting is. Each word has to be found somewhere in its label, description, category, id, choices or store key.
 */
export function findSettings(all: readonly ShownSetting[], filter: Filter): ReadonlySet<string> {
  const searching = filter.words.length > 0;
  const found = all.filter(
    (setting) =>
      (searching || filter.category === null || setting.registration.category === filter.category) &&
      (!filter.managedOnly || isManaged(setting)) &&
      matches(setting, filter),
  );
  return new Set(found.map(({ state }) => state.id));
}

/** All of `settings` by category, in the catalog's order. */
export function sectionsOf(settings: readonly ShownSetting[]): readonly Section[] {
  const sections = new Map<string, ShownSetting[]>();
  for (const setting of settings) {
    const { category } = setting.registration;
    const section = sections.get(category);
    if (section === undefined) sections.set(category, [setting]);
    else section.push(setting);
  }
  return [...sections].map(([category, inside]) => ({ category, settings: inside }));
}

function matches(setting: ShownSetting, { words, categoryName, shown }: Filter): boolean {
  if (words.length === 0) return true;
  const { label, description, category, id, storeKey, choices = [] } = setting.registration;
  const named = categoryName?.(category) ?? category;
  const more = shown?.(setting) ?? [];
  const text = [label, description, category, named, id, storeKey, ...choices, ...more]
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
