import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import { canonicalJson } from './canonical-json.ts';
import { managedHash, managedInForce, managedPairs } from './managed-hash.ts';
import { readDocument } from './read-document.ts';
import { readProfile } from './read-profile.ts';
import { resolve } from './resolve.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const layer = (document: unknown) => readDocument(document, 'user-policy', desktopCatalog);
const POLICY = {
  theme: { locked: true, value: 'dark' },
  cpus: { locked: true },
  swapMiB: { value: 5 },
  scout: { locked: true, sbomIndexing: false },
  useGrpcfuse: { locked: true, value: true },
  filesharingAllowedDirectories: [{ sharedByDefault: true, path: '$HOME' }],
};

describe('the managed hash', () => {
  it('is over what the document locks on the platform, sorted by id', () => {
    const pairs = managedPairs(layer(POLICY), desktopCatalog, 'linux');
    expect(canonicalJson(pairs)).toBe(
      '[["cpus",null],["filesharingAllowedDirectories",[{"path":"$HOME","sharedByDefault":true}]],["scoutSbomIndexing",false],["scoutUseBackgroundIndexing",false],["theme","dark"]]',
    );
    expect(managedHash(pairs, sha256)).toBe(sha256(canonicalJson(pairs)));
    expect(managedPairs(layer(POLICY), desktopCatalog, 'mac').map(([id]) => id)).toContain('useGrpcfuse');
  });

  it('is the same on hub and device, without what a profile overrides', () => {
    const hub = layer(POLICY);
    const profile = readProfile(
      { settings: { theme: { locked: false, value: 'light' } } },
      desktopCatalog,
    ).layer;
    const resolution = resolve({ catalog: desktopCatalog, platform: 'linux', layers: [profile, hub] });
    const device = managedInForce(resolution, hub);
    expect(device.overridden).toEqual(['theme']);
    const expected = managedPairs(hub, desktopCatalog, 'linux', new Set(device.overridden));
    expect(managedHash(device.pairs, sha256)).toBe(managedHash(expected, sha256));
  });

  it('differs where another value is in force', () => {
    const hub = layer(POLICY);
    const present = new Map([['theme', 'light']]);
    const freeze = { code: 'policy_stale' as const, source: 'user-policy' as const, present };
    const resolution = resolve({ catalog: desktopCatalog, platform: 'linux', layers: [hub], freeze });
    const expected = managedPairs(hub, desktopCatalog, 'linux');
    expect(managedHash(managedInForce(resolution, hub).pairs, sha256)).not.toBe(
      managedHash(expected, sha256),
    );
  });
});

describe('canonical JSON', () => {
  it.each<[unknown, string]>([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [
      { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    [
      [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    ],
    ['\u20ac$\u000f\nA\'B"\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\"/"'],
  ])('writes %j as RFC 8785 says', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });
});
