import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DatabaseHandle, openDatabase } from '../src/hub/database/connection.ts';
import { startTestCluster } from '../src/hub/database/test-database.ts';
import { signInDesktop } from '../src/hub/identity/test-hub.ts';
import { agentKeysSchema, overrideListSchema } from '../src/shared/contracts/agent-api.ts';
import { policySchema } from '../src/shared/contracts/hub-api.ts';
import { deviceDriftSchema, deviceListSchema } from '../src/shared/contracts/hub-devices.ts';
import { type HubProcess, runHubCommand, startHubProcess, temporaryDataDirectory } from './hub-process.ts';
import { addressOf, nothingRuns } from './killed-hub.ts';

/*
 * A real hub is killed around each step of delivery that it acknowledges: once somewhere between the socket and the
 * disk, once in the moment of the answer. Afterwards the step is there whole, with its line in the audit log, or, where
 * nothing was acknowledged, it may be missing whole. The database is the test's own and outlives it; kill-hub.test.ts
 * kills a hub that carries its own.
 */
const PASSWORD = 'correct horse battery staple 17';
const EMAIL = 'ann@acme.example';
const DEVICE = randomUUID();
const data = temporaryDataDirectory();
let cluster: Awaited<ReturnType<typeof startTestCluster>>;
let database: DatabaseHandle;
let env: NodeJS.ProcessEnv = {};
let hub: HubProcess;
let owner = '';
let bearer = '';
let policyId = '';
let overrideId = '';

