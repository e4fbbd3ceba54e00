import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SignInFile } from '../paths.ts';
import { readSignInFile } from '../sources/sign-in-files.ts';
import { readAllowedOrganizations } from './allowed-organizations.ts';
import { enforcedSignIn, type SignInMethod, signInRequirement } from './enforced-sign-in.ts';

const configured = (method: string, allowedOrgs: unknown): SignInMethod => ({
  ...{ method, location: `/etc/${method}`, state: 'configured', allowedOrgs, warnings: [] },
});
const absent = (method: string): SignInMethod => ({
  method,
  location: `/etc/${method}`,
  state: 'not_configured',
});
const problem = {
  severity: 'error',
  source: 'sign-in',
  path: '',
  code: 'malformed',
  message: 'mend it',
} as const;
const unreadable = (method: string): SignInMethod => ({
  method,
  location: `/etc/${method}`,
  state: 'unreadable',
  problem,
});
const untrusted = (method: string): SignInMethod => ({
  method,
  location: `/etc/${method}`,
  state: 'untrusted',
  problem,
});

describe('allowedOrgs', () => {
  test.each<[unknown, readonly string[]]>([
    [
      ['acme', 'beta'],
      ['acme', 'beta'],
    ],
    ['acme', ['acme']],
    ['acme;beta', ['acme', 'beta']],
    [' acme ; beta ;; ', ['acme', 'beta']],
    ['acme\r\nbeta', ['acme', 'beta']],
    [
      [' acme ', 'beta;gamma'],
      ['acme', 'beta', 'gamma'],
    ],
    [['acme', 'acme'], ['acme']],
    [
      ['Acme', 'acme'],
      ['Acme', 'acme'],
    ],
    ['a,b', ['a,b']],
    [['acme', 5, null], ['acme']],
  ])('%j names %j', (value, names) => {
    expect(readAllowedOrganizations(value).names).toEqual(names);
  });

  test.each([undefined, null, '', ' ; ', [], [''], [5], 5, true, {}, { acme: true }])(
    '%j names nobody and says so',
    (value) => {
      const read = readAllowedOrganizations(value);
      expect(read.names).toEqual([]);
      expect(read.problem).toMatch(/allowedOrgs/);
    },
  );
});

describe('which method counts', () => {
  test.each<[string, SignInMethod[], string | null, readonly string[]]>([
    ['none', [absent('profile'), absent('registry.json')], null, []],
    [
      'the first that is configured',
      [configured('profile', 'acme'), configured('registry.json', 'beta')],
      'profile',
      ['acme'],
    ],
    [
      'the next where the first is absent',
      [absent('profile'), configured('registry.json', 'beta')],
      'registry.json',
      ['beta'],
    ],
    ['one that cannot be read', [unreadable('profile'), configured('registry.json', 'beta')], 'profile', []],
    ['an empty list', [configured('profile', []), configured('registry.json', 'beta')], 'profile', []],
    [
      'not one that is untrusted',
      [untrusted('profile'), configured('registry.json', 'beta')],
      'registry.json',
      ['beta'],
    ],
    ['nothing where all are untrusted', [untrusted('profile'), untrusted('registry.json')], null, []],
  ])('%s', (_what, methods, method, organizations) => {
    const enforced = enforcedSignIn(methods);
    expect([enforced.method, enforced.organizations]).toEqual([method, organizations]);
    expect(enforced.enforced).toBe(method !== null);
  });

  test('problems of ignored files are told even where another method counts', () => {
    expect(enforcedSignIn([untrusted('profile'), configured('registry.json', 'beta')]).problems).toEqual([
      problem,
    ]);
  });
});

describe('the wall', () => {
  const member = (...organizations: string[]) => ({ signedIn: true, organizations });
  const acme = enforcedSignIn([configured('registry.json', 'acme;beta')]);

  test.each([
    ['a member of one', acme, member('other', 'beta'), true],
    ['a member of none', acme, member('other'), false],
    ['another spelling', acme, member('Acme'), false],
    ['nobody', acme, { signedIn: false, organizations: [] }, false],
    ['a member whose session has ended', acme, { signedIn: false, organizations: ['acme'] }, false],
    ['anybody where nothing is enforced', enforcedSignIn([]), { signedIn: false, organizations: [] }, true],
    ['a member of a list that is empty', enforcedSignIn([configured('x', [])]), member('acme', ''), false],
    ['a member behind a file that cannot be read', enforcedSignIn([unreadable('x')]), member('acme'), false],
  ])('for %s', (_who, enforced, person, satisfied) => {
    expect(signInRequirement(enforced, person).satisfied).toBe(satisfied);
  });

  test('names the file and how to mend it', () => {
    expect(
      signInRequirement(enforcedSignIn([configured('registry.json', [])]), member('acme')),
    ).toMatchObject({
      ...{ enforced: true, satisfied: false, method: 'registry.json', location: '/etc/registry.json' },
      problem: expect.stringContaining('/etc/registry.json'),
    });
  });
});

