import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { agentKeySchema } from '../src/shared/contracts/agent-api.ts';
import { errorBodySchema } from '../src/shared/contracts/local-api.ts';
import { REFUSALS, type RefusalCode } from '../src/shared/contracts/refusal.ts';
import { type Machine, makeMachine, type RunningAgent } from './agent-at-hub.ts';
import { type HubProcess, runHubCommand, startHubProcess, temporaryDataDirectory } from './hub-process.ts';
import { signInAt } from './real-hub.ts';

/*
 * What `mooring-hub` does about delivery, beside a running hub and with a real device at it: only what an operator sees.
 */
const ANN = 'ann@acme.example';
const DAY = 86_400_000;
const ROOT = join(import.meta.dirname, '..');
const CLI = join(ROOT, 'out', 'cli', 'mooring.js');
const PASSWORD = 'correct horse battery staple';
const data = temporaryDataDirectory();
let hub: HubProcess;
let machine: Machine;
let agent: RunningAgent;
let token = '';

beforeAll(async () => {
  expect(spawnSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), 'cli']).status).toBe(0);
  await runHubCommand(['init', '--organization', 'acme', '--data', data.path, '--json']);
  hub = await startHubProcess(data.path);
  await json('members', 'add', ANN);
  const set = ['users', 'set-password', ANN, '--data', data.path];
  expect((await runHubCommand(set, { input: `${PASSWORD}\n` })).code).toBe(0);
  await json('policy', 'import', file({ theme: { locked: true, value: 'light' } }), '--name', 'Everyone');
  await json('policy', 'default', 'Everyone');
  expect(await json('policy', 'default')).toMatchObject({ policy: { name: 'Everyone' } });
  const made = await json('tokens', 'create', 'looks', '--days', '1');
  token = z.object({ secret: z.string() }).parse(made).secret;
  machine = await makeMachine();
  agent = await machine.launch();
  await signInAt(hub.url, agent, ANN, PASSWORD);
});
afterAll(async () => {
  await machine?.end();
  await hub?.end('SIGTERM');
  await data.remove();
});

let files = 0;
/** A file with this policy. */
function file(document: object): string {
  files += 1;
  const path = join(data.path, `policy-${files}.json`);
  writeFileSync(path, JSON.stringify({ configurationFileVersion: 2, ...document }));
  return path;
}

const inAcme = (words: readonly string[]) => [...words, '--organization', 'acme', '--data', data.path];
/** The JSON answer of a command that succeeds. */
async function json(...words: string[]): Promise<Record<string, unknown>> {
  const result = await runHubCommand([...inAcme(words), '--json']);
  expect([result.stderr, result.code]).toEqual(['', 0]);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(result.stdout));
}
/** What a person reads. */
async function text(...words: string[]): Promise<string> {
  const result = await runHubCommand(inAcme(words));
  expect([result.stderr, result.code]).toEqual(['', 0]);
  return result.stdout;
}
/** The code of a refusal; the exit code is that of the contract. */
async function refusal(...words: string[]): Promise<RefusalCode> {
  const result = await runHubCommand([...inAcme(words), '--json']);
  const { code } = errorBodySchema.parse(JSON.parse(result.stdout)).error;
  expect(result.code).toBe(REFUSALS[code].exit);
  return code;
}

const theme = async (value: string) =>
  expect
    .poll(
      () => {
        machine.time.advance(1_000);
        return agent.store();
      },
      { timeout: 30_000 },
    )
    .toMatchObject({ ThemeSource: value });

const devicesSchema = z.object({
  devices: z.array(z.object({ id: z.string().nullable(), name: z.string(), status: z.string() })),
});
async function device() {
  const [one] = devicesSchema.parse(await json('devices', 'list', '--search', 'ann')).devices;
  return one;
}
/** Looked at over HTTP, as a command is a process each time. */
const status = async (wanted: string) =>
  expect
    .poll(
      async () => {
        for (let turn = 0; turn < 15; turn += 1) machine.time.advance(1_000);
        const headers = { authorization: `Bearer ${token}` };
        const answer = await fetch(`${hub.url}/v1/orgs/acme/devices?search=ann`, { headers });
        return devicesSchema.parse(await answer.json()).devices[0]?.status;
      },
      { timeout: 30_000 },
    )
    .toBe(wanted);