async function ask(method: string, path: string, body?: unknown, as = owner): Promise<Response> {
  return fetch(`${hub.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${as}`,
      ...(as === owner && method !== 'GET' ? { 'if-match': '*' } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
}

const policyPath = () => `/v1/orgs/acme/policies/${policyId}`;
const readPolicy = async () => policySchema.parse(await (await ask('GET', policyPath())).json());
const overrides = async () =>
  overrideListSchema.parse(await (await ask('GET', '/v1/agent/overrides?org=acme', undefined, bearer)).json())
    .overrides;
const keys = async () => agentKeysSchema.parse(await (await fetch(`${hub.url}/v1/agent/keys`)).json()).keys;
const lastAudit = async () => {
  const answer = await (await ask('GET', '/v1/orgs/acme/audit?limit=1')).json();
  return z.object({ events: z.array(z.object({ id: z.unknown() })) }).parse(answer).events[0]?.id;
};
const document = (memory: number) => ({
  configurationFileVersion: 2,
  memoryMiB: { locked: true, value: memory },
});
const requestOverride = (value: number) =>
  ask(
    'POST',
    '/v1/agent/overrides?org=acme',
    { deviceId: DEVICE, setting: 'memoryMiB', value, seconds: 3600, reason: 'a build' },
    bearer,
  );

/** The device of the report, as the hub lists it. */
const reported = async () => {
  const list = deviceListSchema.parse(await (await ask('GET', '/v1/orgs/acme/devices')).json());
  return list.devices.find(({ deviceId }) => deviceId === DEVICE);
};
const devicePath = async () => `/v1/orgs/acme/devices/${(await reported())?.id}`;

/** One thing that the hub acknowledges, and how it is seen afterwards. */
interface Step {
  readonly what: string;
  readonly act: () => Promise<{ readonly ok: boolean }>;
  readonly holds: () => Promise<boolean>;
  /** Not in the organization's audit log: what devices report, and what is of the whole hub. */
  readonly audited?: false;
}

let keysBefore = 0;
const report = {
  ...{ reportId: randomUUID(), deviceId: DEVICE, deviceName: 'killed', reason: 'drift' },
  ...{ at: new Date().toISOString(), agentVersion: '1.0.0', catalogVersion: '1.0.0' },
  ...{ platform: 'linux', osVersion: '6', fetchedSeq: 1, managedHash: 'a'.repeat(64) },
  policy: { id: null, revision: null, seq: 1, fetchedAt: null, appliedAt: null },
  drift: [{ at: new Date().toISOString(), kind: 'permissions', setting: null, file: 'settings-store.json' }],
};

const STEPS: readonly Step[] = [
  {
    what: 'beginning a roll-out',
    act: () => ask('POST', `${policyPath()}/rollout`, { document: document(2048), percentage: 10 }),
    holds: async () => (await readPolicy()).rollout?.percentage === 10,
  },
  {
    what: 'widening it',
    act: () => ask('PATCH', `${policyPath()}/rollout`, { percentage: 20 }),
    holds: async () => (await readPolicy()).rollout?.percentage === 20,
  },
  {
    what: 'pausing it',
    act: () => ask('PATCH', `${policyPath()}/rollout`, { paused: true }),
    holds: async () => typeof (await readPolicy()).rollout?.pausedAt === 'string',
  },
  {
    what: 'promoting it',
    act: () => ask('POST', `${policyPath()}/rollout/promote`),
    holds: async () => {
      const { revision, rollout, text } = await readPolicy();
      expect(text.includes('2048')).toBe(revision === 2);
      return rollout === null && revision === 2;
    },
  },
  {
    what: 'rolling it back',
    act: () => ask('POST', `${policyPath()}/rollback`, { reason: 'too much' }),
    holds: async () => (await readPolicy()).text.includes('1024'),
  },
  {
    what: 'allowing overrides',
    act: () =>
      ask('PUT', `${policyPath()}/exceptions`, { exceptions: [{ setting: 'memoryMiB', maxSeconds: 7200 }] }),
    holds: async () => (await readPolicy()).exceptions.length === 1,
  },
  {
    what: 'a report',
    act: () => ask('POST', '/v1/agent/reports?org=acme', report, bearer),
    holds: async () => {
      const device = await reported();
      if (device === undefined) return false;
      const answer = await ask('GET', `/v1/orgs/acme/devices/${device.id}/drift`);
      // Sent again because nobody answered, it counts once.
      expect(deviceDriftSchema.parse(await answer.json()).drift).toHaveLength(1);
      return true;
    },
    audited: false,
  },
  {
    what: 'granting an override',
    act: () => requestOverride(3000),
    holds: async () => {
      const [mine] = await overrides();
      overrideId = mine?.id ?? '';
      return mine?.value === 3000;
    },
  },
  {
    what: 'ending it',
    act: () => ask('DELETE', `/v1/agent/overrides/${overrideId}?org=acme`, undefined, bearer),
    holds: async () => (await overrides()).length === 0,
  },
  {
    what: 'granting another',
    act: () => requestOverride(4000),
    holds: async () => {
      const [mine] = await overrides();
      overrideId = mine?.id ?? '';
      return mine?.value === 4000;
    },
  },
  {
    what: 'revoking that',
    act: () => ask('DELETE', `/v1/orgs/acme/overrides/${overrideId}`),
    holds: async () => (await overrides()).length === 0,
  },
  {
    what: 'naming the device',
    act: async () => ask('PATCH', await devicePath(), { name: 'Named' }),
    holds: async () => (await reported())?.name === 'Named',
  },
  {
    what: 'saying how long reports are kept',
    act: () => ask('PUT', '/v1/orgs/acme/report-settings', { unknownAfterDays: 3, retentionDays: 33 }),
    holds: async () => (await (await ask('GET', '/v1/orgs/acme/report-settings')).text()).includes('33'),
  },
  {
    what: 'forgetting the device',
    act: async () => ask('DELETE', await devicePath()),
    holds: async () => (await reported()) === undefined,
  },
  {
    what: 'rotating the key',
    // A person has to have signed in just now to do it over HTTP, so it is the operator's command.
    act: async () => ({
      ok: (await runHubCommand(['keys', 'rotate', '--data', data.path], { env })).code === 0,
    }),
    holds: async () => {
      const now = await keys();
      // Whatever happened, the chain from the first key is whole.
      for (const [index, key] of now.slice(0, -1).entries()) {
        expect(key.predecessor).toBe(now[index + 1]?.kid);
        expect(key.predecessorSignature).toEqual(expect.any(String));
      }
      return now.length > keysBefore;
    },
    audited: false,
  },
];

async function restart(): Promise<void> {
  await hub.end('SIGKILL');
  await nothingRuns(database);
  hub = await startHubProcess(data.path, [], env);
}

beforeAll(async () => {
  cluster = await startTestCluster();
  const { target } = await cluster.createDatabase();
  database = openDatabase(target);
  env = { DATABASE_URL: addressOf(target), MOORING_HUB_SECRET: 'the same after every death, and long' };
  const common = ['--data', data.path, '--json'];
  const run = async (args: readonly string[], input?: string) => {
    const done = await runHubCommand([...args, ...common], input === undefined ? { env } : { input, env });
    expect(done.code, done.stderr).toBe(0);
    return done.stdout;
  };
  await run(['init', '--organization', 'acme']);
  await run(['members', 'add', EMAIL, '--organization', 'acme']);
  await run(['users', 'set-password', EMAIL], `${PASSWORD}\n`);
  const made = await run(['tokens', 'create', 'killer', '--organization', 'acme', '--role', 'owner']);
  owner = z.object({ secret: z.string() }).parse(JSON.parse(made)).secret;
  hub = await startHubProcess(data.path, [], env);
  bearer = (await signInDesktop(hub, EMAIL, undefined, PASSWORD)).tokens.access_token;
  const created = await ask('POST', '/v1/orgs/acme/policies', { name: 'Killed', document: document(1024) });
  policyId = policySchema.parse(await created.json()).id;
  expect((await ask('PUT', '/v1/orgs/acme/default-policy', { policyId })).ok).toBe(true);
  keysBefore = (await keys()).length;
}, 120_000);
afterAll(async () => {
  await hub?.end('SIGKILL');
  await database?.close();
  await cluster?.stop();
  await data.remove();
});

describe('a hub that is killed', () => {
  it.each(STEPS)(
    'around $what loses nothing it acknowledged',
    async ({ act, holds, audited }) => {
      const before = await lastAudit();
      const answered = act().then(
        ({ ok }) => ok,
        () => false,
      );
      await delay(Math.random() * 12);
      await restart();
      const acknowledged = await answered;
      const held = await holds();
      if (acknowledged) expect(held).toBe(true);
      if (audited !== false) expect((await lastAudit()) !== before, 'a change and its audit line').toBe(held);
      if (held) return;
      expect((await act()).ok).toBe(true);
      await restart();
      expect(await holds()).toBe(true);
      if (audited !== false) expect(await lastAudit()).not.toBe(before);
    },
    90_000,
  );
});
