import { describe, expect, it } from 'vitest';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import type { Problem } from './model.ts';
import { readDocument } from './read-document.ts';

const read = (input: unknown) => readDocument(input, 'admin-settings', desktopCatalog);
const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)),
  );
const utf16 = (text: string, bigEndian: boolean) =>
  [...text].flatMap((char) => (bigEndian ? [0, char.charCodeAt(0)] : [char.charCodeAt(0), 0]));
const short = ({ severity, code, path }: Problem) => `${severity} ${code} ${path}`;
const problemsOf = (input: unknown) => read(input).problems.map(short);
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const LOCKED_CPUS = '"cpus":{"locked":true,"value":4}';

describe('inputs of which nothing can be used', () => {
  it.each<[string, unknown, string]>([
    ['an empty file', '', 'error empty '],
    ['white space', ' \r\n\t ', 'error empty '],
    ['no bytes at all', bytes(), 'error empty '],
    ['a lone byte-order mark', bytes([0xef, 0xbb, 0xbf]), 'error empty '],
    ['a stray comma', '{"cpus":{"locked":true,,"value":4}}', 'error malformed '],
    ['a text cut short', '{"cpus":{"locked":true', 'error malformed '],
    ['two documents', '{} {}', 'error malformed '],
    ['single quotes', "{'cpus':{'locked':true}}", 'error malformed '],
    ['keys without quotes', '{cpus:{}}', 'error malformed '],
    ['a raw line break in a text', '{"a":"\n"}', 'error malformed '],
    ['an unknown escape', '{"a":"\\x41"}', 'error malformed '],
    ['a number of no JSON form', '{"cpus":{"value":01}}', 'error malformed '],
    ['NaN', '{"cpus":{"value":NaN}}', 'error malformed '],
    ['an open comment', '{} /* so', 'error malformed '],
    ['a NUL character', '{"a":\u0000}', 'error malformed '],
    ['a page of HTML', '<!doctype html><html></html>', 'error malformed '],
    ['nesting deeper than any policy', nested(129), 'error malformed '],
    ['hostile nesting of objects', nested(100_000), 'error malformed '],
    ['hostile nesting of lists', '['.repeat(1_000_000), 'error malformed '],
    [
      'hostile nesting that ends well',
      `{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}`,
      'error malformed ',
    ],
    ['UTF-16, little end first, with a mark', bytes([0xff, 0xfe], utf16('{}', false)), 'error encoding '],
    ['UTF-16, big end first, with a mark', bytes([0xfe, 0xff], utf16('{}', true)), 'error encoding '],
    ['UTF-16, little end first', bytes(utf16('{}', false)), 'error encoding '],
    ['UTF-16, big end first', bytes(utf16('{}', true)), 'error encoding '],
    ['Latin-1', bytes('{"a":"', [0xe4], '"}'), 'error encoding '],
    ['a byte over 1 MiB', bytes(`{${' '.repeat(1024 * 1024 - 1)}}`), 'error too_large '],
    ['a text whose UTF-8 is over 1 MiB', `{"a":"${'ä'.repeat(600_000)}"}`, 'error too_large '],
    ['a list', '[]', 'error wrong_type '],
    ['a text', '"{}"', 'error wrong_type '],
    ['null', 'null', 'error wrong_type '],
    ['version 1', '{"configurationFileVersion":1}', 'error unsupported_version configurationFileVersion'],
    ['version 0', '{"configurationFileVersion":0}', 'error unsupported_version configurationFileVersion'],
    ['version 2.5', '{"configurationFileVersion":2.5}', 'error unsupported_version configurationFileVersion'],
    ['version "2"', '{"configurationFileVersion":"2"}', 'error unsupported_version configurationFileVersion'],
    [
      'version null',
      '{"configurationFileVersion":null}',
      'error unsupported_version configurationFileVersion',
    ],
    [
      'version 1e999',
      '{"configurationFileVersion":1e999}',
      'error unsupported_version configurationFileVersion',
    ],
  ])('%s is a broken source', (_, input, problem) => {
    const layer = read(input);
    expect(layer.state).toBe('broken');
    expect(layer.mentions.size).toBe(0);
    expect(layer.problems.map(short).filter((p) => p.startsWith('error'))).toEqual([problem]);
  });

  it('says on which line and in which column a text is no JSON, and what is missing', () => {
    const [problem] = read('{\r\n  "cpus": {\r\n    "value": 4\r\n    "locked": true\r\n  }\r\n}').problems;
    expect(problem).toMatchObject({ code: 'malformed', line: 4, column: 5 });
    expect(problem?.message).toContain('Line 4, column 5');
    expect(problem?.message).toContain('expected a comma or "}"');
  });

  it('reads exactly 1 MiB', () => {
    const text = `{${LOCKED_CPUS}}`;
    expect(read(bytes(text, ' '.repeat(1024 * 1024 - text.length))).state).toBe('ok');
  });

  it('reads as deep as it says', () => {
    expect(problemsOf(nested(128))).toEqual(['warning unknown_key a']);
  });
});

