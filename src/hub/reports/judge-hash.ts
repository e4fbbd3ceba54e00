import { createHash } from 'node:crypto';
import type { AgentReport } from '../../shared/contracts/device-report.ts';
import { type ManagedPair, managedHash, managedPairs } from '../../shared/policy/managed-hash.ts';
import type { Layer } from '../../shared/policy/model.ts';
import { type Override, withOverrides } from '../../shared/policy/overrides.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { VERSION } from '../../shared/version.ts';
import type { HashState } from './tables.ts';

/** SHA-256 in hex of what a device should have in force, by the engine that the device runs. */
export function hashOf(pairs: readonly ManagedPair[]): string {
  return managedHash(pairs, (text) => createHash('sha256').update(text).digest('hex'));
}

/**
 * Compares the hash that a device reports to what the document says (docs/delivery.md section 5): without overrides
 * first, then with those of `granted` that the device says are in force.
 */
export function judgeHash(
  layer: Layer,
  report: Pick<AgentReport, 'managedHash' | 'platform' | 'profileOverrides' | 'catalogVersion' | 'settings'>,
  granted: readonly Override[],
): HashState {
  if (report.managedHash === null) return 'none';
  const without = leftOut(layer, report);
  const expected = (of: Layer) => hashOf(managedPairs(of, desktopCatalog, report.platform, without));
  if (expected(layer) === report.managedHash) return 'exact';
  if (granted.length === 0) return 'mismatch';
  return expected(withOverrides(layer, granted, desktopCatalog)) === report.managedHash
    ? 'override'
    : 'mismatch';
}

/** Ids that do not count: the profile overrides them, or the device's catalog is another one and lacks them. */
function leftOut(
  layer: Layer,
  report: Pick<AgentReport, 'profileOverrides' | 'catalogVersion' | 'settings'>,
): ReadonlySet<string> {
  const without = new Set(report.profileOverrides);
  if (report.catalogVersion === VERSION) return without;
  const known = new Set(report.settings.map(({ id }) => id));
  for (const id of layer.mentions.keys()) if (!known.has(id)) without.add(id);
  return without;
}
