import { readFile, writeFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endDueOverrides } from '../src/hub/overrides/override-service.ts';
import { listDevices } from '../src/hub/reports/device-service.ts';
import { deleteOldReports } from '../src/hub/reports/retention.ts';
import { policySchema } from '../src/shared/contracts/hub-api.ts';
import {
  type Device,
  deviceDetailSchema,
  deviceDriftSchema,
  deviceListSchema,
} from '../src/shared/contracts/hub-devices.ts';
import { organizationOverridesSchema } from '../src/shared/contracts/hub-rollouts.ts';
import { simulationSchema } from '../src/shared/contracts/hub-simulation.ts';
import { overridesAnswerSchema, settingsAnswerSchema } from '../src/shared/contracts/local-api.ts';
import { type Machine, makeMachine, type RunningAgent } from './agent-at-hub.ts';
import { type RealHub, startRealHub } from './real-hub.ts';

/*
 * The whole agent at the hub itself: what a device does, and what an administrator sees of it.
 */
const DAY = 86_400_000;
const LIGHT = {
  configurationFileVersion: 2,
  theme: { locked: true, value: 'light' },
  analyticsEnabled: { locked: true, value: false },
  proxy: {
    locked: true,
    mode: 'manual',
    http: 'http://proxy.acme.example:3128',
    exclude: ['localhost', 'ünï.example'],
  },
  engineInsecureRegistries: { locked: true, value: ['registry.lan:5000'] },
  memoryMiB: { locked: false, value: 4096 },
};
const DARK = { ...LIGHT, theme: { locked: true, value: 'dark' } };

let hub: RealHub;
let machine: Machine;
let agent: RunningAgent;
let policyId: string;

beforeAll(async () => {
  hub = await startRealHub();
  const made = await hub.owner('POST', '/policies', { name: 'Everyone', document: LIGHT });
  policyId = policySchema.parse(made.body).id;
  await hub.owner('PUT', '/default-policy', { policyId });
});
afterAll(() => hub?.stop());
beforeEach(async () => {
  await sql`delete from devices`.execute(hub.db);
  await sql`delete from overrides`.execute(hub.db);
  await sql`delete from domains`.execute(hub.db);
  await save(LIGHT);
  machine = await makeMachine();
  agent = await machine.launch();
  await hub.signIn(agent, hub.ada);
  expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
});
afterEach(async () => {
  await machine.end();
  expect(machine.time.waiting()).toBe(0);
});

/** The policy gets another document; the running agent hears of it by itself. */
async function save(document: object): Promise<void> {
  const saved = await hub.owner('PATCH', `/policies/${policyId}`, { document });
  expect(saved.status).toBe(200);
}

async function devices(query = ''): Promise<readonly Device[]> {
  return deviceListSchema.parse((await hub.owner('GET', `/devices${query}`)).body).devices;
}

/** What the hub says of ada's device. */
async function adas(): Promise<Device | undefined> {
  return (await devices()).find(({ user }) => user.email === hub.ada.email);
}

/** Time goes on for the device until the hub sees it so. */
async function seenAs(expected: Partial<Device>): Promise<Device> {
  let last: Device | undefined;
  await expect
    .poll(
      async () => {
        machine.time.advance(1_000);
        last = await adas();
        return last;
      },
      { timeout: 10_000 },
    )
    .toMatchObject(expected);
  if (last === undefined) throw new Error('no device');
  return last;
}

const requestOverride = (body: Record<string, unknown> = {}) =>
  agent.ask('POST', '/v1/overrides', {
    ...{ setting: 'theme', value: 'dark', seconds: 600, reason: 'A dark room', ...body },
  });
const allow = (exceptions: readonly object[]) =>
  hub.owner('PUT', `/policies/${policyId}/exceptions`, { exceptions });
async function overrides(query = '') {
  const answer = await hub.owner('GET', `/overrides${query}`);
  return organizationOverridesSchema.parse(answer.body).overrides;
}
/** The audit log of before is no test's business. */
let heardUpTo = 0;
async function audited(): Promise<readonly string[]> {
  const { rows } = await sql<{ what: string }>`
    select concat_ws(' ', action, after ->> 'because') as what from audit_events
     where action like 'override.%' and id > ${heardUpTo} order by id`.execute(hub.db);
  return rows.map(({ what }) => what);
}