describe('inputs that are read with a warning', () => {
  it.each<[string, unknown, string[]]>([
    [
      'a byte-order mark in bytes',
      bytes([0xef, 0xbb, 0xbf], `{${LOCKED_CPUS}}`),
      ['warning byte_order_mark '],
    ],
    ['a byte-order mark in text', `\ufeff{${LOCKED_CPUS}}`, ['warning byte_order_mark ']],
    ['line comments', `{ // why\n${LOCKED_CPUS}}`, ['warning lenient_json ']],
    ['block comments', `/* why */{${LOCKED_CPUS}}/* done */`, ['warning lenient_json ']],
    ['a trailing comma in an object', `{${LOCKED_CPUS},}`, ['warning lenient_json ']],
    [
      'a trailing comma in a list',
      `{${LOCKED_CPUS},"wslDistroIntegration":{"value":["a",]}}`,
      ['warning lenient_json '],
    ],
    ['no version', `{${LOCKED_CPUS}}`, []],
    ['version 2', `{"configurationFileVersion":2,${LOCKED_CPUS}}`, []],
    ['version 2.0', `{"configurationFileVersion":2.0,${LOCKED_CPUS}}`, []],
    [
      'version 3',
      `{"configurationFileVersion":3,${LOCKED_CPUS}}`,
      ['warning newer_version configurationFileVersion'],
    ],
    ['a schema for editors', `{"$schema":"policy.schema.json",${LOCKED_CPUS}}`, []],
    ['an unknown key', `{"noSuchThing":1,${LOCKED_CPUS}}`, ['warning unknown_key noSuchThing']],
    [
      'an unknown key in an entry',
      '{"cpus":{"locked":true,"value":4,"note":""}}',
      ['warning unknown_key cpus.note'],
    ],
    [
      'an unknown key in a container',
      `{"linuxVM":{"cpus":2},${LOCKED_CPUS}}`,
      ['warning unknown_key linuxVM.cpus'],
    ],
    [
      'an unknown key in a group',
      `{"proxy":{"server":""},${LOCKED_CPUS}}`,
      ['warning unknown_key proxy.server'],
    ],
    [
      'an unknown key deep in a group',
      `{"enhancedContainerIsolation":{"dockerSocketMount":{"imageList":{"x":1}}},${LOCKED_CPUS}}`,
      ['warning unknown_key enhancedContainerIsolation.dockerSocketMount.imageList.x'],
    ],
    [
      'an unknown field in a list of objects',
      `{"filesharingAllowedDirectories":[{"path":"$HOME","mode":"ro"}],${LOCKED_CPUS}}`,
      ['warning unknown_key filesharingAllowedDirectories[0].mode'],
    ],
    ['a key twice', `{"cpus":{"value":1},${LOCKED_CPUS}}`, ['warning duplicate_key cpus']],
    [
      'a key twice in an entry',
      '{"cpus":{"locked":false,"locked":true,"value":4}}',
      ['warning duplicate_key cpus.locked'],
    ],
    [
      'a key twice, once escaped',
      `{"\\u0063pus":{"value":1},${LOCKED_CPUS}}`,
      ['warning duplicate_key cpus'],
    ],
    [
      'a key twice whose text has an escaped colon',
      `{"x\\u003ay":1,"x:y":2,${LOCKED_CPUS}}`,
      ['warning duplicate_key x:y', 'warning unknown_key x:y'],
    ],
    [
      'a key twice that drops a text with colons',
      `{"a":":::","a":1,${LOCKED_CPUS}}`,
      ['warning duplicate_key a', 'warning unknown_key a'],
    ],
    ['__proto__', `{"__proto__":{"locked":true},${LOCKED_CPUS}}`, ['warning unknown_key __proto__']],
    ['constructor', `{"constructor":{"prototype":{}},${LOCKED_CPUS}}`, ['warning unknown_key constructor']],
    ['prototype', `{"prototype":1,${LOCKED_CPUS}}`, ['warning unknown_key prototype']],
    [
      '__proto__ in an entry',
      '{"cpus":{"locked":true,"value":4,"__proto__":{"value":9}}}',
      ['warning unknown_key cpus.__proto__'],
    ],
    [
      'a value for another platform',
      `{"wslEngineEnabled":1,"linuxVM":{"wslEngineEnabled":{"value":true}},${LOCKED_CPUS}}`,
      ['warning unknown_key wslEngineEnabled'],
    ],
  ])('%s', (_, input, problems) => {
    const layer = read(input);
    expect(layer.state).toBe('ok');
    expect(layer.problems.map(short)).toEqual(problems);
    expect(layer.mentions.get('cpus')).toEqual({ value: 4, state: 'valid', locked: true });
    expect(Object.hasOwn(Object.prototype, 'locked')).toBe(false);
  });

  it.each([
    ['analyticEnabled', 'analyticsEnabled'],
    ['AnalyticsEnabled', 'analyticsEnabled'],
    ['configurationFileversion', 'configurationFileVersion'],
    ['KubernetesImagesRepository', 'kubernetes.imagesRepository'],
    ['vpnkitCIDR', 'linuxVM.vpnkitCIDR'],
    ['pac', 'proxy.pac'],
    ['sbomIndexing', 'scout.sbomIndexing'],
    ['filesharingAllowedDirectory', 'filesharingAllowedDirectories'],
  ])('names the nearest known key for %s', (key, nearest) => {
    const [problem] = read({ [key]: 1 }).problems;
    expect(problem?.message).toContain(`Did you mean "${nearest}"?`);
  });

  it('suggests nothing where nothing is close, and for keys of the language', () => {
    for (const key of ['zzzzzzzz', '__proto__', 'constructor']) {
      const [problem] = read(JSON.parse(`{"${key}":1}`)).problems;
      expect(problem?.message).not.toContain('Did you mean');
    }
  });

  it('names the line of a problem in its text', () => {
    const { problems } = read('{\n  "proxy": {\n    "exclude": "a,b",\n    "mode": "magic"\n  }\n}');
    expect(problems).toMatchObject([
      { path: 'proxy.exclude', code: 'legacy_shape', line: 3, column: 5 },
      { path: 'proxy.mode', code: 'invalid_value', line: 4, column: 5 },
    ]);
  });

  it('lists a hundred unknown keys and counts the others', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`zz${i}`, i]));
    const { problems } = read(JSON.stringify(many));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)?.message).toContain('4900 more keys');
  });

  it('keeps control characters of the document out of its messages', () => {
    const { problems } = read({ 'x\u001b[31m\u202e': 1, theme: { value: '\u001b]0;x\u0007' } });
    expect(problems).toHaveLength(2);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not be there
    for (const { message } of problems) expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  it('masks user-info of addresses in its messages', () => {
    const [problem] = read({ theme: { value: `http://joe:${'s3cret'.repeat(20)}@proxy` } }).problems;
    expect(problem?.message).not.toContain('s3cret');
  });
});

