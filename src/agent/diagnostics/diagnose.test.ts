import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryKeychain } from '../../../test/memory-keychain.ts';
import { type Check, doctorAnswerSchema } from '../../shared/contracts/local-api.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { checksDe } from '../../shared/text/de/checks.ts';
import { checks as checksEn } from '../../shared/text/en-checks.ts';
import { createTranslateNamed, type TranslateNamed } from '../../shared/text/text.ts';
import { type Clock, systemClock } from '../clock.ts';
import { createHubHttp } from '../delivery/create-hub-http.ts';
import type { ManagedProxy } from '../delivery/hub-http.ts';
import type { DeliveryState } from '../delivery/policy-delivery.ts';
import type { StoreState } from '../enforcement/model.ts';
import { type AgentPaths, agentPaths } from '../paths.ts';
import { createLastProfileKeys } from '../sources/last-profile-keys.ts';
import { createMachineSources } from '../sources/machine-sources.ts';
import { diskFiles } from '../state-file.ts';
import { diagnose } from './diagnose.ts';
import { examine } from './doctor.ts';
import type { PolicyByFile } from './policy-by-file.ts';
import { say } from './words.ts';

let folder = '';
let paths: AgentPaths;
let ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-doctor-'));
  paths = agentPaths(
    {
      ...{ platform: 'linux', home: '/home/dev', userName: 'dev', temporary: folder, testRoot: folder },
      exists: () => false,
    },
    'mooring',
  );
  ends = [];
});
afterEach(async () => {
  for (const end of ends) await end();
  await rm(folder, { recursive: true, force: true });
});

interface Machine {
  readonly hubUrl?: string | null;
  readonly clock?: Clock;
  readonly proxy?: ManagedProxy;
  readonly store?: StoreState;
  readonly keychainRefusal?: string;
  readonly testPaths?: boolean;
  readonly extraCaFile?: string;
  /** Where names lead to. */
  readonly hubAt?: LookupFunction;
  readonly sync?: Partial<DeliveryState['sync']>;
  readonly byFile?: PolicyByFile;
}

const SIGNED_OUT: DeliveryState['sync'] = {
  ...{ state: 'signed-out', lastAttempt: null, lastSuccess: null, nextAttempt: null },
  ...{ error: null, push: 'off' },
};

const english = createTranslateNamed(checksEn, 'en');
const german = createTranslateNamed({}, 'de', checksDe);

/** What a check says in English is what the catalog says, and it can be said in German. */
function expectTranslated({ title, finding, meaning, mend, said }: Check): void {
  const each = [
    [title, said?.title],
    [finding, said?.finding],
    [meaning, said?.meaning],
    [mend, said?.mend],
  ] as const;
  for (const [written, one] of each) {
    expect(one === undefined).toBe(written === undefined);
    if (one === undefined) continue;
    const say = (named: TranslateNamed) => named(one.key, one.values) ?? `${one.key} is not in the catalog`;
    expect(say(german)).not.toBe(say(english));
    expect(say(german)).not.toMatch(/\{\w+\}/);
    // A name with a place behind it, a sentence with a detail behind it, or the detail in its place.
    const forms = [
      say(english),
      `${say(english)}: ${one.detail}`,
      `${say(english)} ${one.detail}`,
      one.detail,
    ];
    expect(forms).toContain(written);
  }
}