describe('the files', () => {
  let folder = '';
  const trusting = async () => null;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-sign-in-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const json = (): SignInFile => ({
    method: 'registry.json',
    format: 'json',
    path: join(folder, 'registry.json'),
  });
  const plist = (): SignInFile => ({
    method: 'desktop.plist',
    format: 'plist',
    path: join(folder, 'desktop.plist'),
  });
  const requirement = async (file: SignInFile, content: string | Uint8Array) => {
    await writeFile(file.path, content);
    return enforcedSignIn([await readSignInFile(file, trusting)]);
  };

  test.each<[string, string | Uint8Array]>([
    ['empty', ''],
    ['cut', '{"allowedOrgs": ["acme"'],
    ['not an object', '["acme"]'],
    ['without the key', '{}'],
    ['with a key of another name', '{"allowedorgs": ["acme"]}'],
    ['with an empty list', '{"allowedOrgs": []}'],
    ['with the prototype as list', '{"__proto__": {"allowedOrgs": ["acme"]}}'],
    ['of UTF-16', Buffer.from('\ufeff{"allowedOrgs":["acme"]}', 'utf16le')],
    ['of zeros', new Uint8Array(100)],
    ['larger than 1 MiB', `{"allowedOrgs": ["acme"]}${' '.repeat(1024 * 1024)}`],
    ['of 100,000 brackets', '['.repeat(100_000)],
  ])('registry.json %s: the wall stands, and names the file', async (_what, content) => {
    const enforced = await requirement(json(), content);
    expect(enforced).toMatchObject({ enforced: true, organizations: [], method: 'registry.json' });
    expect(enforced.problem).toContain(folder);
    expect(enforced.problems.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0);
  });

  test('a byte-order mark is dropped with a warning', async () => {
    const enforced = await requirement(json(), '\ufeff{"allowedOrgs": "acme; beta"}');
    expect(enforced).toMatchObject({ organizations: ['acme', 'beta'], problem: null });
    expect(enforced.problems).toMatchObject([
      { severity: 'warning', code: 'byte_order_mark', source: 'sign-in' },
    ]);
  });

  test('a pipe is not waited for', async () => {
    execFileSync('mkfifo', [json().path]);
    expect((await readSignInFile(json(), trusting)).state).toBe('unreadable');
  });

  const xml = (inner: string) =>
    `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>${inner}</dict></plist>`;

  test.each<[string, string]>([
    ['a list', '<key>allowedOrgs</key><array><string>acme</string><string>beta</string></array>'],
    ['a text', '<key>allowedOrgs</key><string>acme; beta</string>'],
  ])('desktop.plist with %s', async (_what, inner) => {
    expect((await requirement(plist(), xml(inner))).organizations).toEqual(['acme', 'beta']);
  });

  test('desktop.plist in binary form', async () => {
    const { buildBinary } = await import('plist');
    const binary = buildBinary({ allowedOrgs: ['acme', 'bêta'] });
    expect((await requirement(plist(), new Uint8Array(binary))).organizations).toEqual(['acme', 'bêta']);
  });

  test.each<[string, string | Uint8Array]>([
    ['empty', ''],
    ['cut XML', xml('<key>allowedOrgs</key><string>acme</string>').slice(0, 90)],
    ['another document', '<html><body>404</body></html>'],
    ['JSON', '{"allowedOrgs": ["acme"]}'],
    [
      'an entity',
      `<!DOCTYPE x [<!ENTITY a "acme">]><plist><dict><key>allowedOrgs</key><string>&a;</string></dict></plist>`,
    ],
    ['a list as root', '<plist><array><string>acme</string></array></plist>'],
    ['a cut binary', Buffer.from('bplist00\x00\x01\x02')],
    ['a binary of noise', Buffer.concat([Buffer.from('bplist00'), Buffer.alloc(500, 0xd7)])],
    ['a binary that refers to itself', selfReferring()],
  ])('desktop.plist holding %s: the wall stands', async (_what, content) => {
    const enforced = await requirement(plist(), content);
    expect(enforced).toMatchObject({ enforced: true, organizations: [], method: 'desktop.plist' });
    expect(enforced.problem).toContain('desktop.plist');
  });
});

/** One array whose only element is itself. */
function selfReferring(): Uint8Array {
  const trailer = Buffer.alloc(32);
  trailer.writeUInt8(1, 6);
  trailer.writeUInt8(1, 7);
  trailer.writeBigUInt64BE(1n, 8);
  trailer.writeBigUInt64BE(0n, 16);
  trailer.writeBigUInt64BE(10n, 24);
  return Buffer.concat([Buffer.from('bplist00'), Buffer.from([0xa1, 0x00]), Buffer.from([0x08]), trailer]);
}