describe('values that cannot be used', () => {
  const mention = (document: unknown, id: string) => read(document).mentions.get(id);

  it.each<[string, unknown, string]>([
    ['text for a number', { cpus: { value: '4' } }, 'error wrong_type cpus.value'],
    ['a fraction', { cpus: { value: 1.5 } }, 'error wrong_type cpus.value'],
    ['null', { cpus: { value: null } }, 'error wrong_type cpus.value'],
    ['no number that JSON can hold', '{"cpus":{"value":1e999}}', 'error wrong_type cpus.value'],
    ['a number too low', { cpus: { value: 0 } }, 'error invalid_value cpus.value'],
    ['a number too high', { cpus: { value: 1025 } }, 'error invalid_value cpus.value'],
    ['1 for true', { analyticsEnabled: { value: 1 } }, 'error wrong_type analyticsEnabled.value'],
    ['an unknown choice', { theme: { value: 'blue' } }, 'error invalid_value theme.value'],
    ['an empty choice', { theme: { value: '' } }, 'error invalid_value theme.value'],
    ['a choice in other case', { theme: { value: 'Dark' } }, 'error invalid_value theme.value'],
    [
      'a number in a list',
      { wslDistroIntegration: { value: ['a', 1] } },
      'error wrong_type wslDistroIntegration.value',
    ],
    ['a list in place of an entry', { cpus: [] }, 'error wrong_type cpus'],
    ['a value in place of an entry', { cpus: 4 }, 'error wrong_type cpus'],
    ['null in place of an entry', { cpus: null }, 'error wrong_type cpus'],
    ['a value in place of a group', { proxy: true }, 'error wrong_type proxy'],
    ['null in place of a group', { proxy: null }, 'error wrong_type proxy'],
    ['a list in place of a container', { linuxVM: [] }, 'error wrong_type linuxVM'],
    [
      'an object in a group',
      { kubernetes: { enabled: { value: true } } },
      'error wrong_type kubernetes.enabled',
    ],
    ['a lock that is text', { cpus: { locked: 'no', value: 4 } }, 'error wrong_type cpus.locked'],
    ['a lock of a group that is a number', { scout: { locked: 0 } }, 'error wrong_type scout.locked'],
    [
      'a list of objects without a field that has to be there',
      { filesharingAllowedDirectories: [{ sharedByDefault: true }] },
      'error invalid_value filesharingAllowedDirectories',
    ],
    [
      'an object for a list',
      { filesharingAllowedDirectories: {} },
      'error wrong_type filesharingAllowedDirectories',
    ],
    ['half of a surrogate pair', '{"theme":{"value":"\\ud800"}}', 'error invalid_value theme.value'],
    [
      'half of a surrogate pair in free text',
      '{"proxy":{"http":"\\ud800"}}',
      'error invalid_value proxy.http',
    ],
    ['an escaped NUL', '{"proxy":{"exclude":["a\\u0000"]}}', 'error invalid_value proxy.exclude'],
  ])('%s', (_, input, problem) => {
    const layer = read(input);
    expect(layer.state).toBe('ok');
    expect(layer.problems.map(short)).toEqual([problem]);
  });

  it('stay locked where they are locked, and suggest nothing where they are not', () => {
    expect(mention({ cpus: { locked: true, value: 'x' } }, 'cpus')).toEqual({
      value: null,
      state: 'invalid',
      locked: true,
    });
    expect(mention({ cpus: { value: 'x' } }, 'cpus')).toBeUndefined();
    expect(read({ cpus: { value: 'x' } }).ignored.get('cpus')).toContain('not valid');
  });

  it('stay mentioned in a group', () => {
    expect(mention({ proxy: { mode: 7 } }, 'proxyMode')).toEqual({
      value: null,
      state: 'invalid',
      locked: false,
    });
  });

  it('make every member below them invalid', () => {
    const document = { enhancedContainerIsolation: { locked: true, dockerSocketMount: 5 } };
    for (const id of [
      'eciSocketImages',
      'eciSocketAllowDerivedImages',
      'eciSocketCommandListType',
      'eciSocketCommands',
    ]) {
      expect(mention(document, id)).toEqual({ value: null, state: 'invalid', locked: true });
    }
    expect(mention(document, 'enhancedContainerIsolation')).toEqual({
      value: null,
      state: 'absent',
      locked: true,
    });
  });

  it('name what is accepted', () => {
    const message = (document: unknown) => read(document).problems[0]?.message;
    expect(message({ cpus: { value: 0 } })).toContain('a whole number from 1 to 1024');
    expect(message({ memoryMiB: { value: 511 } })).toContain('a whole number of 512 or more (MiB)');
    expect(message({ theme: { value: 'blue' } })).toContain(
      'one of "light", "dark", "system", and is the text "blue"',
    );
  });
});

