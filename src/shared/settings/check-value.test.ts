import { describe, expect, it } from 'vitest';
import { accepted, checkValue, sameValue } from './check-value.ts';
import { desktopCatalog } from './desktop-catalog.ts';

const setting = (id: string) => {
  const found = desktopCatalog.byId.get(id);
  if (found === undefined) throw new Error(`no setting ${id}`);
  return found;
};
const accepts = (id: string, value: unknown) => checkValue(setting(id), value).ok;

describe('what a setting accepts', () => {
  it.each<[string, unknown[], unknown[]]>([
    ['cpus', [1, 1024], [0, 1025, 1.5, '4', null, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]],
    ['memoryMiB', [512, 1_000_000], [511, -1]],
    ['swapMiB', [0, 4096], [-1]],
    ['kubernetesNodesCount', [1, 10], [0, 11]],
    ['enableInferenceTCPPort', [1, 65535], [0, 65536]],
    ['proxyWindowsDockerdPort', [-1, 0, 65535], [-2, 65536]],
    ['proxyMode', ['system', 'manual'], ['', 'System', 0]],
    ['analyticsEnabled', [true, false], [1, 'true', null]],
    ['proxyHttp', ['', 'http://a:1', 'a:1', 'socks5://a', 'anything'], [1, 'a\0', '\udc00']],
    [
      'vpnkitCIDR',
      ['', '10.0.0.0/8', '192.168.65.0/24', 'fd00::/8'],
      ['10.0.0.0', '10.0.0.0/33', '300.0.0.0/8', 'fd00::/129', '/', 'x/8'],
    ],
    ['linuxDaemonOptions', ['', '{}', '{"debug":true}', ' null '], ['{', '[]', '5', 'debug']],
    [
      'containersProxyTransparentPorts',
      ['', '*', '80', '80,443', '80, 443', '8000-8100'],
      ['0', '65536', 'http', '80;443', `${' '.repeat(1_000_000)}x`],
    ],
    [
      'extensionsPrivateMarketplaceAdminContactURL',
      ['', 'https://a.test/x', 'http://a', 'mailto:a@b.test'],
      ['javascript:alert(1)', 'a.test', 'data:text/html,x'],
    ],
    ['diskImageLocation', ['', '/a', 'C:\\a'], [1]],
    ['wslDistroIntegration', [[], ['a', 'b,c']], ['a', [1], [null], {}]],
    ['proxyExclude', [[], ['a', '*.b']], [['a,b'], [''], [' a'], 'a']],
    [
      'filesharingAllowedDirectories',
      [[], [{ path: '$HOME' }], [{ path: '/a', sharedByDefault: false }]],
      [
        [{}],
        [{ path: 1 }],
        [{ path: '/a', sharedByDefault: 'no' }],
        [{ path: '/a', mode: 'ro' }],
        [null],
        [[]],
        {},
      ],
    ],
    [
      'builders',
      [[{ name: 'a', platforms: [] }]],
      [[{ name: 'a', platforms: [1] }], [{ name: 'a', driver: '' }]],
    ],
  ])('%s', (id, good, bad) => {
    expect(good.filter((value) => !accepts(id, value))).toEqual([]);
    expect(bad.filter((value) => accepts(id, value))).toEqual([]);
    for (const value of bad) {
      const check = checkValue(setting(id), value);
      if (!check.ok) expect(check.message).toMatch(/^It h.*\.$/);
    }
  });

  it('includes every built-in default', () => {
    const refused = desktopCatalog.settings.filter(
      (each) => each.default !== null && !checkValue(each, each.default).ok,
    );
    expect(refused).toEqual([]);
  });

  it('is said in words', () => {
    expect(accepted(setting('cpus'))).toBe('a whole number from 1 to 1024 (cores)');
    expect(accepted(setting('swapMiB'))).toBe('a whole number of 0 or more (MiB)');
    expect(accepted(setting('proxyMode'))).toBe('one of "system", "manual"');
    expect(accepted(setting('builders'))).toContain('"driver" ("docker" or "docker-container"');
  });

  it('never echoes a password', () => {
    const check = checkValue(setting('proxyMode'), 'http://joe:secret@proxy');
    expect(check.ok ? '' : check.message).toMatch(/^((?!secret).)*$/);
  });

  it('answers lists as frozen copies', () => {
    const given = [{ path: '/a' }];
    const check = checkValue(setting('filesharingAllowedDirectories'), given);
    expect(check.ok && check.value).toEqual(given);
    expect(check.ok && check.value).not.toBe(given);
    expect(check.ok && Object.isFrozen(check.value)).toBe(true);
  });
});

describe('sameness of values', () => {
  it.each<[unknown, unknown, boolean]>([
    [1, 1, true],
    [null, null, true],
    [null, {}, false],
    [[], {}, false],
    [['a'], ['a'], true],
    [['a', 'b'], ['b', 'a'], false],
    [[{ a: 1, b: 2 }], [{ b: 2, a: 1 }], true],
    [[{ a: 1 }], [{ a: 1, b: undefined }], false],
    [{ a: undefined }, { b: undefined }, false],
    [0, false, false],
  ])('%j and %j: %s', (a, b, same) => {
    expect(sameValue(a, b)).toBe(same);
    expect(sameValue(b, a)).toBe(same);
  });
});
