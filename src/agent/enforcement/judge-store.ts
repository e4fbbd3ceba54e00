import type { Drift } from '../../shared/contracts/local-api.ts';
import type { Resolution, ResolvedSetting } from '../../shared/policy/model.ts';
import { sameValue } from '../../shared/settings/check-value.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { Setting, SettingValue } from '../../shared/settings/setting.ts';
import type { StoreContent } from '../../shared/store/parse-store.ts';
import { jsonOf } from '../local-api/json-of.ts';

/** Values of a store that is ours, by setting id. */
export type OwnValues = Readonly<Record<string, unknown>>;

/** A store that could be read. */
export type ReadStore = Extract<StoreContent, { state: 'ok' }>;

/** What an edited store is judged by. */
export interface StoreView {
  readonly catalog: Catalog;
  readonly resolution: Resolution;
  readonly found: ReadStore;
  /** Contents that are ours: a value equal to that of any of them was not edited. Empty: first contact. */
  readonly ours: readonly OwnValues[];
  /** True when the write gate would let the user change this setting now. */
  readonly changeable: (setting: Setting, resolved: ResolvedSetting) => boolean;
}

/** A repair that is due; the time is added when it is made. */
export type DueRepair = Omit<Drift, 'at'>;

/** What outside edits come to. */
export interface StoreJudgement {
  /** Choices of the user; `null` resets. */
  readonly edits: ReadonlyMap<string, SettingValue | null>;
  readonly repairs: readonly DueRepair[];
}

/** Judges what others made of the store since we wrote it (docs/policy.md section 5). Pure. */
export function judgeStore(view: StoreView): StoreJudgement {
  const edits = new Map<string, SettingValue | null>();
  const repairs: DueRepair[] = [];
  for (const [id, resolved] of view.resolution.settings) {
    const setting = view.catalog.byId.get(id);
    if (setting === undefined) continue;
    const found = entryOf(view.found, id);
    if (view.ours.some((values) => isOurs(values, id, found))) continue;
    const verdict =
      view.ours.length === 0 ? atFirstContact(setting, found) : edited(view, setting, resolved, found);
    if (verdict === null) continue;
    if ('edit' in verdict) edits.set(id, verdict.edit);
    else repairs.push(verdict);
  }
  return { edits, repairs };
}

type Entry =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly raw: unknown }
  | undefined;

function entryOf(store: ReadStore, id: string): Entry {
  const value = store.values.get(id);
  if (value !== undefined) return { ok: true, value };
  const invalid = store.invalid.get(id);
  return invalid === undefined ? undefined : { ok: false, raw: invalid.value };
}

function isOurs(values: OwnValues, id: string, found: Entry): boolean {
  if (found === undefined) return !Object.hasOwn(values, id);
  return found.ok && Object.hasOwn(values, id) && sameValue(values[id], found.value);
}

type Verdict = { readonly edit: SettingValue | null } | DueRepair | null;

/** Before the first contact nothing was managed: every value of the user's own is a choice, also behind a lock. */
function atFirstContact(setting: Setting, found: Entry): Verdict {
  if (found === undefined) return null;
  if (!found.ok) return invalid(setting, found, setting.default);
  return sameValue(found.value, setting.default) ? null : { edit: found.value };
}

function edited(view: StoreView, setting: Setting, resolved: ResolvedSetting, found: Entry): Verdict {
  if (view.changeable(setting, resolved)) {
    if (found === undefined) return { edit: null };
    return found.ok ? { edit: found.value } : invalid(setting, found, resolved.value);
  }
  // Whoever writes what is right anyway has not drifted.
  if (found === undefined && resolved.value === null) return null;
  if (found?.ok === true && sameValue(found.value, resolved.value)) return null;
  const right = resolved.value === null ? {} : { right: jsonOf(resolved.value) };
  if (found === undefined) return { kind: 'deleted_key', setting: setting.id, ...right };
  return { kind: 'value', setting: setting.id, wrong: jsonOf(found.ok ? found.value : found.raw), ...right };
}

function invalid(
  setting: Setting,
  found: Extract<Entry, { ok: false }>,
  value: SettingValue | null,
): DueRepair {
  const right = value === null ? {} : { right: jsonOf(value) };
  return { kind: 'invalid_value', setting: setting.id, wrong: jsonOf(found.raw), ...right };
}
