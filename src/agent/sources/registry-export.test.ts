import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRegistryExport } from './registry-export.ts';
import { exportedFile, exportedValue } from './test-registry.ts';

const KEY = 'HKLM\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';
const FULL = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';

/** In the form of `reg export` and regedit: the long names of hives, bytes over several lines. */
const WRITTEN = {
  [FULL]: [
    '@="the default of the key"',
    '"allowedOrgs"=hex(7):61,00,63,00,6d,00,65,00,00,00,62,00,65,00,74,00,61,00,20,00,\\',
    '  6c,00,61,00,62,00,73,00,00,00,00,00',
    '"hubUrl"="https://hub.example:8443"',
    '"expanded"=hex(2):25,00,41,00,25,00,00,00',
    '"empty"=""',
    '"none"=hex(7):00,00',
    '"settings"="{\\"proxy\\":{\\"locked\\":true,\n  \\"mode\\":\\"C:\\\\\\\\x\\"}}"',
    '"a \\"quoted\\\\ name"="x"',
  ],
  [`${FULL}\\Settings`]: [],
  [`${FULL}\\Settings\\memoryMiB`]: ['"Value"=dword:00002000', '"Locked"=dword:00000000'],
  [`${FULL}\\Settings\\proxyWindowsDockerdPort`]: ['"Value"=dword:ffffffff'],
  [`${FULL}\\Settings\\[odd]`]: [
    '"Value"=hex(b):00,00,00,00,01,00,00,00',
    '"Blob"=hex:0a,0b,0c',
    '"Nothing"=hex(0):',
  ],
};

test('reads every type as it is written, and the keys below', () => {
  const tree = readRegistryExport(exportedFile(WRITTEN), KEY);
  const plain = Object.fromEntries(
    [...(tree ?? [])].map(([key, values]) => [key, Object.fromEntries(values)]),
  );
  expect(plain).toEqual({
    '': {
      '': { type: 'text', value: 'the default of the key' },
      allowedOrgs: { type: 'list', value: ['acme', 'beta labs'] },
      hubUrl: { type: 'text', value: 'https://hub.example:8443' },
      expanded: { type: 'text', value: '%A%' },
      empty: { type: 'text', value: '' },
      none: { type: 'list', value: [] },
      settings: { type: 'text', value: '{"proxy":{"locked":true,\n  "mode":"C:\\\\x"}}' },
      'a "quoted\\ name': { type: 'text', value: 'x' },
    },
    Settings: {},
    'Settings\\memoryMiB': { Value: { type: 'number', value: 8192 }, Locked: { type: 'number', value: 0 } },
    'Settings\\proxyWindowsDockerdPort': { Value: { type: 'number', value: -1 } },
    'Settings\\[odd]': {
      Value: { type: 'number', value: 2 ** 32 },
      Blob: { type: 'other', name: 'REG_BINARY' },
      Nothing: { type: 'other', name: 'REG_NONE' },
    },
  });
});

test('what looks like a key inside a text is text', () => {
  const text = `x\r\n[${FULL}\\Settings\\memoryMiB]\r\n"Value"=dword:1\r\n`;
  const line = exportedValue('settings', 'REG_SZ', text);
  const tree = readRegistryExport(exportedFile({ [FULL]: [line] }), KEY);
  expect([...(tree ?? [])].map(([key]) => key)).toEqual(['']);
  expect(tree?.get('')?.get('settings')).toEqual({ type: 'text', value: text });
});

test('texts and lists of any characters come back', () => {
  const text = fc.string({ unit: 'grapheme' }).map((each) => each.replaceAll('\0', ''));
  const item = text.map((each) => each.replaceAll('\\', '')).filter((each) => each !== '');
  fc.assert(
    fc.property(text, text, fc.array(item), (name, value, list) => {
      const lines = [
        exportedValue(`n${name}`, 'REG_SZ', value),
        exportedValue('list', 'REG_MULTI_SZ', list.join('\\0')),
      ];
      const values = readRegistryExport(exportedFile({ [FULL]: lines }), KEY)?.get('');
      expect(values?.get('list')).toEqual({ type: 'list', value: list });
      expect(values?.get(`n${name}`)).toEqual({ type: 'text', value });
    }),
    { numRuns: 200 },
  );
});

test('a file that is cut or foreign gives no value of another key, and never throws', () => {
  const whole = exportedFile({ ...WRITTEN, 'HKEY_LOCAL_MACHINE\\OTHER': ['"a"="b"'] });
  for (let length = 0; length < whole.length; length += 7) {
    const tree = readRegistryExport(whole.subarray(0, length), KEY);
    for (const [key, values] of tree ?? []) {
      expect(key === '' || key.startsWith('Settings')).toBe(true);
      expect(values.get('a')).toBeUndefined();
    }
  }
  expect(readRegistryExport(exportedFile({ 'HKEY_LOCAL_MACHINE\\OTHER': ['"a"="b"'] }), KEY)).toEqual(
    new Map(),
  );
  expect(readRegistryExport(Buffer.from('noise'), KEY)).toBeNull();
});

test('a large document is read without a deep stack', () => {
  const large = JSON.stringify({ list: Array.from({ length: 20_000 }, (_, at) => `entry ${at}`) });
  const tree = readRegistryExport(
    exportedFile({ [FULL]: [exportedValue('settings', 'REG_SZ', large)] }),
    KEY,
  );
  expect(tree?.get('')?.get('settings')).toEqual({ type: 'text', value: large });
});
