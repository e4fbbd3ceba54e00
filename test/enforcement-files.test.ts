import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'plist';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { enforcedSignIn } from '../src/agent/account/enforced-sign-in.ts';
import type { CommandRunner } from '../src/agent/agent-options.ts';
import { agentPaths, type HostFacts } from '../src/agent/paths.ts';
import { profileSignIn, readProfileSource } from '../src/agent/sources/profile-source.ts';
import { readSignInFile } from '../src/agent/sources/sign-in-files.ts';
import { exportedValue, registryProgram } from '../src/agent/sources/test-registry.ts';
import {
  type Deployment,
  deploymentsFor,
  SYSTEMS,
  type System,
} from '../src/shared/enforcement/deployments.ts';
import { utf16 } from '../src/shared/enforcement/registry-file.ts';
import { namesIn, type SignInWish, signInWishSchema } from '../src/shared/enforcement/sign-in-wish.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';

/* The files that the console makes for enforced sign-in, read by the agent's own readers and by other parsers. */

const KEY = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), kid: 'B'.repeat(43) } as const;
const OWNER = {
  id: '0193b1a2-4c1d-4f6e-9a2b-5c7d8e9f0a1b',
  name: 'acme',
  displayName: 'Acme & <Söhne> "GmbH"',
};
const LAYOUTS = ['mooring', 'docker'] as const;
const wishFor = (layout: SignInWish['layout']): SignInWish =>
  signInWishSchema.parse({
    organizations: ['acme', 'acme-labs', 'acme'],
    hubUrl: 'https://hub.example.com:8443/mooring',
    hubKeys: [KEY],
    layout,
  });

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-enforcement-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hostOf = (platform: System, testRoot?: string): HostFacts => ({
  ...{ platform, home: '/home/dev', userName: 'dev', temporary: '/tmp', exists: () => false },
  ...(platform === 'windows' ? { systemRoot: 'C:\\Windows', programData: '%ProgramData%' } : {}),
  ...(testRoot === undefined ? {} : { testRoot }),
});
const trusting = async () => null;
const noCommand: CommandRunner = async () => ({ kind: 'failed', reason: 'not on this machine' });

const deployment = (system: System, wish: SignInWish, method: Deployment['method']): Deployment => {
  const found = deploymentsFor(system, wish, OWNER).find((each) => each.method === method);
  if (found === undefined) throw new Error(`${system} has no ${method}`);
  return found;
};
const fileOf = (system: System, wish: SignInWish, method: Deployment['method']) => {
  const { file } = deployment(system, wish, method);
  if (file === null) throw new Error('no file');
  return file;
};

/** The registry once `reg import` took the file. Knows only the grammar of Microsoft's format. */
function importedRegistry(bytes: Uint8Array): CommandRunner {
  const content = new TextDecoder('utf-16le', { fatal: true }).decode(bytes);
  const [head, ...blocks] = content.split('\r\n\r\n');
  expect(head).toBe('Windows Registry Editor Version 5.00');
  expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xfe]);
  const keys = new Map<string, string[]>();
  for (const block of blocks.filter((each) => each !== '')) {
    const [name = '', ...lines] = block.split('\r\n').filter((line) => !line.startsWith(';'));
    const key = /^\[(HKEY_[^\]]+)\]$/.exec(name)?.[1] ?? '';
    expect(key, name).not.toBe('');
    keys.set(key, lines.map(imported));
  }
  return registryProgram(Object.fromEntries(keys));
}

