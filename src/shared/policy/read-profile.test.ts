import { describe, expect, it } from 'vitest';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import { readChoices } from './read-choices.ts';
import { readDocument } from './read-document.ts';
import { readProfile } from './read-profile.ts';
import { resolve } from './resolve.ts';

const read = (input: unknown) => readProfile(input, desktopCatalog);
const problems = (input: unknown) =>
  read(input).layer.problems.map(({ severity, code, path }) => `${severity} ${code} ${path}`);
const proxyOf = (input: unknown) => {
  const admin = readDocument(
    { proxy: { locked: true, http: 'http://weaker', enableKerberosNtlm: true } },
    'admin-settings',
    desktopCatalog,
  );
  const { settings } = resolve({
    catalog: desktopCatalog,
    platform: 'linux',
    layers: [read(input).layer, admin],
  });
  return Object.fromEntries(
    [...settings.values()]
      .filter(({ id }) => id.startsWith('proxy'))
      .map(({ id, value, locked, source }) => [id, [value, locked, source]]),
  );
};

describe('a configuration profile', () => {
  it('gives the keys of the machine', () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'abc' };
    const profile = read({
      allowedOrgs: 'acme;globex',
      hubUrl: ' https://hub.example ',
      hubKeys: [jwk, 'SHA256:x'],
      layout: 'docker',
    });
    expect(profile).toMatchObject({
      allowedOrgs: 'acme;globex',
      hubUrl: 'https://hub.example',
      hubKeys: [jwk, 'SHA256:x'],
      layout: 'docker',
      layer: { state: 'ok', source: 'configuration-profile', problems: [] },
    });
    expect(profile.layer.mentions.size).toBe(0);
  });

  it('says nothing by keys that are not there', () => {
    expect(read({})).toMatchObject({ allowedOrgs: undefined, hubUrl: null, hubKeys: null, layout: null });
  });

  it.each<[string, unknown, unknown]>([
    ['a list as text', '[{"kty":"OKP"}]', [{ kty: 'OKP' }]],
    ['a key set', { keys: [{ kty: 'OKP' }] }, [{ kty: 'OKP' }]],
    ['a key set as text', '{"keys":[{"kty":"OKP"}]}', [{ kty: 'OKP' }]],
    ['one key', { kty: 'OKP' }, [{ kty: 'OKP' }]],
    ['fingerprints as text', 'SHA256:a; SHA256:b', ['SHA256:a', 'SHA256:b']],
  ])('takes pinned keys as %s', (_, hubKeys, expected) => {
    expect(read({ hubKeys }).hubKeys).toEqual(expected);
    expect(problems({ hubKeys })).toEqual([]);
  });

  it('never widens trust by pinned keys that cannot be read', () => {
    for (const hubKeys of [[], '', 5, null, '[', [null]]) {
      expect(read({ hubKeys }).hubKeys).toEqual([]);
      expect(problems({ hubKeys })).toEqual(['error wrong_type hubKeys']);
    }
  });

  it.each<[unknown, string[]]>([
    [{ hubUrl: 'hub.example' }, ['error invalid_value hubUrl']],
    [{ hubUrl: 5 }, ['error wrong_type hubUrl']],
    [{ layout: 'Docker' }, ['error invalid_value layout']],
    [{ layout: null }, ['error wrong_type layout']],
    [{ allowedOrg: 'acme' }, ['warning unknown_key allowedOrg']],
    [{ PayloadType: 'com.docker.config', PayloadUUID: 'x', PayloadVersion: 1 }, []],
    [JSON.parse('{"__proto__":{"layout":"docker"}}'), ['warning unknown_key __proto__']],
    [{ settings: { cpus: { value: 0 } } }, ['error invalid_value settings.cpus.value']],
    [
      { settings: '{"cpus":{"value":0},}' },
      ['warning lenient_json settings', 'error invalid_value settings.cpus.value'],
    ],
    [{ overrideProxyHTTP: 5 }, ['error wrong_type overrideProxyHTTP']],
  ])('names what is wrong in %j', (input, expected) => {
    expect(problems(input)).toEqual(expected);
  });

  it('lists a hundred unknown keys and counts the others, as choices do', () => {
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`zz${i}`, i])));
    for (const found of [read(many).layer.problems, readChoices(many, desktopCatalog).problems]) {
      expect(found).toHaveLength(101);
      expect(found.at(-1)?.message).toContain('4900 more');
    }
  });

  it('names the line of what is wrong in its settings', () => {
    expect(read('{\n  "settings": {\n    "cpus": { "value": 0 }\n  }\n}').layer.problems).toMatchObject([
      { line: 3, path: 'settings.cpus.value' },
    ]);
  });

  it.each<[string, unknown]>([
    ['text that is no JSON', '{'],
    ['a list', []],
    ['settings that are no document', { settings: 5 }],
    ['settings as text that is no JSON', { settings: '{' }],
    ['settings of an old version', { settings: { configurationFileVersion: 1 } }],
  ])('is broken by %s', (_, input) => {
    expect(read(input).layer).toMatchObject({ state: 'broken' });
    expect(read(input).layer.problems.some(({ severity }) => severity === 'error')).toBe(true);
  });

  it('keeps its other keys where only its settings are broken', () => {
    expect(read({ hubUrl: 'https://hub.example', allowedOrgs: ['acme'], settings: '{' })).toMatchObject({
      hubUrl: 'https://hub.example',
      allowedOrgs: ['acme'],
    });
  });
});