describe('what a document mentions', () => {
  const mentions = (document: unknown) => Object.fromEntries(read(document).mentions);

  it.each<[string, unknown, object]>([
    ['nothing by an empty object', { cpus: {} }, {}],
    ['nothing by an open lock alone', { cpus: { locked: false } }, {}],
    ['nothing by an absent lock that is null', { cpus: { locked: null } }, {}],
    [
      'a suggestion by a value alone',
      { cpus: { value: 4 } },
      { cpus: { value: 4, state: 'valid', locked: false } },
    ],
    [
      'a suggestion where the lock is null',
      { cpus: { locked: null, value: 4 } },
      { cpus: { value: 4, state: 'valid', locked: false } },
    ],
    [
      'a lock without a value',
      { cpus: { locked: true } },
      { cpus: { value: null, state: 'absent', locked: true } },
    ],
    [
      'a lock by anything that is no boolean',
      { cpus: { locked: 'false' } },
      { cpus: { value: null, state: 'absent', locked: true } },
    ],
    [
      'every member of a group by its object alone',
      { scout: {} },
      {
        scoutSbomIndexing: { value: null, state: 'absent', locked: false },
        scoutUseBackgroundIndexing: { value: null, state: 'absent', locked: false },
      },
    ],
    [
      'every member of a group by its lock alone',
      { scout: { locked: true } },
      {
        scoutSbomIndexing: { value: null, state: 'absent', locked: true },
        scoutUseBackgroundIndexing: { value: null, state: 'absent', locked: true },
      },
    ],
    [
      'every member of a group by an unknown key',
      { scout: { sbom: true } },
      {
        scoutSbomIndexing: { value: null, state: 'absent', locked: false },
        scoutUseBackgroundIndexing: { value: null, state: 'absent', locked: false },
      },
    ],
    ['no member of a group that is no object', { scout: [] }, {}],
    [
      'allowed directories by their presence, locked',
      { filesharingAllowedDirectories: [] },
      { filesharingAllowedDirectories: { value: [], state: 'valid', locked: true } },
    ],
    [
      'allowed directories locked although they cannot be used',
      { filesharingAllowedDirectories: 5 },
      { filesharingAllowedDirectories: { value: null, state: 'invalid', locked: true } },
    ],
    [
      'settings without a documented path under their own id',
      { startOnLogin: { locked: true, value: true } },
      { startOnLogin: { value: true, state: 'valid', locked: true } },
    ],
  ])('%s', (_, document, expected) => {
    expect(mentions(document)).toEqual(expected);
  });

  it('the fields of Kubernetes that only the console has', () => {
    expect(
      mentions({ kubernetes: { locked: true, mode: 'kind', nodesCount: 3, nodeVersion: '1.32.0' } }),
    ).toMatchObject({
      kubernetesMode: { value: 'kind', locked: true },
      kubernetesNodesCount: { value: 3, locked: true },
      kubernetesNodeVersion: { value: '1.32.0', locked: true },
    });
  });

  it.each<[string, unknown, string[], string[]]>([
    ['a comma string', 'a.test, .b.test,,10.0.0.0/8', ['a.test', '.b.test', '10.0.0.0/8'], ['legacy_shape']],
    ['an empty comma string', '', [], ['legacy_shape']],
    ['a list', ['a.test', 'b.test'], ['a.test', 'b.test'], []],
    ['a list whose entries hold commas', ['a.test,b.test'], ['a.test', 'b.test'], ['legacy_shape']],
  ])('`exclude` as %s', (_, exclude, expected, codes) => {
    for (const group of ['proxy', 'containersProxy'] as const) {
      const layer = read({ [group]: { locked: true, exclude } });
      expect(layer.mentions.get(`${group}Exclude`)).toEqual({
        value: expected,
        state: 'valid',
        locked: true,
      });
      expect(layer.problems.map(({ code }) => code)).toEqual(codes);
    }
  });

  it('leaves what it was given unchanged and unfrozen', () => {
    const document = { wslDistroIntegration: { locked: true, value: ['a'] } };
    const layer = read(document);
    document.wslDistroIntegration.value.push('b');
    expect(layer.mentions.get('wslDistroIntegration')?.value).toEqual(['a']);
  });
});

describe('values that are no JSON', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    [
      'an object that throws when read',
      {
        get cpus() {
          throw new Error('no');
        },
      },
    ],
    [
      'an object that contains itself',
      (() => {
        const o: Record<string, unknown> = {};
        o.a = o;
        o.b = o;
        return o;
      })(),
    ],
    [
      'a revoked proxy',
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      })(),
    ],
  ])('%s is a broken source', (_, input) => {
    expect(read(input).state).toBe('broken');
  });
});