describe('the status of a device', () => {
  it('is compliant when the hub computes the hash that the device reports, outdated while it is away', async () => {
    expect((await devices()).map(({ user, status }) => [user.email, status])).toContainEqual([
      hub.bob.email,
      'unknown',
    ]);
    const seen = await seenAs({ status: 'compliant' });
    expect(seen).toMatchObject({
      platform: 'linux',
      agentVersion: '1.2.3',
      expected: { id: policyId },
      applied: { policyId, revision: seen.expected?.revision },
      settings: 'global',
      domain: 'domainless',
      whatToDo: 'Nothing.',
    });
    await agent.stop();
    await save(DARK);
    expect(await adas()).toMatchObject({ status: 'outdated' });
    const weekLater = new Date(Date.now() + 8 * DAY);
    const later = await listDevices(hub.db, hub.acme.id, weekLater, { limit: 10, search: 'ada' });
    expect(later.devices).toMatchObject([{ status: 'unknown' }]);
    agent = await machine.launch();
    await seenAs({ status: 'compliant' });
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
  });

  it('is compliant where a profile overrides a part, which is left out on both sides', async () => {
    await machine.write('etc/mooring/policy.json', {
      settings: { theme: { locked: true, value: 'system' } },
    });
    await agent.sync();
    expect(await agent.store()).toMatchObject({ ThemeSource: 'system' });
    const { id } = await seenAs({ status: 'compliant' });
    await expect
      .poll(async () => {
        machine.time.advance(1_000);
        return (await hub.owner('GET', `/devices/${id}`)).body;
      })
      .toMatchObject({ report: { profileOverrides: ['theme'] }, status: 'compliant' });
  });

  it('is told by a device whose profile could never be read, although it follows no organization', async () => {
    const other = await makeMachine();
    try {
      await other.write('etc/mooring/policy.json', '{ "allowedOrgs": ["ac');
      const walled = await other.launch();
      await hub.signIn(walled, hub.bob);
      expect((await walled.status()).account.account?.organization).toBe(null);
      let bobs: Device | undefined;
      await expect
        .poll(async () => {
          other.time.advance(1_000);
          [bobs] = await devices('?search=bob');
          return bobs;
        })
        .toMatchObject({ status: 'non_compliant', frozen: expect.any(String) });
      expect(bobs?.whatToDo).toContain('frozen: mend the policy source');
      const { body } = await hub.owner('GET', `/devices/${bobs?.id}`);
      expect(deviceDetailSchema.parse(body).report.problems).toContainEqual(
        expect.objectContaining({ source: 'configuration-profile', severity: 'error' }),
      );
      // Mended, it follows again and its report says so.
      await other.write('etc/mooring/policy.json', { allowedOrgs: ['acme'] });
      await walled.sync();
      await expect
        .poll(async () => {
          other.time.advance(1_000);
          return (await devices('?search=bob'))[0]?.status;
        })
        .toBe('compliant');
    } finally {
      await other.end();
    }
  });

  it('says first what belongs to the member: no policy, or a domain that is not the organization’s', async () => {
    await seenAs({ status: 'compliant' });
    await sql`insert into domains (organization_id, name, challenge, verified_at)
      values (${hub.acme.id}, 'elsewhere.example', 'x', now())`.execute(hub.db);
    expect(await adas()).toMatchObject({ status: 'uncontrolled_domain', domain: 'guest' });
    await hub.owner('PUT', '/default-policy', { policyId: null });
    await seenAs({ status: 'no_policy', settings: 'none' });
    // The hub's caches follow a change a moment later.
    const synced = async () => {
      await agent.sync();
      return agent.setting('theme');
    };
    await expect.poll(synced).toMatchObject({ locked: false, managedBy: null });
    await hub.owner('PUT', '/default-policy', { policyId });
  });
});

