/** Operating systems a setting can apply to. */
export type Platform = 'mac' | 'windows' | 'linux';

/** Every platform, in the order documents and tables list them. */
export const PLATFORMS: readonly Platform[] = ['mac', 'windows', 'linux'];

/** How a value is shaped. `enum` is a closed list of strings; `objectList` a list of flat objects. */
export type SettingType = 'boolean' | 'string' | 'integer' | 'enum' | 'stringList' | 'objectList';

/** One object of an `objectList`: flat, of plain JSON values. */
export type ListItem = { readonly [field: string]: string | boolean | readonly string[] };

/** Any value a setting can take. `null` is never a value: it stands for "unset" or "depends on the host". */
export type SettingValue = boolean | number | string | readonly string[] | readonly ListItem[];

/** The desktop catalog's groups: settings that share one lock and move together (docs/policy.md, section 1). */
export type GroupId = 'proxy' | 'containersProxy' | 'kubernetes' | 'scout' | 'enhancedContainerIsolation';

/** How the value is written into `settings-store.json`. */
export type StoreForm = 'value' | 'inverted' | 'commaJoined';

/** Where a person can edit a setting: the dashboard, the admin-settings.json grammar, or the Admin Console. */
export type EditSurface = 'gui' | 'json' | 'console';

/** One field of the objects in an `objectList`. */
export interface ItemField {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'enum' | 'stringList';
  readonly required: boolean;
  readonly choices?: readonly string[];
  readonly description: string;
}

/**
 * One registered setting: the only place in the code that knows it. Everything else (resolver, store, command
 * line, dashboard, JSON Schema, docs) is generated from these records.
 */
export interface Setting<Id extends string = string> {
  /** Stable camelCase name. */
  readonly id: Id;
  readonly category: string;
  readonly label: string;
  readonly description: string;
  readonly type: SettingType;
  /** The accepted values of an `enum`, in the order they are offered. */
  readonly choices?: readonly string[];
  /** The fields of an `objectList`'s items. */
  readonly items?: readonly ItemField[];
  /** Inclusive bounds of an `integer`. Never depend on the evaluating host. */
  readonly range?: { readonly min: number; readonly max?: number };
  /** What the number counts, as shown to people: `MiB`, `minutes`. */
  readonly unit?: string;
  /** A further rule on text, checked the same way on every surface. */
  readonly format?: 'url' | 'urlOrEmpty' | 'cidr' | 'json' | 'portList' | 'path';
  /** Built-in default. `null`: depends on the host, or unset; then nothing is written to the store. */
  readonly default: SettingValue | null;
  readonly platforms: readonly Platform[];
  /** Name of the group it moves with: a `GroupId` in the desktop catalog, any name in another one. */
  readonly group: string | null;
  /** Dotted path of the value in a policy document. */
  readonly valuePath: string;
  /** Dotted path of the lock; `null` where presence alone enforces. */
  readonly lockPath: string | null;
  /** False where the path was assigned here because the original format documents none. */
  readonly pathDocumented: boolean;
  /** Key in `settings-store.json`. */
  readonly storeKey: string;
  readonly storeForm: StoreForm;
  readonly editableIn: readonly EditSurface[];
  /** Name in the original vendor's console, where it has one. */
  readonly consoleName?: string;
  /** First and last version of the original product that knows the setting. */
  readonly minVersion?: string;
  readonly maxVersion?: string;
  /** Settings that must hold for this one to matter: `id`, or `id=value`. Shown, never enforced. */
  readonly requires?: readonly string[];
  readonly notes?: string;
}
