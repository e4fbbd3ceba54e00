/** The words of the settings catalog in another language, each by what it is called in the catalog. */
export interface CatalogWords {
  /** By the id of the setting. */
  readonly labels: Readonly<Record<string, string>>;
  /** By the id of the setting. */
  readonly descriptions: Readonly<Record<string, string>>;
  /** By the English name. */
  readonly categories: Readonly<Record<string, string>>;
  /** By the English name; those of measures, such as MiB, are the same everywhere. */
  readonly units: Readonly<Record<string, string>>;
  /** What one of a unit is called, by the word for several; measures are the same for one. */
  readonly unitsOfOne: Readonly<Record<string, string>>;
  /** Names of the fields of an entry, by the name in the catalog. */
  readonly fields: Readonly<Record<string, string>>;
  /** By the English description. */
  readonly fieldDescriptions: Readonly<Record<string, string>>;
}

/** English, in which the catalog is written. */
export const CATALOG_AS_WRITTEN: CatalogWords = {
  ...{ labels: {}, descriptions: {}, categories: {}, units: {}, fields: {}, fieldDescriptions: {} },
  unitsOfOne: { cores: 'core', nodes: 'node' },
};

/** The word for `name`, or `written` where the translation has none: a newer agent knows more settings. */
export function wordFor(words: Readonly<Record<string, string>>, name: string, written: string): string {
  return Object.hasOwn(words, name) ? (words[name] ?? written) : written;
}