/** A value as it is exported again. */
function imported(line: string): string {
  const [, name = '', data = ''] = /^"([^"]+)"=(.*)$/.exec(line) ?? [];
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(data);
  if (quoted !== null) return exportedValue(name, 'REG_SZ', quoted[1]?.replaceAll(/\\(["\\])/g, '$1') ?? '');
  const hex = /^hex\(7\):((?:[0-9a-f]{2},)*[0-9a-f]{2})$/.exec(data)?.[1];
  if (hex === undefined) throw new Error(`not a value: ${line}`);
  const text = new TextDecoder('utf-16le', { fatal: true }).decode(
    Uint8Array.from(hex.split(',').map((byte) => Number.parseInt(byte, 16))),
  );
  expect(text.endsWith('\0\0')).toBe(true);
  return exportedValue(name, 'REG_MULTI_SZ', text.slice(0, -2).split('\0').join('\\0'));
}

describe.each(LAYOUTS)('layout %s', (layout) => {
  const wish = wishFor(layout);
  const demanded = (location: string, method: string) => ({
    enforced: true,
    ...{ method, location, organizations: ['acme', 'acme-labs'], problem: null, problems: [], untrusted: [] },
  });

  it('the registry file, once imported, is the profile that the agent reads on Windows', async () => {
    const paths = agentPaths(hostOf('windows'), layout);
    const file = fileOf('windows', wish, 'registry');
    const run = importedRegistry(utf16(file.text));
    const profile = await readProfileSource(paths, trusting, run, desktopCatalog);
    expect(profile.problems).toEqual([]);
    expect(profile.keys).toMatchObject({
      hubUrl: wish.hubUrl,
      hubKeys: [KEY],
      layout: layout === 'docker' ? 'docker' : null,
    });
    const signIn = enforcedSignIn([profileSignIn(profile, null)]);
    expect(signIn).toMatchObject({
      enforced: true,
      method: 'registry key',
      organizations: wish.organizations,
    });
    expect(signIn.problems).toEqual([]);
    expect(deployment('windows', wish, 'registry').verify[0]).toContain(`"${file.place}"`);
    expect(paths.profile.map((each) => (each.kind === 'registry' ? each.key : ''))).toContain(file.place);
  });

  it('the profile of macOS, as device management leaves it, is read by the agent', async () => {
    const list = z
      .looseObject({
        PayloadType: z.literal('Configuration'),
        PayloadDisplayName: z.literal(`Mooring Desktop: sign-in as ${OWNER.displayName}`),
        PayloadUUID: z.uuid(),
        PayloadContent: z.array(z.looseObject({ PayloadType: z.string(), PayloadUUID: z.uuid() })),
      })
      .parse(parse(fileOf('mac', wish, 'profile').text));
    const ids = [list.PayloadUUID, ...list.PayloadContent.map((each) => each.PayloadUUID)];
    expect(new Set(ids).size).toBe(ids.length);
    const { build } = await import('plist');
    for (const payload of list.PayloadContent) {
      const place = join(folder, 'Library/Managed Preferences', `${payload.PayloadType}.plist`);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, build(JSON.parse(JSON.stringify(payload))));
    }
    const paths = agentPaths(hostOf('mac', folder), layout);
    const profile = await readProfileSource(paths, trusting, noCommand, desktopCatalog);
    expect(profile.problems).toEqual([]);
    expect(profile.keys).toMatchObject({ hubUrl: wish.hubUrl, hubKeys: [KEY] });
    const signIn = enforcedSignIn([profileSignIn(profile, null)]);
    expect(signIn.organizations).toEqual(wish.organizations);
    // The original reads one text there.
    const docker = list.PayloadContent.find((each) => each.PayloadType === 'com.docker.config');
    expect(docker?.allowedOrgs).toBe(layout === 'docker' ? 'acme;acme-labs' : undefined);
  });

  it('the profile of Linux is where the agent reads it', async () => {
    const paths = agentPaths(hostOf('linux', folder), layout);
    const file = fileOf('linux', wish, 'profile');
    const place = join(folder, file.place ?? '');
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, file.text);
    const profile = await readProfileSource(paths, trusting, noCommand, desktopCatalog);
    expect(profile).toMatchObject({ state: 'ok', problems: [], location: place });
    expect(profile.keys).toMatchObject({ hubUrl: wish.hubUrl, hubKeys: [KEY] });
    expect(enforcedSignIn([profileSignIn(profile, null)])).toEqual(demanded(place, 'configuration profile'));
  });

  it.each(SYSTEMS)(
    'every sign-in file of %s is at the agent’s own place and read from there',
    async (system) => {
      const real = agentPaths(hostOf(system), layout).signInFiles;
      const moved = agentPaths(hostOf(system === 'windows' ? 'linux' : system, folder), layout).signInFiles;
      for (const { method, path, format } of real) {
        const file = fileOf(system, wish, method);
        expect(file.place).toBe(path);
        const readable = moved.find((each) => each.method === method);
        if (readable === undefined) throw new Error('no such method');
        expect(readable.format).toBe(format);
        await mkdir(dirname(readable.path), { recursive: true });
        await writeFile(readable.path, file.text);
        expect(enforcedSignIn([await readSignInFile(readable, trusting)])).toEqual(
          demanded(readable.path, method),
        );
      }
    },
  );

  it('a shell hands the words of the install command to the program as they were meant', () => {
    const [command = ''] = deployment('linux', wish, 'install').commands;
    const script = command.replace(/^sudo mooring install/, "printf '%s\\n'");
    const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
    expect(words.slice(0, 4)).toEqual(['--allowed-org', 'acme;acme-labs', '--hub', wish.hubUrl]);
    expect(words.slice(4)).toEqual(layout === 'docker' ? ['--layout', 'docker'] : []);
  });
});

describe('a wish', () => {
  const wanted = {
    organizations: ['acme'],
    hubUrl: 'https://hub.example.com',
    hubKeys: [],
    layout: 'mooring',
  };

  it.each([
    ['no organization', { organizations: [] }],
    ['a name with upper case, which would match nobody', { organizations: ['Acme'] }],
    ['an address with a quote', { hubUrl: 'https://hub.example.com/"&calc' }],
    ['an address with a variable', { hubUrl: 'https://hub.example.com/%PATH%' }],
    ['an address with a command in it', { hubUrl: 'https://hub.example.com/$(id)' }],
    ['a hub that is not encrypted', { hubUrl: 'http://hub.example.com' }],
    ['a hub that only looks like this machine', { hubUrl: 'http://127.0.0.1.example.com' }],
    ['another kind of address', { hubUrl: 'javascript:alert(1)' }],
    ['a key that is none', { hubKeys: [{ ...KEY, x: '"' }] }],
  ])('with %s is refused', (_what, change) => {
    expect(signInWishSchema.safeParse(wanted).success).toBe(true);
    expect(signInWishSchema.safeParse({ ...wanted, ...change }).success).toBe(false);
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost/mooring', 'http://[::1]:8080'])(
    'takes a hub on this very machine: %s',
    (hubUrl) => expect(signInWishSchema.safeParse({ ...wanted, hubUrl }).success).toBe(true),
  );

  it('takes names as they are written elsewhere', () => {
    expect(namesIn(' acme; labs,\r\nacme-3 ;;')).toEqual(['acme', 'labs', 'acme-3']);
  });
});