describe('the proxy keys of a profile', () => {
  it('together are one locked, manual group', () => {
    const source = 'configuration-profile';
    expect(
      proxyOf({
        overrideProxyHTTP: 'http://p:1',
        overrideProxyHTTPS: 'http://p:2',
        overrideProxyExclude: 'a.test, b.test',
        overrideProxyPAC: '/etc/proxy.pac',
        overrideProxyEmbeddedPAC: 'function FindProxyForURL() {}',
      }),
    ).toEqual({
      proxyMode: ['manual', true, source],
      proxyHttp: ['http://p:1', true, source],
      proxyHttps: ['http://p:2', true, source],
      proxyExclude: [['a.test', 'b.test'], true, source],
      proxyPac: ['/etc/proxy.pac', true, source],
      proxyEmbeddedPac: ['function FindProxyForURL() {}', true, source],
      proxyEnableKerberosNtlm: [false, true, source],
    });
  });

  it.each([
    'overrideProxyHTTP',
    'overrideProxyHTTPS',
    'overrideProxyExclude',
    'overrideProxyPAC',
    'overrideProxyEmbeddedPAC',
  ])('%s alone replaces the whole proxy of `settings`', (key) => {
    const settings = {
      proxy: { locked: false, mode: 'system', http: 'http://s', https: 'http://s', enableKerberosNtlm: true },
    };
    const proxy = proxyOf({ [key]: 'x.test', settings });
    expect(proxy).toMatchObject({
      proxyMode: ['manual', true, 'configuration-profile'],
      proxyEnableKerberosNtlm: [false, true, 'configuration-profile'],
    });
    if (key !== 'overrideProxyHTTP') expect(proxy.proxyHttp).toEqual(['', true, 'configuration-profile']);
  });

  it('take exclusions as text and as a list, both without a warning', () => {
    for (const overrideProxyExclude of ['a.test,b.test', ['a.test', 'b.test']]) {
      expect(problems({ overrideProxyExclude })).toEqual([]);
      expect(proxyOf({ overrideProxyExclude }).proxyExclude).toEqual([
        ['a.test', 'b.test'],
        true,
        'configuration-profile',
      ]);
    }
  });

  it('lock the group also where a value cannot be used', () => {
    expect(proxyOf({ overrideProxyHTTP: 5 })).toMatchObject({
      proxyHttp: ['', true, 'configuration-profile'],
      proxyMode: ['manual', true, 'configuration-profile'],
    });
  });
});