/** Every check of a machine by id: its result and what it says. */
async function checks(machine: Machine) {
  const clock = machine.clock ?? systemClock();
  const keychain = memoryKeychain();
  keychain.refusal = machine.keychainRefusal ?? null;
  const here = { ...paths, testPaths: machine.testPaths ?? true };
  const sources = createMachineSources({
    ...{ paths: here, catalog: desktopCatalog, clock },
    lastKeys: createLastProfileKeys(paths.profileKeys, diskFiles()),
    runCommand: async () => ({ kind: 'failed', reason: 'no command is run in tests' }),
    log: () => {},
  });
  const answer = await diagnose({
    ...{ paths: here, sources, keychain, clock },
    enforcement: { storeState: () => machine.store ?? { state: 'ok', lastWritten: null, repairs: 0 } },
    http: createHubHttp({
      ...{ userAgent: 'test', clock, environment: {} },
      managedProxy: () => machine.proxy ?? null,
      systemProxy: async () => null,
      extraCaFile: () => machine.extraCaFile ?? null,
      ...(machine.hubAt === undefined ? {} : { lookup: machine.hubAt }),
    }),
    hubUrl: () => machine.hubUrl ?? null,
    sync: () => ({ ...SIGNED_OUT, ...machine.sync }),
    byFile: () => machine.byFile ?? null,
  });
  for (const check of doctorAnswerSchema.parse(answer).checks) {
    // Whatever is wrong comes with what it means and what to do.
    if (check.result === 'failed' || check.result === 'warning') {
      expect([check.id, check.meaning, check.mend]).toEqual([
        check.id,
        expect.any(String),
        expect.any(String),
      ]);
    }
    expectTranslated(check);
  }
  return new Map(answer.checks.map((check) => [check.id, check]));
}