it('devices are listed, shown, named, exported and forgotten', async () => {
  await status('compliant');
  const id = (await device())?.id ?? '';
  expect(await text('devices', 'list')).toMatch(
    /USER +DEVICE +STATUS[^\n]*\nann@acme\.example .* compliant +Everyone \(1\)/,
  );
  expect(await text('devices', 'show', id)).toMatch(/compliant\. Nothing\.\nUser: +ann@acme\.example/);
  expect(await json('devices', 'drift', id)).toEqual({ drift: [], total: 0, next: null });
  expect(await text('policy', 'compliance')).toMatch(/^POLICY +FOLLOWING +DEVICES\nEveryone +1 +1\n$/);
  expect(await json('devices', 'rename', id, '=SUM(A1)')).toMatchObject({ device: { name: '=SUM(A1)' } });
  const out = join(data.path, 'devices.csv');
  await json('devices', 'export', '--out', out);
  const csv = readFileSync(out, 'utf8');
  expect(csv).toContain("'=SUM(A1)");
  // The list can be worked off by commands: it has their ids, the last of each row.
  expect(csv.split('\r\n')[1]?.split(',').at(-1)).toBe(id);
  expect(await json('devices', 'list', '--status', 'outdated')).toMatchObject({ devices: [] });
  expect(await refusal('devices', 'list', '--status', 'lost')).toBe('bad_request');
  expect(await refusal('devices', 'show', '00000000-0000-4000-8000-000000000000')).toBe('not_found');
  expect(await json('devices', 'forget', id)).toEqual({ forgotten: id });
  expect((await device())?.id).toBe(null);
});

it('devices are picked out by platform, team and policy, and silent ones are kept as long as is said', async () => {
  await json('teams', 'create', 'Front');
  const found = async (...words: string[]) =>
    devicesSchema.parse(await json('devices', 'list', ...words)).devices.length;
  expect(await found('--policy', 'Everyone')).toBe(1);
  expect(await found('--team', 'Front')).toBe(0);
  expect(await found('--platform', 'mac')).toBe(0);
  expect(await refusal('devices', 'list', '--policy', 'Nobody')).toBe('not_found');
  expect(await text('reports', 'settings')).toMatch(/after 7 days[^\n]*\n.* for 90 days/);
  expect(await json('reports', 'settings', '--keep', '30')).toEqual({
    unknownAfterDays: 7,
    retentionDays: 30,
  });
  for (const days of ['0', '1.5', 'ever', ''])
    expect(await refusal('reports', 'settings', '--unknown-after', days)).toBe('bad_request');
});

it('a draft is simulated, rolled out, paused, promoted and rolled back, and the device follows', async () => {
  const draft = file({
    theme: { locked: true, value: 'dark' },
    linuxVM: { wslEngineEnabled: { locked: true, value: true } },
  });
  // Any change makes the device report again.
  await json(
    'policy',
    'set',
    'Everyone',
    file({ theme: { locked: true, value: 'light' }, analyticsEnabled: { locked: false, value: false } }),
  );
  await status('compliant');
  expect(await json('policy', 'simulate', draft, '--policy', 'Everyone')).toMatchObject({
    totals: { members: 1, devicesChanged: 1, devicesHindered: 1 },
  });
  const simulated = await text('policy', 'simulate', draft, '--policy', 'Everyone');
  expect(simulated).toMatch(
    /USER +DEVICE +SETTING +FROM +TO.*\n(.*\n)*ann@acme\.example +\S.* theme +"light", locked +"dark", locked\n/,
  );
  expect(simulated).toMatch(/HELD UP BY +SETTINGS\nann@acme\.example +\S.* platform +wslEngineEnabled/);
  expect(await refusal('policy', 'simulate')).toBe('bad_request');
  // A key that nobody knows decides nothing: that is said, where the draft is tried and where it is saved.
  const misspelt = file({ theme: { locked: true, value: 'light' }, wslEngineEnabled: { locked: true } });
  for (const words of [
    ['simulate', misspelt],
    ['import', misspelt, '--name', 'Misspelt'],
    ['set', 'Misspelt', misspelt],
  ]) {
    const { code, stderr } = await runHubCommand(inAcme(['policy', ...words]));
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^warning wslEngineEnabled: .*linuxVM/)]);
  }
  expect(await json('policy', 'rollout', 'Everyone', draft, '--percentage', '0')).toMatchObject({
    policy: { rollout: { receiving: 0, members: 1 } },
  });
  expect(await text('policy', 'rollout', 'Everyone', '--percentage', '100')).toContain(
    'reaches 1 of 1 members',
  );
  await theme('dark');
  expect(await json('policy', 'rollout', 'Everyone', '--pause')).toMatchObject({
    policy: { rollout: { pausedAt: expect.any(String) } },
  });
  await json('policy', 'rollout', 'Everyone', '--resume');
  expect(await json('policy', 'rollout', 'Everyone', '--promote')).toMatchObject({
    policy: { rollout: null },
  });
  expect(await refusal('policy', 'rollout', 'Everyone', '--promote')).toBe('conflict');
  await json('policy', 'rollback', 'Everyone', '--reason', 'Too dark');
  await theme('light');
});

