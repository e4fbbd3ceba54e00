import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createBrowser } from '../../src/hub/identity/test-browser.ts';
import { typeCredentials } from '../../src/hub/identity/test-hub.ts';
import { type RealHub, startRealHub } from '../real-hub.ts';
import { type Running, requireWine, startWine, type Wine, whyNoWine } from './wine.ts';

/* The built command line and agent in Node for Windows, under Wine: see wine.ts for what that shows and what not. */

const KEY = 'HKLM\\SOFTWARE\\Policies\\Mooring\\Mooring Desktop';
const ELSEWHERE = 'C:\\elsewhere';

// Programs start slowly under Wine.
vi.setConfig({ testTimeout: 300_000 });

let wine: Wine;
beforeAll(async () => {
  if (whyNoWine() === null) wine = await startWine();
});
afterAll(async () => {
  await wine?.end();
});
beforeEach((test) => requireWine(test));

const stateSchema = z.object({ value: z.unknown(), locked: z.boolean(), source: z.string() });
const store = () =>
  z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(readFileSync(join(wine.userFolder, 'settings-store.json'), 'utf8')));

async function setting(id: string): Promise<z.infer<typeof stateSchema>> {
  const shown = await wine.mooring(['settings', 'get', id, '--json']);
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  return stateSchema.parse(JSON.parse(shown.stdout));
}

async function startAgent(environment?: NodeJS.ProcessEnv): Promise<Running> {
  const agent = wine.startMooring(['agent', 'run', '--headless'], environment);
  await expect.poll(() => agent.output()).toContain('answers at');
  return agent;
}

async function stopAgent(agent: Running): Promise<void> {
  expect(await wine.mooring(['agent', 'stop'])).toMatchObject({ code: 0 });
  expect((await agent.ended).code).toBe(0);
}

async function registry(
  ...values: readonly (readonly [key: string, name: string, type: string, data: string])[]
) {
  await wine.program(['reg', 'delete', KEY, '/f', '/reg:64']);
  for (const [key, name, type, data] of values)
    expect(
      await wine.program(['reg', 'add', `${KEY}${key}`, '/v', name, '/t', type, '/d', data, '/f', '/reg:64']),
    ).toMatchObject({ code: 0 });
}