async function hub(
  answer: (path: string) => { status?: number; body: string; date?: string },
): Promise<string> {
  const server = createServer((request, response) => {
    const { status = 200, body, date } = answer(request.url ?? '');
    if (date !== undefined) response.setHeader('date', date);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

const ISSUER = JSON.stringify({ issuer: 'https://hub.example' });

test('a machine in order', async () => {
  const found = await checks({ hubUrl: await hub(() => ({ body: ISSUER })) });
  expect([...found].map(([id, { result }]) => [id, result])).toEqual([
    ['hub', 'ok'],
    ['certificates', 'skipped'],
    ['clock', 'ok'],
    ['proxy', 'ok'],
    ['policy', 'skipped'],
    ['keychain', 'ok'],
    ['files', 'ok'],
    ['admin-files', 'skipped'],
    ['store', 'ok'],
  ]);
});

test('a policy that is refused although the hub answers is named with its reason', async () => {
  const error = { code: 'rolled_back', message: 'It is older (1) than one already accepted (2).' };
  const at = '2026-01-01T00:00:00.000Z';
  const hubUrl = await hub(() => ({ body: ISSUER }));
  const failed = await checks({ hubUrl, sync: { state: 'failed', error, lastSuccess: at } });
  expect(failed.get('hub')?.result).toBe('ok');
  expect(failed.get('policy')).toMatchObject({
    result: 'failed',
    finding: expect.stringContaining('[rolled_back]'),
    meaning: expect.stringContaining(at),
  });
  expect((await checks({ sync: { state: 'idle', lastSuccess: at } })).get('policy')?.result).toBe('ok');
});

test.each([
  ['a web page', { body: '<html>sign in to the network</html>' }],
  ['another program', { body: '{"hello":"world"}' }],
  ['an error', { status: 500, body: '' }],
])('%s in place of the hub', async (_what, answer) => {
  expect((await checks({ hubUrl: await hub(() => answer) })).get('hub')?.result).toBe('failed');
});

test('where the policy came by file, a hub that is not reached is no failure, until the file is too old', async () => {
  const closed = await hub(() => ({ body: ISSUER }));
  for (const end of ends.splice(0)) await end();
  const until = '2026-02-01T00:00:00.000Z';
  const found = await checks({ hubUrl: closed, byFile: { until, stale: false } });
  expect([...found.values()].filter(({ result }) => result === 'failed' || result === 'warning')).toEqual([]);
  expect(found.get('hub')).toMatchObject({ result: 'skipped', finding: expect.stringContaining(until) });
  expect(found.get('policy')).toMatchObject({ result: 'ok', finding: expect.stringContaining(until) });
  const unreachable = { state: 'failed', error: { code: 'unreachable', message: 'No answer.' } } as const;
  const signedIn = await checks({ hubUrl: closed, byFile: { until, stale: false }, sync: unreachable });
  expect(signedIn.get('policy')?.result).toBe('ok');
  const ended = await checks({ hubUrl: closed, byFile: { until, stale: true }, sync: unreachable });
  expect(ended.get('policy')).toMatchObject({
    result: 'failed',
    finding: expect.stringContaining(until),
    mend: expect.stringContaining('mooring policy import'),
  });
});

test('a policy by file hides neither an impostor in place of the hub nor a refusal', async () => {
  const byFile = { until: '2026-02-01T00:00:00.000Z', stale: false };
  const hubUrl = await hub(() => ({ body: '<html>sign in to the network</html>' }));
  const error = { code: 'rolled_back', message: 'It is older (1) than one already accepted (2).' };
  const found = await checks({ hubUrl, byFile, sync: { state: 'failed', error } });
  expect([found.get('hub')?.result, found.get('policy')?.result]).toEqual(['failed', 'failed']);
});

test('a hub that nobody answers for, and a proxy that fails, are both named without their secrets', async () => {
  const closed = await hub(() => ({ body: ISSUER }));
  for (const end of ends.splice(0)) await end();
  const proxy: ManagedProxy = {
    ...{
      mode: 'manual',
      http: closed.replace('//', '//me:hunter2@'),
      https: '',
      exclude: [],
      pac: '',
      embeddedPac: '',
    },
  };
  const found = await checks({ hubUrl: 'http://hub.invalid:9/', proxy });
  expect(found.get('hub')?.result).toBe('failed');
  expect(found.get('clock')?.result).toBe('skipped');
  expect(found.get('proxy')?.result).toBe('warning');
  expect(JSON.stringify([...found])).not.toContain('hunter2');
});

const TLS = join(import.meta.dirname, '..', '..', '..', 'test', 'fixtures', 'tls');
const CERTIFIED = 'hub.acme.test';
/** Every name leads to this machine. */
const here: LookupFunction = (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);

async function encryptedHub(): Promise<string> {
  const server = createTlsServer(
    { key: readFileSync(join(TLS, 'hub-key.pem')), cert: readFileSync(join(TLS, 'hub.pem')) },
    (_request, response) => response.end(ISSUER),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `https://${CERTIFIED}:${address.port}`;
}

test('a certificate that nobody vouches for, and one of an authority that is named', async () => {
  const hubUrl = await encryptedHub();
  const unknown = await checks({ hubUrl, hubAt: here });
  for (const id of ['hub', 'certificates']) {
    expect(unknown.get(id)).toMatchObject({ result: 'failed', mend: expect.stringContaining('authority') });
  }
  const known = await checks({ hubUrl, hubAt: here, extraCaFile: join(TLS, 'ca.pem') });
  expect([known.get('hub')?.result, known.get('certificates')?.result]).toEqual(['ok', 'ok']);
});

test('a file of certificate authorities that is left out is told, whatever the hub shows', async () => {
  const missing = { extraCaFile: join(folder, 'nothing-here.pem') };
  for (const hubUrl of [null, await hub(() => ({ body: ISSUER }))]) {
    expect((await checks({ ...missing, hubUrl })).get('certificates')).toMatchObject({
      result: 'warning',
      finding: expect.stringContaining('nothing-here.pem'),
      mend: expect.stringContaining('MOORING_CA_FILE'),
    });
  }
});

test('without a hub nothing is claimed of what only a request can show', async () => {
  const found = await checks({});
  for (const id of ['hub', 'certificates', 'clock', 'proxy'])
    expect([id, found.get(id)?.result]).toEqual([id, 'skipped']);
  const plain = await checks({ hubUrl: await hub(() => ({ body: ISSUER })) });
  expect(plain.get('certificates')).toMatchObject({
    result: 'skipped',
    meaning: expect.stringContaining('without encryption'),
  });
});

test.each([
  [30_000, 'ok'],
  [-30_000, 'ok'],
  [3 * 60_000, 'warning'],
  [-3 * 60_000, 'warning'],
  [60 * 60_000, 'failed'],
  [-24 * 60 * 60_000, 'failed'],
])('a clock that is %d ms off: %s', async (skew, result) => {
  const system = systemClock();
  const clock = { ...system, wall: () => system.wall() + skew };
  const hubUrl = await hub(() => ({ body: ISSUER, date: new Date(system.wall()).toUTCString() }));
  expect((await checks({ hubUrl, clock })).get('clock')?.result).toBe(result);
});

test('a keychain that refuses says so, and what follows from it', async () => {
  const check = (await checks({ keychainRefusal: 'The keychain is locked.' })).get('keychain');
  expect(check).toMatchObject({ result: 'warning', finding: 'The keychain is locked.' });
});

test('an account file that others can read', async () => {
  await mkdir(dirname(paths.account), { recursive: true, mode: 0o700 });
  await writeFile(paths.account, '{}');
  await chmod(paths.account, 0o644);
  const found = await checks({});
  expect([...found.values()].find(({ id }) => id.startsWith('files'))).toMatchObject({
    result: 'warning',
    mend: expect.stringContaining('chmod 600'),
  });
});

test('a folder of ours that others can write, however little its files let them', async () => {
  await mkdir(paths.userData, { recursive: true, mode: 0o700 });
  const files = async () => [...(await checks({})).values()].find(({ id }) => id.startsWith('files'));
  expect((await files())?.result).toBe('ok');
  await chmod(paths.userData, 0o770);
  expect(await files()).toMatchObject({ result: 'warning', mend: expect.stringContaining('chmod go-w') });
});

test('a policy that does not arrive: what to do depends on why', async () => {
  const mend = async (code: string) =>
    (await checks({ sync: { state: 'failed', error: { code, message: 'It failed.' } } })).get('policy')?.mend;
  expect(await mend('sign_in_required')).toContain('mooring login');
  expect(await mend('rolled_back')).toContain('old state');
  expect(await mend('unknown_key')).toContain('fingerprints');
  expect(await mend('unreachable')).toContain('mooring sync');
});

test('an administrators’ file that somebody else could have written, and one that cannot be read', async () => {
  await mkdir(dirname(paths.adminSettings), { recursive: true });
  await writeFile(paths.adminSettings, '{}');
  await chmod(paths.adminSettings, 0o666);
  const untrusted = await checks({ testPaths: false });
  expect(untrusted.get('admin-files')).toMatchObject({
    result: 'failed',
    mend: expect.stringContaining('owner'),
  });
  await writeFile(paths.adminSettings, '{');
  const broken = await checks({ testPaths: true });
  expect(broken.get('admin-files')).toMatchObject({
    result: 'failed',
    finding: expect.stringContaining('This is not JSON'),
  });
  await writeFile(paths.adminSettings, '{}');
  expect((await checks({ testPaths: true })).get('admin-files')?.result).toBe('skipped');
});

test.each<[StoreState['state'], string]>([
  ['ok', 'ok'],
  ['waiting', 'warning'],
  ['contended', 'warning'],
  ['failed', 'failed'],
])('a store that is %s: %s', async (state, result) => {
  expect((await checks({ store: { state, lastWritten: null, repairs: 3 } })).get('store')?.result).toBe(
    result,
  );
});

test('a check that breaks is a finding, and keeps no other from being run', async () => {
  const answer = await examine([
    { id: 'a', title: 'check.hub', run: () => Promise.reject(new Error('oh: http://me:pw@proxy')) },
    { id: 'b', title: 'check.store', run: async () => ({ result: 'ok', finding: say('check.files.fine') }) },
  ]);
  expect(answer.checks.map(({ result }) => result)).toEqual(['failed', 'ok']);
  expect(JSON.stringify(answer)).not.toContain('me:pw');
});
