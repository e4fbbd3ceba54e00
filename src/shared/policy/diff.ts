import { sameValue } from '../settings/check-value.ts';
import type { Resolution, ResolvedSetting } from './model.ts';

/** A setting that is not as it was. `null` where the setting was, or is, not part of the resolution. */
export interface Difference {
  readonly id: string;
  readonly before: ResolvedSetting | null;
  readonly after: ResolvedSetting | null;
}

/** Settings whose value, lock, source, suggestion or freeze differs, in the order of `after`. */
export function diff(before: Resolution | null, after: Resolution): readonly Difference[] {
  const differences: Difference[] = [];
  for (const [id, now] of after.settings) {
    const then = before?.settings.get(id) ?? null;
    if (then === null || !sameState(then, now)) differences.push({ id, before: then, after: now });
  }
  for (const [id, then] of before?.settings ?? []) {
    if (!after.settings.has(id)) differences.push({ id, before: then, after: null });
  }
  return differences;
}

function sameState(a: ResolvedSetting, b: ResolvedSetting): boolean {
  return (
    a.locked === b.locked &&
    a.source === b.source &&
    a.frozen === b.frozen &&
    sameValue(a.value, b.value) &&
    sameValue(a.suggestion, b.suggestion)
  );
}