describe('drift', () => {
  it('is repaired, and reaches the administrator: values of locked settings, none that the user chose', async () => {
    await agent.ask('PATCH', '/v1/settings', { set: { memoryMiB: 7777 } });
    const { id } = await seenAs({ status: 'compliant' });
    const store = await agent.store();
    const edited = { ...store, ThemeSource: 'dark', MemoryMiB: 'nobody’s business' };
    await writeFile(agent.agent.paths.store, JSON.stringify(edited));
    await agent.sync();
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light', MemoryMiB: 7777 });
    let drift: unknown[] = [];
    await expect
      .poll(async () => {
        machine.time.advance(1_000);
        const answer = await hub.owner('GET', `/devices/${id}/drift`);
        drift = deviceDriftSchema.parse(answer.body).drift;
        return drift.length;
      })
      .toBe(2);
    expect(drift).toContainEqual(
      expect.objectContaining({ kind: 'value', setting: 'theme', wrong: 'dark', right: 'light' }),
    );
    expect(JSON.stringify(drift)).not.toContain('business');
    const [begun, ...entered] = (await readFile(agent.agent.paths.drift, 'utf8')).trim().split('\n');
    expect(JSON.parse(begun ?? '')).toMatchObject({ begun: [{ kind: 'value' }, { kind: 'invalid_value' }] });
    expect(entered).toHaveLength(2);
    expect(JSON.stringify((await hub.owner('GET', `/devices/${id}`)).body)).not.toContain('7777');
  });
});

