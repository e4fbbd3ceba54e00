import { createHash } from 'node:crypto';
import type {
  Contribution,
  LayerSource,
  Resolution,
  ResolvedSetting,
  ValueSource,
} from '../../shared/policy/model.ts';
import type { LayerInput } from './model.ts';
import type { ManagedSince } from './policy-state.ts';

/**
 * The layer a setting's value comes from or, where the user chose another value, whose suggestion that is: it still is
 * what a reset returns to. `null` where only the user or the built-in default speaks.
 */
export function managingSource(resolved: ResolvedSetting): LayerSource | null {
  const source = [resolved.source, ...resolved.contributions.filter(speaks).map((each) => each.source)].find(
    isLayer,
  );
  return source ?? null;
}

const speaks = ({ outcome }: Contribution): boolean => outcome !== 'ignored';

function isLayer(source: ValueSource): source is LayerSource {
  return source !== 'user' && source !== 'default';
}

/**
 * Since when each managed setting is decided as it is: by this source and policy, to this value, with this lock.
 * A new revision that decides the same leaves the time alone.
 */
export function managedSince(
  resolution: Resolution,
  layers: readonly LayerInput[],
  before: ManagedSince,
  now: string,
): ManagedSince {
  const inputs = new Map(layers.map((input) => [input.layer.source, input]));
  const since: ManagedSince = {};
  for (const [id, resolved] of resolution.settings) {
    const source = managingSource(resolved);
    if (source === null) continue;
    const input = inputs.get(source);
    const parts = [source, input?.scope, input?.origin.policy, resolved.locked, resolved.suggestion];
    const decision = createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
    const known = Object.hasOwn(before, id) ? before[id] : undefined;
    since[id] = known?.decision === decision ? known : { decision, since: now };
  }
  return since;
}
