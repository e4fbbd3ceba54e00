import { applyEdits, modify, type ParseError, parse } from 'jsonc-parser';
import { catalogSettingSchema } from '../../shared/contracts/local-api.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import type { Setting } from '../../shared/settings/setting.ts';
import { splitList } from '../../shared/text/split-list.ts';
import type { JsonValue } from '../../shared-ui/json-value.ts';

/*
 * A policy is edited as text: each choice changes only the place it is about, and comments, order and keys that the
 * catalog does not know stay as their author wrote them.
 */

/** What a policy says of a setting. `open`: nothing, so users define it. */
export type Mode = 'open' | 'suggested' | 'locked';

/** A setting as the editor shows it: the registration twice, as data for controls and with its paths. */
export interface EditedSetting {
  readonly setting: Setting;
  readonly registration: ReturnType<typeof catalogSettingSchema.parse>;
}

/** Every setting of the catalog, in its order. */
export const SETTINGS: readonly EditedSetting[] = desktopCatalog.settings.map((setting) => ({
  setting,
  registration: catalogSettingSchema.parse(setting),
}));

/** A document that decides nothing yet. */
export const EMPTY_TEXT = '{\n  "configurationFileVersion": 2\n}\n';

type Path = readonly string[];

const FORMATTING = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } };

/** The document as data; `null` where the text cannot be read as an object. */
export function documentOf(text: string): { readonly [key: string]: unknown } | null {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  return errors.length === 0 && isObject(value) ? value : null;
}

/** Where the setting's own object is: with its lock, or the value itself. */
function ownPath({ setting }: EditedSetting): Path {
  const isEntry = setting.group === null && setting.lockPath !== null;
  return isEntry ? parent(setting.lockPath) : setting.valuePath.split('.');
}

/** Where the object is whose lock the setting obeys: its own, or its group's. `null`: presence alone enforces. */
export function lockOwner({ setting }: EditedSetting): Path | null {
  return setting.lockPath === null ? null : parent(setting.lockPath);
}

/** What the document says of the setting, or for a member of its group. */
export function modeOf(document: unknown, edited: EditedSetting): Mode {
  const owner = lockOwner(edited);
  if (owner === null) return valueIn(document, edited) === undefined ? 'open' : 'locked';
  const object = at(document, owner);
  if (!isObject(object)) return 'open';
  const { locked } = object;
  if (locked !== undefined && locked !== null && locked !== false) return 'locked';
  return edited.setting.group === null && valueIn(document, edited) === undefined ? 'open' : 'suggested';
}

/**
 * The value as it stands in the document, acceptable or not; `undefined`: none. A list that an older document writes as
 * one text with commas is the list that devices make of it (docs/policy.md, section 3).
 */
export function valueIn(document: unknown, { setting }: EditedSetting): JsonValue | undefined {
  const value = at(document, setting.valuePath.split('.'));
  return asJson(setting.storeForm === 'commaJoined' && typeof value === 'string' ? splitList(value) : value);
}

/** The text with another mode for a setting that has a lock of its own, or none. */
export function withMode(text: string, edited: EditedSetting, mode: Mode): string {
  const owner = lockOwner(edited);
  if (mode === 'open') return without(text, ownPath(edited));
  const locked = owner === null ? text : put(text, [...owner, 'locked'], mode === 'locked');
  return valueIn(documentOf(text), edited) === undefined
    ? withValue(locked, edited, startValue(edited))
    : locked;
}

/** The text with another mode for a whole group. */
export function withGroupMode(text: string, owner: Path, mode: Mode): string {
  return mode === 'open' ? without(text, owner) : put(text, [...owner, 'locked'], mode === 'locked');
}

/** The text with another value; `undefined` takes it out, which in a group means the built-in default. */
export function withValue(text: string, { setting }: EditedSetting, value: JsonValue | undefined): string {
  return put(text, setting.valuePath.split('.'), value);
}

/** What stands in the control when a policy begins to speak of a setting. */
export function startValue({ registration }: EditedSetting): JsonValue {
  if (registration.default !== null) return registration.default;
  switch (registration.type) {
    case 'boolean':
      return false;
    case 'integer':
      return registration.range?.min ?? 0;
    case 'enum':
      return registration.choices?.[0] ?? '';
    case 'string':
      return '';
    case 'stringList':
    case 'objectList':
      return [];
  }
}

function put(text: string, path: Path, value: unknown): string {
  return applyEdits(text, modify(text, [...path], value, FORMATTING));
}

/** Takes a key out, and every object that it leaves empty. */
function without(text: string, path: Path): string {
  const next = put(text, path, undefined);
  const above = path.slice(0, -1);
  const object = at(documentOf(next), above);
  const empty = above.length > 0 && isObject(object) && Object.keys(object).length === 0;
  return empty ? without(next, above) : next;
}

function parent(path: string | null): Path {
  return path?.split('.').slice(0, -1) ?? [];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((object, key) => (isObject(object) ? object[key] : undefined), value);
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asJson(value: unknown): JsonValue | undefined {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (Array.isArray(value)) return value.map((entry) => asJson(entry) ?? null);
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asJson(entry) ?? null]));
}
