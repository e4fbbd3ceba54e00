import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { type SimulationRequest, simulationRequestSchema } from '../../shared/contracts/hub-simulation.ts';
import { databaseForFile } from '../database/test-database.ts';
import { addMember } from '../organizations/member-service.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { endOverride, grantOverride, setExceptions } from '../overrides/override-service.ts';
import { assignPolicy, setDefaultPolicy } from '../policies/assignment-service.ts';
import { listPolicies } from '../policies/policy-list.ts';
import { createPolicy } from '../policies/policy-service.ts';
import { acceptReport } from '../reports/report-service.ts';
import { sampleReport } from '../reports/test-report.ts';
import { createTeam, setTeamMember } from '../teams/team-service.ts';
import { simulate } from './simulate.ts';

const database = databaseForFile();
let organizationId: string;
let defaultId: string;
let teamId: string;
const users: string[] = [];
const context = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };

beforeAll(async () => {
  const { db } = database;
  organizationId = (await createOrganization(db, context, { name: 'acme', displayName: 'Acme' })).id;
  for (const name of ['ada', 'bob', 'cyd', 'dan']) {
    const where = { organizationId, publicUrl: 'http://127.0.0.1' };
    const added = await addMember(db, context, where, {
      email: `${name}@acme.example`,
      name,
      role: 'member',
    });
    users.push(added.member.userId);
  }
  const policy = async (name: string, document: Record<string, object>) =>
    (
      await createPolicy(db, context, organizationId, {
        name,
        description: '',
        document,
        reason: '',
      } as never)
    ).id;
  defaultId = await policy('Default', {
    memoryMiB: { locked: false, value: 2048 },
    analyticsEnabled: { locked: true, value: false },
  });
  const own = await policy('Own', { memoryMiB: { locked: true, value: 512 } });
  await setDefaultPolicy(db, context, organizationId, defaultId);
  await assignPolicy(db, context, organizationId, { userId: users[3] ?? '', policyId: own });
  teamId = (await createTeam(db, context, organizationId, { name: 'Front', description: '' })).id;
  for (const userId of [users[0] ?? '', users[3] ?? '']) {
    await setTeamMember(db, context, organizationId, { teamId, userId, present: true });
  }
  const report = (index: number, change: Parameters<typeof sampleReport>[0]) =>
    acceptReport(
      db,
      context,
      { organizationId, userId: users[index] ?? '', email: 'x' },
      sampleReport(change),
    );
  const setting = (id: string, source: 'configuration-profile' | 'organization-policy') => ({
    ...{ id, source, locked: true },
    outcome: 'enforced' as const,
  });
  await report(0, { deviceName: 'chose', choices: ['memoryMiB'] });
  await report(1, {
    deviceName: 'profiled',
    platform: 'mac',
    settings: [setting('memoryMiB', 'configuration-profile')],
  });
  await report(3, { deviceName: 'old', catalogVersion: '0.0.0-old', frozen: 'policy_stale', settings: [] });
});

const run = (request: Partial<SimulationRequest>) =>
  simulate(database.db, organizationId, simulationRequestSchema.parse(request));
const draft = { memoryMiB: { locked: true, value: 4096 }, analyticsEnabled: { locked: true, value: false } };

it('tells which devices change, from what to what, and what stands in the way', async () => {
  const simulation = await run({ policyId: defaultId, document: draft });
  expect(simulation.totals).toEqual({
    members: 3,
    devices: 2,
    membersChanged: 2,
    devicesChanged: 1,
    choicesOverridden: 1,
    devicesHindered: 1,
  });
  expect(simulation.settings).toEqual([{ setting: 'memoryMiB', count: 2 }]);
  const source = 'organization-policy';
  expect(simulation.devices).toMatchObject([
    {
      device: { name: 'chose', platform: 'linux' },
      // The value that the user chose is the user's business.
      changes: [
        {
          setting: 'memoryMiB',
          from: { locked: false, source: 'user' },
          to: { value: 4096, locked: true, source },
        },
      ],
      overriddenChoices: ['memoryMiB'],
    },
    { device: { name: 'profiled' }, changes: [], obstacles: [{ code: 'profile', settings: ['memoryMiB'] }] },
    {
      user: { email: 'cyd@acme.example' },
      device: null,
      changes: [{ from: { value: 2048, locked: false, source }, to: { value: 4096, locked: true, source } }],
    },
  ]);
  expect(simulation.devices[0]?.changes[0]?.from).not.toHaveProperty('value');
});

it('names on each device what does not exist on its platform', async () => {
  const windowsOnly = { ...draft, linuxVM: { wslEngineEnabled: { locked: true, value: true } } };
  const { devices } = await run({ policyId: defaultId, document: windowsOnly });
  const platform = devices.map(({ device, obstacles }) => [
    device?.platform,
    obstacles.find(({ code }) => code === 'platform')?.settings,
  ]);
  expect(platform).toEqual([
    ['linux', ['wslEngineEnabled']],
    ['mac', ['wslEngineEnabled']],
    [undefined, undefined],
  ]);
});

it('changes nothing, and says nothing where nothing changes', async () => {
  const same = await run({ policyId: defaultId });
  expect(same.totals).toMatchObject({ members: 3, membersChanged: 0, devicesChanged: 0 });
  expect(same.settings).toEqual([]);
});