it('resolves for Windows, with no agent and nothing written', async () => {
  const resolved = await wine.mooring(['policy', 'resolve', '--json']);
  expect(resolved).toMatchObject({ code: 0, stderr: '' });
  const { platform, settings } = z
    .object({ platform: z.string(), settings: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(resolved.stdout));
  expect(platform).toBe('windows');
  expect(settings).toHaveProperty('wslEngineEnabled');
  expect(existsSync(wine.userFolder)).toBe(false);
});

describe('an agent', () => {
  it('answers commands by a named pipe, is the only one, and its files are in %APPDATA%', async () => {
    const agent = await startAgent();
    expect(agent.output()).toMatch(/answers at \\\\\.\\pipe\\mooring-[0-9a-f]{32}$/m);
    const second = await wine.mooring(['agent', 'run', '--headless']);
    expect(second).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('runs here already'),
    });
    expect(await wine.mooring(['settings', 'set', 'theme', 'dark'])).toMatchObject({ code: 0 });
    expect(await setting('theme')).toMatchObject({ value: 'dark', source: 'user' });
    const status = JSON.parse((await wine.mooring(['status', '--json'])).stdout);
    expect(status).toMatchObject({
      platform: 'windows',
      testPaths: false,
      paths: {
        store: 'C:\\users\\dev\\AppData\\Roaming\\Mooring\\settings-store.json',
        adminSettings: 'C:\\ProgramData\\Mooring\\admin-settings.json',
      },
    });
    await stopAgent(agent);
    expect(existsSync(join(wine.userFolder, 'agent.json'))).toBe(false);
  });

  it('follows the policy key of the registry, refuses what it locks, and repairs the file', async () => {
    await registry(
      ['', 'settings', 'REG_SZ', JSON.stringify({ analyticsEnabled: { locked: true, value: false } })],
      ['\\Settings\\theme', 'Value', 'REG_SZ', 'light'],
      ['\\Settings\\swapMiB', 'Value', 'REG_DWORD', '2048'],
      ['\\Settings\\swapMiB', 'Locked', 'REG_DWORD', '0'],
      ['\\Settings\\proxyExclude', 'Value', 'REG_MULTI_SZ', '*.corp.example\\0localhost'],
    );
    const agent = await startAgent();
    expect(await setting('analyticsEnabled')).toMatchObject({ value: false, locked: true });
    expect(await setting('theme')).toMatchObject({ value: 'light', locked: true });
    expect(await setting('swapMiB')).toMatchObject({ value: 2048, locked: false });
    expect(await setting('proxyExclude')).toMatchObject({
      value: ['*.corp.example', 'localhost'],
      locked: true,
    });
    expect(await wine.mooring(['settings', 'set', 'theme', 'dark'])).toMatchObject({ code: 4 });

    expect(store()).toMatchObject({ AnalyticsEnabled: false });
    writeFileSync(
      join(wine.userFolder, 'settings-store.json'),
      JSON.stringify({ ...store(), AnalyticsEnabled: true }),
    );
    await expect.poll(store).toMatchObject({ AnalyticsEnabled: false });

    // The registry tells nobody of a change; a sync reads it again before its minute is over.
    await registry(['\\Settings\\theme', 'Value', 'REG_SZ', 'system']);
    await wine.mooring(['sync']);
    expect(await setting('theme')).toMatchObject({ value: 'system', locked: true });
    await registry();
    await wine.mooring(['sync']);
    expect(await setting('theme')).toMatchObject({ value: 'dark', locked: false, source: 'user' });
    await stopAgent(agent);
  });

  it('reads every character that stands in the registry', async () => {
    const name = 'Zoë’s Ünïcode 日本 \u{1f680} ？';
    await registry(
      ['\\Settings\\proxyHttp', 'Value', 'REG_SZ', `http://${name}`],
      ['', 'allowedOrgs', 'REG_SZ', name],
    );
    const status = JSON.parse((await wine.mooring(['status', '--json'])).stdout);
    expect(status.account.signIn).toMatchObject({ enforced: true, organizations: [name] });
    await registry();
  });

  it('that is killed leaves whole files, every acknowledged change, and no lock', async () => {
    for (let round = 0; round < 2; round += 1) {
      const agent = await startAgent();
      const wanted = String(1024 + 128 * round);
      // One change is answered; the other is under way when the agent dies.
      expect(await wine.mooring(['settings', 'set', 'swapMiB', wanted])).toMatchObject({ code: 0 });
      const unanswered = wine.startMooring(['settings', 'set', 'theme', round % 2 === 0 ? 'light' : 'dark']);
      await agent.kill();
      await unanswered.ended;
      expect(store()).toBeTypeOf('object');
      expect(await setting('swapMiB')).toMatchObject({ value: Number(wanted), source: 'user' });
    }
    expect(readdirSync(wine.userFolder).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });

  it('waits for a program that holds the store open, and says so where that lasts', async () => {
    const hold = `
      import { openSync } from 'node:fs';
      openSync('C:\\\\users\\\\dev\\\\AppData\\\\Roaming\\\\Mooring\\\\settings-store.json', 'r');
      console.log('held');
      setInterval(() => {}, 1000);`;
    const agent = await startAgent();
    const holder = wine.node(hold);
    await expect.poll(() => holder.output()).toContain('held');
    const refused = await wine.mooring(['settings', 'set', 'swapMiB', '4096']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('storage_failed') });
    await holder.kill();
    await expect.poll(store).toMatchObject({ SwapMiB: 4096 });
    await stopAgent(agent);
  });
});

