import { describe, expect, it } from 'vitest';
import { readChoices } from '../policy/read-choices.ts';
import { readDocument } from '../policy/read-document.ts';
import { resolve } from '../policy/resolve.ts';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import type { Platform } from '../settings/setting.ts';
import { parseStore } from './parse-store.ts';
import { renderStore, storeEntries, storeObject } from './render-store.ts';

const of = (choices: unknown = {}, platform: Platform = 'linux', document: unknown = {}) =>
  resolve({
    catalog: desktopCatalog,
    platform,
    layers: [readDocument(document, 'admin-settings', desktopCatalog)],
    choices: readChoices(choices, desktopCatalog),
  });
const parse = (input: string | Uint8Array, platform: Platform = 'linux') =>
  parseStore(input, desktopCatalog, platform);
const parsed = (content: object, platform?: Platform) => {
  const store = parse(JSON.stringify(content), platform);
  if (store.state !== 'ok') throw new Error(store.reason);
  return {
    values: Object.fromEntries(store.values),
    invalid: [...store.invalid.keys()],
    unknown: Object.fromEntries(store.unknownKeys),
  };
};

describe('writing the store', () => {
  it('is flat, sorted, indented by two, and ends with a line end', () => {
    const text = renderStore(of(), desktopCatalog);
    const content: Record<string, unknown> = JSON.parse(text);
    const keys = Object.keys(content);
    expect(keys).toEqual([...keys].sort());
    expect(text).toBe(`${JSON.stringify(content, null, 2)}\n`);
    expect(text.startsWith('{\n  "AllowBetaFeatures": false,\n')).toBe(true);
  });

  it('holds every setting of the platform that has a value, under its key', () => {
    for (const platform of ['mac', 'windows', 'linux'] as const) {
      const expected = desktopCatalog.onPlatform[platform]
        .filter((setting) => setting.default !== null)
        .map(({ storeKey }) => storeKey);
      expect([...storeEntries(of({}, platform), desktopCatalog).keys()]).toEqual([...expected].sort());
      expect(JSON.stringify(storeObject(of({}, platform), desktopCatalog), null, 2)).toBe(
        renderStore(of({}, platform), desktopCatalog).trimEnd(),
      );
    }
  });

  it('leaves out what is unset, and what does not apply', () => {
    const keys = [...storeEntries(of(), desktopCatalog).keys()];
    expect(keys).not.toContain('Cpus');
    expect(keys).not.toContain('UseGrpcfuse');
  });

  it('negates and joins where other readers expect it', () => {
    const resolution = of(
      { openDashboardOnStartup: true, proxyExclude: ['a.test', 'b.test'], wslDistroIntegration: ['x'] },
      'windows',
    );
    expect(storeObject(resolution, desktopCatalog)).toMatchObject({
      OpenUIOnStartupDisabled: false,
      OverrideProxyExclude: 'a.test,b.test',
      ContainersOverrideProxyExclude: '',
      IntegratedWslDistros: ['x'],
    });
  });

  it('keeps foreign keys as found, folds keys that differ in case only, and survives hostile names', () => {
    const foreign = new Map<string, unknown>([
      ['10', 1],
      ['2', { b: [1, { c: null }] }],
      ['__proto__', { polluted: true }],
      ['proxyhttpmode', 'manual'],
      ['Zebra', 'a\nb'],
    ]);
    const text = renderStore(of(), desktopCatalog, foreign);
    const again = parse(text);
    expect(again.state === 'ok' && [...again.unknownKeys].sort()).toEqual(
      [...foreign].filter(([key]) => key !== 'proxyhttpmode').sort(),
    );
    expect(text).not.toContain('proxyhttpmode');
    expect(text.indexOf('"10"')).toBeLessThan(text.indexOf('"2"'));
    expect(renderStore(of(), desktopCatalog, again.state === 'ok' ? again.unknownKeys : new Map())).toBe(
      text,
    );
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('reading the store', () => {
  it('takes values back to settings, whatever the case of their keys', () => {
    expect(
      parsed({
        ProxyHTTPMode: 'manual',
        OVERRIDEPROXYEXCLUDE: 'a, b',
        openUIOnStartupDisabled: false,
        Cpus: 4,
        Mine: 1,
      }),
    ).toEqual({
      values: { proxyMode: 'manual', proxyExclude: ['a', 'b'], openDashboardOnStartup: true, cpus: 4 },
      invalid: [],
      unknown: { Mine: 1 },
    });
  });

  it('takes the later of two keys that differ in case only', () => {
    expect(parsed({ Cpus: 4, cpus: 5 }).values).toEqual({ cpus: 5 });
    expect(parsed({ Cpus: 4, cpus: 'x' })).toMatchObject({ values: {}, invalid: ['cpus'] });
    expect(parsed({ Cpus: 4, cpus: null }).values).toEqual({});
  });

  it('takes an empty choice, and null, for unset', () => {
    expect(parsed({ ContainersProxyHTTPMode: '', Cpus: null })).toEqual({
      values: {},
      invalid: [],
      unknown: {},
    });
  });

  it('names values that a setting does not take', () => {
    expect(
      parsed({ Cpus: '4', ThemeSource: 'blue', OpenUIOnStartupDisabled: 'no', OverrideProxyExclude: ['a'] })
        .invalid,
    ).toEqual(['cpus', 'theme', 'openDashboardOnStartup', 'proxyExclude']);
  });

  it('passes over keys of another platform', () => {
    expect(parsed({ UseGrpcfuse: 'nonsense' })).toEqual({ values: {}, invalid: [], unknown: {} });
    expect(parsed({ UseGrpcfuse: false }, 'mac').values).toEqual({ useGrpcfuse: false });
  });

  it.each<[string, string | Uint8Array]>([
    ['empty', ''],
    ['cut short', '{"Cpus": 4'],
    ['a list', '[]'],
    ['null', 'null'],
    ['with comments', '{ // mine\n"Cpus": 4 }'],
    ['with a trailing comma', '{"Cpus": 4,}'],
    ['no UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0])],
    ['nested past all bounds', `{"x":${'['.repeat(300_000)}${']'.repeat(300_000)}}`],
  ])('that is %s cannot be used', (_, input) => {
    expect(parse(input)).toMatchObject({ state: 'unparsable', reason: expect.stringMatching(/\.$/) });
  });

  it('takes a byte-order mark and a key that comes twice', () => {
    expect(parse('\ufeff{"Cpus":4,"Cpus":5}')).toMatchObject({ state: 'ok', values: new Map([['cpus', 5]]) });
  });
});