describe('an override', () => {
  beforeEach(async () => {
    await seenAs({ status: 'compliant' });
    const { rows } = await sql<{
      last: number;
    }>`select coalesce(max(id), 0) as last from audit_events`.execute(hub.db);
    heardUpTo = rows[0]?.last ?? 0;
  });
  afterEach(() => allow([]));

  it('is refused with the hub’s own words where the policy makes no exception, before and at the hub', async () => {
    expect(await requestOverride()).toMatchObject({
      status: 403,
      body: { error: { code: 'override_not_allowed' } },
    });
    // The hub has taken the exception away, and the device does not know it yet.
    await allow([{ setting: 'theme', maxSeconds: 3600 }]);
    await agent.sync();
    await agent.stop();
    await allow([]);
    agent = await machine.launch({ schedule: false });
    expect(await requestOverride()).toMatchObject({
      status: 403,
      body: { error: { code: 'override_not_allowed', message: expect.stringMatching(/“?"?theme/) } },
    });
    expect(await audited()).toEqual(['override.refuse', 'override.refuse']);
  });

  it('is requested, granted, used, and revoked by an owner; the value returns by itself', async () => {
    await allow([{ setting: 'theme', maxSeconds: 3600 }]);
    await agent.sync();
    expect(await agent.ask('GET', '/v1/overrides')).toMatchObject({
      body: { overrides: [], exceptions: [{ setting: 'theme', maxSeconds: 3600 }] },
    });
    const granted = await requestOverride();
    expect(overridesAnswerSchema.parse(granted.body).overrides).toMatchObject([
      { setting: 'theme', value: 'dark', returnsTo: 'light' },
    ]);
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
    expect((await seenAs({ status: 'exception' })).whatToDo).toMatch(/override/);
    const [one] = await overrides('?active=true');
    expect(one).toMatchObject({
      ...{ email: hub.ada.email, setting: 'theme', value: 'dark', reason: 'A dark room' },
      ...{ usedAt: expect.any(String), endedAt: null },
    });
    expect((await hub.owner('DELETE', `/overrides/${one?.id}`)).status).toBe(204);
    // Nobody asks the device to fetch: the hub says that something changed.
    await expect
      .poll(() => {
        machine.time.advance(1_000);
        return agent.store();
      })
      .toMatchObject({ ThemeSource: 'light' });
    await seenAs({ status: 'compliant' });
    expect(await overrides()).toMatchObject([{ endedBecause: 'revoked' }]);
    expect(await audited()).toEqual([
      ...['override.request', 'override.grant', 'override.use', 'override.end revoked'],
    ]);
  });

  it('is given up by its user, and ends when the policy allows it no more', async () => {
    await allow([{ setting: 'theme', maxSeconds: 3600 }]);
    await agent.sync();
    await requestOverride();
    expect(await agent.ask('POST', '/v1/overrides/end', { setting: 'theme' })).toMatchObject({
      status: 200,
      body: { overrides: [] },
    });
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
    await requestOverride({ reason: 'Again' });
    expect(await agent.store()).toMatchObject({ ThemeSource: 'dark' });
    await allow([]);
    await expect
      .poll(() => {
        machine.time.advance(1_000);
        return agent.store();
      })
      .toMatchObject({ ThemeSource: 'light' });
    expect((await overrides()).map(({ endedBecause }) => endedBecause)).toEqual(['withdrawn', 'user']);
  });

  it('ends by its time on both sides, each by its own clock', async () => {
    await allow([{ setting: 'theme', maxSeconds: 3600 }]);
    await agent.sync();
    await requestOverride();
    await seenAs({ status: 'exception' });
    machine.time.advance(601_000);
    await expect.poll(() => agent.store()).toMatchObject({ ThemeSource: 'light' });
    // The device is early by the hub's clock; it is no exception any more, for it says so.
    await seenAs({ status: 'compliant' });
    expect(await endDueOverrides(hub.db, new Date(Date.now() + 601_000))).toBe(1);
    await agent.sync();
    await seenAs({ status: 'compliant' });
    expect((await overrides())[0]).toMatchObject({ endedBecause: 'time' });
  });
});

describe('the list of devices', () => {
  it('is searched, filtered, named, forgotten, tidied, and exported without formulas', async () => {
    const { id } = await seenAs({ status: 'compliant' });
    expect(await devices('?search=ADA&status=compliant&platform=linux')).toHaveLength(1);
    expect(await devices('?search=%25')).toEqual([]);
    expect(await devices('?platform=windows')).toEqual([]);
    expect((await devices('?status=unknown')).map(({ user }) => user.email)).toEqual([hub.bob.email]);
    expect((await hub.owner('PATCH', `/devices/${id}`, { name: '=HYPERLINK("http://evil")' })).status).toBe(
      200,
    );
    const csv = await hub.ownerText('/devices/export');
    expect(csv).toContain(`'=HYPERLINK`);
    expect(csv).not.toMatch(/(^|[,;\n\r"])[=+@-]HYPERLINK/);
    expect(await hub.ownerText('/devices/export?status=outdated')).not.toContain('HYPERLINK');
    expect((await hub.owner('PATCH', `/devices/${id}`, { name: 'Ada’s desk' })).status).toBe(200);
    await save(DARK);
    expect(await seenAs({ status: 'compliant' })).toMatchObject({ name: 'Ada’s desk' });
    expect((await hub.owner('DELETE', `/devices/${id}`)).status).toBe(204);
    expect(await adas()).toMatchObject({ id: null, status: 'unknown' });
    await save(LIGHT);
    const again = await seenAs({ status: 'compliant' });
    expect(again.name).not.toBe('Ada’s desk');
    const { body } = await hub.owner('GET', '/report-settings');
    expect(body).toMatchObject({ retentionDays: expect.any(Number) });
    const settings = { unknownAfterDays: 7, retentionDays: 30 };
    expect((await hub.owner('PUT', '/report-settings', settings)).status).toBe(200);
    await deleteOldReports(hub.db, new Date(Date.now() + 29 * DAY));
    expect((await adas())?.id).toBe(again.id);
    await deleteOldReports(hub.db, new Date(Date.now() + 31 * DAY));
    expect((await adas())?.id).toBe(null);
  });
});

describe('a simulation', () => {
  const simulate = async (document: object) =>
    simulationSchema.parse((await hub.owner('POST', '/policies/simulate', { policyId, document })).body);

  it('says what the device then does: which settings change, which choices it overrides, what holds it up', async () => {
    await machine.write('etc/mooring/policy.json', {
      settings: { analyticsEnabled: { locked: true, value: true } },
    });
    await machine.write('usr/share/mooring-desktop/admin-settings.json', {
      configurationFileVersion: 2,
      kubernetes: { locked: true, enabled: true },
    });
    await agent.sync();
    await agent.ask('PATCH', '/v1/settings', { set: { memoryMiB: 7777, swapMiB: 3333 } });
    // The report that tells of the choices.
    await expect
      .poll(async () => {
        machine.time.advance(1_000);
        const device = await adas();
        const one = device?.id == null ? null : (await hub.owner('GET', `/devices/${device.id}`)).body;
        return JSON.stringify(one);
      })
      .toMatch(/"choices":\["memoryMiB","swapMiB"\]/);
    const draft = {
      ...DARK,
      analyticsEnabled: { locked: true, value: true },
      memoryMiB: { locked: true, value: 2048 },
      swapMiB: { locked: false, value: 512 },
      kubernetes: { locked: true, enabled: false },
      linuxVM: { wslEngineEnabled: { locked: true, value: true } },
    };
    const foretold = (await simulate(draft)).devices.find(({ user }) => user.email === hub.ada.email);
    const before = await resolved();
    await save(draft);
    await agent.sync();
    await expect.poll(async () => (await agent.setting('theme')).value).toBe('dark');
    const after = await resolved();
    const changed = [...after].filter(([id, state]) => before.get(id) !== state).map(([id]) => id);
    expect(foretold?.changes.map(({ setting }) => setting).toSorted()).toEqual(changed.toSorted());
    for (const { setting, from, to } of foretold?.changes ?? []) {
      // What the person chose, and what a local file says, is known to the device alone.
      for (const [state, really] of [
        [from, before.get(setting)],
        [to, after.get(setting)],
      ] as const) {
        expect(JSON.parse(really ?? 'null')).toMatchObject(state);
      }
    }
    expect(foretold?.overriddenChoices).toEqual(['memoryMiB']);
    expect(foretold?.obstacles.map(({ code, settings }) => [code, settings])).toEqual([
      ['platform', ['wslEngineEnabled']],
      ['profile', ['analyticsEnabled']],
    ]);
    expect((await agent.setting('memoryMiB')).choice).toBe(7777);
  });

  it('comes true for draft after draft: locks that go, what stands beneath them, groups, and an empty policy', async () => {
    await machine.write('usr/share/mooring-desktop/admin-settings.json', {
      configurationFileVersion: 2,
      theme: { locked: true, value: 'system' },
      analyticsEnabled: { locked: false, value: true },
      kubernetes: { locked: true, enabled: true },
    });
    await agent.ask('PATCH', '/v1/settings', { set: { memoryMiB: 7777, swapMiB: 3333 } });
    await agent.sync();
    const { theme: _theme, analyticsEnabled: _analytics, ...rest } = LIGHT;
    const drafts: readonly object[] = [
      // Beneath the hub's locks the local file has a lock, and a suggestion.
      rest,
      // A lock over a choice, a suggestion beside it.
      { ...LIGHT, memoryMiB: { locked: true, value: 2048 }, swapMiB: { locked: false, value: 512 } },
      // The lock goes, and the choice comes back; the local file's group goes beneath one of the hub.
      { ...LIGHT, memoryMiB: { locked: false, value: 1024 }, kubernetes: { locked: false, enabled: false } },
      // A group of one member, and a list.
      {
        proxy: { locked: true, mode: 'system' },
        filesharingAllowedDirectories: [{ path: '/home', sharedByDefault: true }],
      },
      {},
      DARK,
    ];
    for (const draft of drafts) {
      await told();
      const foretold = (await simulate(draft)).devices.find(({ user }) => user.email === hub.ada.email);
      const before = await resolved();
      const seqBefore = (await agent.status()).policy?.seq;
      await save(draft);
      // The hub that is asked hears of the change a moment after it was saved.
      await expect
        .poll(async () => {
          await agent.sync();
          return (await agent.status()).policy?.seq;
        })
        .not.toBe(seqBefore);
      const after = await resolved();
      const changed = [...after].filter(([id, state]) => before.get(id) !== state).map(([id]) => id);
      expect(changed.length).toBeGreaterThan(0);
      const names = (foretold?.changes ?? []).map(({ setting }) => setting);
      expect([draft, names.toSorted()]).toEqual([draft, changed.toSorted()]);
      for (const { setting, from, to } of foretold?.changes ?? []) {
        expect(JSON.parse(before.get(setting) ?? 'null')).toMatchObject(from);
        expect([draft, JSON.parse(after.get(setting) ?? 'null')]).toMatchObject([draft, to]);
      }
    }
  });

  /** The last report is of the policy that is applied, and of what was chosen. */
  async function told(): Promise<void> {
    const { seq } = (await agent.status()).policy ?? {};
    await expect
      .poll(async () => {
        machine.time.advance(1_000);
        const device = await adas();
        if (device?.id == null || device.applied?.seq !== seq) return [];
        return deviceDetailSchema.parse((await hub.owner('GET', `/devices/${device.id}`)).body).report
          .choices;
      })
      .toEqual(['memoryMiB', 'swapMiB']);
  }

  /** Each setting as the device itself says. */
  async function resolved(): Promise<Map<string, string>> {
    const answer = await agent.ask('GET', '/v1/settings');
    const { settings } = settingsAnswerSchema.parse(answer.body);
    return new Map(
      settings.map(({ id, value, locked, source }) => [id, JSON.stringify({ value, locked, source })]),
    );
  }
});