describe('signed in at a hub', () => {
  let hub: RealHub | undefined;
  beforeAll(async () => {
    if (whyNoWine() === null) hub = await startRealHub();
  });
  afterAll(async () => {
    await hub?.stop();
  });

  it('keeps the session in the credentials of Windows, and enforces the policy', async () => {
    if (hub === undefined) throw new Error('no hub');
    const created = await hub.owner('POST', '/policies', {
      name: 'Everyone',
      document: { theme: { locked: true, value: 'light' } },
    });
    expect(created.status).toBe(201);
    const { id } = z.object({ id: z.string() }).parse(created.body);
    expect((await hub.owner('PUT', '/default-policy', { policyId: id })).status).toBeLessThan(300);

    const login = wine.startMooring(['login', '--hub', hub.url]);
    await expect.poll(() => login.output()).toMatch(/\/oauth\/authorize\S+\n/);
    const browser = createBrowser(hub.url);
    await typeCredentials(
      browser,
      /http\S+\/oauth\/authorize\S+/.exec(login.output())?.[0] ?? '',
      hub.ada.email,
    );
    const back = browser.left();
    expect(back?.hostname).toBe('127.0.0.1');
    expect((await fetch(String(back))).status).toBe(200);
    expect(await login.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Signed in') });

    // Another process: whoever is signed in is known from the credentials alone.
    expect(await wine.mooring(['sync'])).toMatchObject({ code: 0, stderr: '' });
    const whoami = JSON.parse((await wine.mooring(['whoami', '--json'])).stdout);
    expect(JSON.stringify(whoami)).toContain(hub.ada.email);
    expect(whoami).toMatchObject({ sessionStorage: 'keychain' });
    expect(await setting('theme')).toMatchObject({ value: 'light', locked: true });
    // Nothing that opens the session stands in a file.
    const files = readdirSync(wine.userFolder).map((file) =>
      readFileSync(join(wine.userFolder, file), 'utf8'),
    );
    expect(files.join()).not.toMatch(/refresh_?token/i);

    expect(await wine.mooring(['logout'])).toMatchObject({ code: 0 });
    expect(await wine.mooring(['whoami'])).toMatchObject({ code: 3 });
    expect(await setting('theme')).toMatchObject({ locked: false });
  });
});

describe('installing', () => {
  const environment = { MOORING_ROOT: ELSEWHERE };
  const written = () =>
    readdirSync(wine.disk('elsewhere'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.json'),
    );

  it('writes what an installer was given, which the agent enforces, and takes it away again', async () => {
    const installed = await wine.mooring(
      [
        ...['install', '--from-installer', 'exe', '--', '/S'],
        `--admin-settings={'configurationFileVersion':2,'theme':{'locked':true,'value':'light'}}`,
        ...['--allowed-org=acme', '--hub=https://hub.example.com', '/D=C:\\Program Files\\Mooring'],
      ],
      environment,
    );
    expect(installed).toMatchObject({ code: 0, stderr: '' });
    expect(written().sort()).toEqual(
      ['admin-settings.json', 'install-manifest.json', 'machine.json', 'registry.json'].map((file) =>
        join('programData', 'Mooring', file),
      ),
    );
    const status = JSON.parse((await wine.mooring(['status', '--json'], environment)).stdout);
    expect(status).toMatchObject({ managed: { locked: 1 }, account: { signIn: { enforced: true } } });
    expect(await wine.mooring(['uninstall'], environment)).toMatchObject({ code: 0, stderr: '' });
    expect(written().filter((file) => file.startsWith('programData'))).toEqual([]);
  });

  it('takes the properties that the MSI left in the registry', async () => {
    const given: readonly (readonly [string, string])[] = [
      ['ADMINSETTINGS', `{'configurationFileVersion':2,'theme':{'locked':true,'value':'dark'}}`],
      ['ALLOWEDORG', 'acme;beta'],
      ['HUBURL', ''],
    ];
    const key = 'HKLM\\SOFTWARE\\Mooring\\Installer';
    for (const [name, data] of given)
      expect(
        await wine.program(['reg', 'add', key, '/v', name, '/t', 'REG_SZ', '/d', data, '/f', '/reg:64']),
      ).toMatchObject({ code: 0 });
    const installed = await wine.mooring(['install', '--from-installer', 'msi'], environment);
    expect(installed).toMatchObject({ code: 0, stderr: '' });
    const place = (file: string) =>
      JSON.parse(readFileSync(wine.disk('elsewhere', 'programData', 'Mooring', file), 'utf8'));
    expect(place('admin-settings.json')).toMatchObject({ theme: { locked: true, value: 'dark' } });
    expect(place('registry.json')).toEqual({ allowedOrgs: ['acme', 'beta'] });
    expect(await wine.mooring(['uninstall'], environment)).toMatchObject({ code: 0, stderr: '' });
  });

  it('writes nothing without the rights of an administrator', async () => {
    const refused = await wine.mooring(['install', '--allowed-org=acme']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('administrator') });
    expect(existsSync(wine.disk('ProgramData', 'Mooring'))).toBe(false);
  });
});
