import type { Catalog } from '../settings/define-catalog.ts';
import type { Platform, Setting } from '../settings/setting.ts';
import { nearest } from '../text/nearest.ts';
import type { Resolution, ResolvedSetting } from './model.ts';
import { titleOf } from './precedence.ts';

/** Why a setting is what it is; or why there is nothing to explain. */
export type Explanation =
  | {
      readonly state: 'resolved';
      readonly setting: Setting;
      readonly resolved: ResolvedSetting;
      /** One sentence for people. */
      readonly summary: string;
    }
  | {
      readonly state: 'not_applicable';
      readonly setting: Setting;
      readonly platforms: readonly Platform[];
      readonly summary: string;
    }
  | { readonly state: 'unknown_setting'; readonly nearest: string | null; readonly summary: string };

/** Explains one setting of a resolution. */
export function explain(resolution: Resolution, catalog: Catalog, id: string): Explanation {
  const setting = catalog.byId.get(id);
  if (setting === undefined) {
    const close = nearest(id, catalog.byId.keys());
    const summary =
      close === null ? 'There is no such setting.' : `There is no such setting. Did you mean ${close}?`;
    return { state: 'unknown_setting', nearest: close, summary };
  }
  const resolved = resolution.settings.get(id);
  if (resolved === undefined) {
    const { platforms } = setting;
    const summary = `${id} applies on ${platforms.join(' and ')} only, not on ${resolution.platform}.`;
    return { state: 'not_applicable', setting, platforms, summary };
  }
  return { state: 'resolved', setting, resolved, summary: summaryOf(resolved) };
}

function summaryOf({ id, source, locked, frozen }: ResolvedSetting): string {
  if (frozen === 'policy_stale') return `${id} is held at its present value because the policy is too old.`;
  if (frozen === 'policy_source_broken') {
    return `${id} is held at its present value because a policy source cannot be read.`;
  }
  const title = titleOf(source);
  if (locked) return `${id} is locked by ${title}.`;
  if (source === 'user') return `${id} was chosen by the user.`;
  if (source === 'default')
    return `${id} has its built-in default: no policy speaks of it, and nobody chose.`;
  return `${id} follows what ${title} suggests; the user may choose another value.`;
}