it('exceptions are made and taken away, and overrides are listed and revoked', async () => {
  expect(await text('policy', 'exceptions', 'list', 'Everyone')).toBe(
    '"Everyone" lets users override nothing.\n',
  );
  expect(await json('policy', 'exceptions', 'set', 'Everyone', 'theme', '--for', '2h')).toMatchObject({
    exceptions: [{ setting: 'theme', maxSeconds: 7200, locked: true }],
  });
  expect(await text('policy', 'exceptions', 'set', 'Everyone', 'memoryMiB', '--for', '45m')).toMatch(
    /theme +2h +yes\nmemoryMiB +45m +no: nothing to override/,
  );
  expect(await json('policy', 'exceptions', 'remove', 'Everyone', 'memoryMiB')).toMatchObject({
    exceptions: [{ setting: 'theme' }],
  });
  expect(await refusal('policy', 'exceptions', 'remove', 'Everyone', 'memoryMiB')).toBe('not_found');
  expect(await refusal('policy', 'exceptions', 'set', 'Everyone', 'themes', '--for', '2h')).toBe(
    'unknown_setting',
  );
  expect(await refusal('policy', 'exceptions', 'set', 'Everyone', 'theme', '--for', 'ever')).toBe(
    'bad_request',
  );
  await agent.sync();
  const wanted = { setting: 'theme', value: 'dark', seconds: 600, reason: 'A dark room' };
  expect((await agent.ask('POST', '/v1/overrides', wanted)).status).toBe(200);
  await theme('dark');
  const listed = z
    .object({ overrides: z.array(z.object({ id: z.string(), reason: z.string() })) })
    .parse(await json('overrides', 'list', '--active'));
  expect(listed.overrides).toMatchObject([{ reason: 'A dark room' }]);
  expect(await text('overrides', 'revoke', listed.overrides[0]?.id ?? '')).toContain('revoked');
  await theme('light');
  expect(await text('overrides', 'list')).toMatch(/ann@acme\.example +theme +"dark" .* revoked +A dark room/);
  expect(await refusal('overrides', 'revoke', listed.overrides[0]?.id ?? '')).toBe('not_found');
  expect(await refusal('overrides', 'revoke', 'that one')).toBe('bad_request');
  expect(await json('policy', 'exceptions', 'clear', 'Everyone')).toMatchObject({ exceptions: [] });
});

it('keys are rotated while a device follows, and a file carries the policy to one without a network', async () => {
  const keysSchema = z.object({
    keys: z.array(
      z.object({ kid: z.string(), x: z.string(), active: z.boolean(), publicKey: agentKeySchema }),
    ),
  });
  const listKeys = async () => {
    const result = await runHubCommand(['keys', 'list', '--data', data.path, '--json']);
    return keysSchema.parse(JSON.parse(result.stdout)).keys;
  };
  const [before] = await listKeys();
  expect((await runHubCommand(['keys', 'rotate', '--data', data.path])).stdout).toContain(before?.kid ?? '');
  expect(await listKeys()).toMatchObject([{ active: true }, { kid: before?.kid, active: false }]);
  await json('policy', 'set', 'Everyone', file({ theme: { locked: true, value: 'dark' } }));
  await theme('dark');

  const out = join(data.path, 'acme.jws');
  expect(
    await json('policy', 'export-bundle', '--public-url', hub.url, '--days', '3', '--out', out),
  ).toMatchObject({
    file: out,
    seq: expect.any(Number),
  });
  const never = join(data.path, 'never.jws');
  expect(
    await refusal('policy', 'export-bundle', '--public-url', hub.url, '--days', '0', '--out', never),
  ).toBe('bad_request');
  expect(existsSync(never)).toBe(false);
  // As the command gives them, so does a profile name them.
  const hubKeys = (await listKeys()).map(({ publicKey }) => publicKey);
  const later = join(data.path, 'later.jws');
  await json('policy', 'export-bundle', '--public-url', hub.url, '--days', '3', '--out', later);
  const offline = await makeMachine();
  const profile = (organization: string) =>
    offline.write('etc/mooring/policy.json', {
      hubUrl: hub.url,
      hubKeys,
      allowedOrgs: [organization],
    });
  /** By the command, which works for itself where no agent runs. */
  const take = (name: string) => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [CLI, 'policy', 'import', join(data.path, name), '--json'],
      { encoding: 'utf8', env: { PATH: process.env.PATH, MOORING_ROOT: offline.folder } },
    );
    return status === 0 ? 'accepted' : errorBodySchema.parse(JSON.parse(stdout)).error.code;
  };
  try {
    await profile('globex');
    expect(take('later.jws')).toBe('wrong_organization');
    await profile('acme');
    expect(take('later.jws')).toBe('accepted');
    expect(take('acme.jws')).toBe('rolled_back');
    offline.time.advance(2 * DAY);
    const alone = await offline.launch();
    expect(await alone.store()).toMatchObject({ ThemeSource: 'dark' });
    expect((await alone.status()).account.signIn).toMatchObject({ enforced: true, satisfied: true });
    offline.time.advance(DAY + 60_000);
    const bundle = readFileSync(later, 'utf8');
    expect(await alone.ask('POST', '/v1/policy/import', { bundle })).toMatchObject({
      status: 422,
      body: { error: { code: 'expired' } },
    });
  } finally {
    await offline.end();
  }
  expect(
    await refusal(
      'policy',
      'export-bundle',
      '--public-url',
      hub.url,
      '--user',
      'eve@acme.example',
      '--out',
      out,
    ),
  ).toBe('not_found');
});