it('asks for teams and single users: whom a policy of their own shields from the team’s', async () => {
  const team = await run({ document: draft, audience: { kind: 'teams', teamIds: [teamId] } });
  expect(team.devices.map(({ user }) => user.email)).toEqual(['ada@acme.example']);
  expect(team.devices[0]?.changes.at(-1)?.to.source).toBe('user-policy');
  const [, , , dan = ''] = users;
  const single = await run({ document: draft, audience: { kind: 'users', userIds: [dan] } });
  expect(single.devices[0]?.changes).toMatchObject(
    [
      { setting: 'analyticsEnabled', from: { source: 'default' } },
      { setting: 'memoryMiB', from: { value: 512 }, to: { value: 4096 } },
    ].sort((a, b) => (a.setting < b.setting ? -1 : 1)),
  );
  const codes = single.devices[0]?.obstacles.map(({ code }) => code);
  expect(codes).toEqual(['version', 'frozen']);
});

it('masks user-info, refuses what could not be saved, and keeps to the organization', async () => {
  const proxy = { proxy: { locked: true, mode: 'manual', http: 'http://me:secret@proxy.example:3128' } };
  const text = JSON.stringify(await run({ document: proxy }));
  expect(text).toContain('proxy.example');
  expect(text).not.toContain('secret');
  await expect(run({ text: '{"memoryMiB": {"locked": true, "value": "much"}}' })).rejects.toMatchObject({
    refusal: { code: 'invalid_value' },
  });
  const other = await createOrganization(database.db, context, { name: 'globex', displayName: 'G' });
  const foreign = simulationRequestSchema.parse({ policyId: defaultId });
  await expect(simulate(database.db, other.id, foreign)).rejects.toMatchObject({
    refusal: { code: 'not_found' },
  });
  const theirs = simulationRequestSchema.parse({
    document: draft,
    audience: { kind: 'users', userIds: users },
  });
  expect((await simulate(database.db, other.id, theirs)).totals.members).toBe(0);
});

it('counts all and tells as many as were asked for', async () => {
  const simulation = await run({ policyId: defaultId, document: draft, limit: 1 });
  expect(simulation.devices).toHaveLength(1);
  expect(simulation).toMatchObject({ next: expect.any(String), totals: { members: 3 } });
});

it('turns the pages of what it found, in each order and both ways, and searches it', async () => {
  const ask = (more: object) => run({ policyId: defaultId, document: draft, ...more });
  const told = ({ devices }: Awaited<ReturnType<typeof ask>>) =>
    devices.map(({ user, device }) => `${user.email} ${device?.name}`);
  const whole = told(await ask({}));
  expect(whole).toHaveLength(3);
  for (const sort of ['user', '-user', 'device', '-device', 'changes', '-changes']) {
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const more: object = cursor === '' ? {} : { cursor };
      const page: Awaited<ReturnType<typeof ask>> = await ask({ sort, limit: 2, ...more });
      expect([sort, page.total]).toEqual([sort, 3]);
      paged.push(...told(page));
      cursor = page.next;
    }
    expect([sort, paged]).toEqual([sort, told(await ask({ sort }))]);
    expect([sort, paged.toSorted()]).toEqual([sort, whole.toSorted()]);
  }
  expect(told(await ask({ sort: '-user' }))).toEqual(whole.toReversed());
  expect(await ask({ search: 'PROFIL' })).toMatchObject({
    total: 1,
    devices: [{ device: { name: 'profiled' } }],
  });
  expect(await ask({ search: '%' })).toMatchObject({ total: 0, devices: [], totals: { members: 3 } });
  await expect(ask({ cursor: 'x' })).rejects.toMatchObject({ refusal: { code: 'bad_request' } });
});

it('leaves an override that goes on in force, and starts from its value where it ends', async () => {
  const { db } = database;
  const [, , , dan = ''] = users;
  const own = (await listPolicies(db, organizationId)).find(({ name }) => name === 'Own')?.id ?? '';
  await db
    .transaction()
    .execute((trx) =>
      setExceptions(trx, context, { organizationId, policyId: own }, [
        { setting: 'memoryMiB', maxSeconds: 600 },
      ]),
    );
  const wanted = { setting: 'memoryMiB', value: 1024, seconds: 600, reason: 'A large build' };
  const who = { organizationId, userId: dan, email: 'dan@acme.example' };
  const { override } = await grantOverride(db, context, who, { ...wanted, deviceId: randomUUID() });
  const dans = async (request: Partial<SimulationRequest>) => (await run(request)).devices[0];
  const locked = { memoryMiB: { locked: true, value: 4096 } };
  // The same policy: what it locks stays overridden, and changes afterwards.
  const goesOn = await dans({ policyId: own, document: locked });
  expect(goesOn?.changes).toEqual([]);
  expect(goesOn?.obstacles.find(({ code }) => code === 'override')?.settings).toEqual(['memoryMiB']);
  // It leaves the value to the user, or another policy comes: the override ends.
  const free = { memoryMiB: { locked: false, value: 4096 } };
  const single = { kind: 'users' as const, userIds: [dan] };
  for (const request of [
    { policyId: own, document: free },
    { document: locked, audience: single },
  ]) {
    const ends = await dans(request);
    const change = ends?.changes.find(({ setting }) => setting === 'memoryMiB');
    expect(change).toMatchObject({ from: { value: 1024 }, to: { value: 4096 } });
    expect(ends?.obstacles.map(({ code }) => code)).not.toContain('override');
  }
  await endOverride(db, context, { organizationId, id: override.id });
  expect((await dans({ policyId: own, document: locked }))?.changes).toMatchObject([
    { from: { value: 512 }, to: { value: 4096 } },
  ]);
});
