import {
  type EditSurface,
  type ItemField,
  type ListItem,
  PLATFORMS,
  type Platform,
  type Setting,
} from './setting.ts';

/** What every kind of setting says of itself; what is left out follows the rules of `defineSetting`. */
interface CommonDefinition {
  readonly id: string;
  readonly category: string;
  readonly label: string;
  readonly description: string;
  readonly platforms?: readonly Platform[];
  readonly group?: string;
  readonly valuePath?: string;
  readonly lockPath?: string | null;
  readonly pathDocumented?: boolean;
  readonly storeKey?: string;
  readonly editableIn: readonly EditSurface[];
  readonly consoleName?: string;
  readonly minVersion?: string;
  readonly maxVersion?: string;
  readonly requires?: readonly string[];
  readonly notes?: string;
}

interface BooleanDefinition extends CommonDefinition {
  readonly type: 'boolean';
  readonly default: boolean | null;
  readonly storeForm?: 'value' | 'inverted';
}

/** A number always states its range: one without a rule does not compile. */
interface IntegerDefinition extends CommonDefinition {
  readonly type: 'integer';
  readonly default: number | null;
  readonly range: { readonly min: number; readonly max?: number };
  readonly unit?: string;
  readonly storeForm?: 'value';
}

interface StringDefinition extends CommonDefinition {
  readonly type: 'string';
  readonly default: string | null;
  readonly format?: NonNullable<Setting['format']>;
  readonly storeForm?: 'value';
}

interface EnumDefinition extends CommonDefinition {
  readonly type: 'enum';
  readonly choices: readonly [string, ...string[]];
  readonly default: string | null;
  readonly storeForm?: 'value';
}

interface StringListDefinition extends CommonDefinition {
  readonly type: 'stringList';
  readonly default: readonly string[] | null;
  readonly storeForm?: 'value' | 'commaJoined';
}

interface ObjectListDefinition extends CommonDefinition {
  readonly type: 'objectList';
  readonly items: readonly [ItemField, ...ItemField[]];
  readonly default: readonly ListItem[] | null;
  readonly storeForm?: 'value';
}

/** What an author writes to register a setting. */
export type SettingDefinition =
  | BooleanDefinition
  | IntegerDefinition
  | StringDefinition
  | EnumDefinition
  | StringListDefinition
  | ObjectListDefinition;

/** A definition with everything that it left out filled in; its own literal types are kept. */
export type Registered<D extends SettingDefinition> = D & Omit<Setting<D['id']>, keyof D>;

/**
 * Registers one setting. Left out, `platforms` means all; the path is `<id>.value` with the lock at `<id>.locked`
 * (docs/policy.md, section 2: every setting is lockable); the store key is the id in PascalCase. The literal types
 * of the definition are kept, so that values are typed wherever the setting is read.
 */
export function defineSetting<const D extends SettingDefinition>(definition: D): Registered<D> {
  const { id } = definition;
  return Object.freeze({
    platforms: PLATFORMS,
    group: null,
    valuePath: `${id}.value`,
    lockPath: `${id}.locked`,
    pathDocumented: true,
    storeKey: id.charAt(0).toUpperCase() + id.slice(1),
    storeForm: 'value' as const,
    ...definition,
  });
}
