import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentErrorSchema, overrideAnswerSchema } from '../../shared/contracts/agent-api.ts';
import type { AgentReportBody } from '../../shared/contracts/device-report.ts';
import type { Device } from '../../shared/contracts/hub-devices.ts';
import { managedInForce, managedPairs } from '../../shared/policy/managed-hash.ts';
import { withOverrides } from '../../shared/policy/overrides.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { resolve } from '../../shared/policy/resolve.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { systemClock } from '../clock.ts';
import {
  createAccount,
  createTestOrganization,
  hubForFile,
  OPERATOR,
  signInDesktop,
  type TestAccount,
} from '../identity/test-hub.ts';
import { createLogger } from '../logging.ts';
import { joinOrganization, removeMember } from '../organizations/member-service.ts';
import { changeExceptions } from '../overrides/exceptions.ts';
import { endDueOverrides, endOverride } from '../overrides/override-service.ts';
import { setDefaultPolicy } from '../policies/assignment-service.ts';
import { deletePolicy } from '../policies/deleted-policies.ts';
import { createPolicy, updatePolicy } from '../policies/policy-service.ts';
import { readReceived } from '../policies/received.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { countDay, readTrend } from './compliance-days.ts';
import { exportDevices } from './device-export.ts';
import { forgetDevice, listDevices, listDrift, nameDevice, readDevice } from './device-service.ts';
import { hashOf } from './judge-hash.ts';
import { acceptReport } from './report-service.ts';
import { changeReportSettings } from './report-settings.ts';
import { deleteOldReports, keepReportsTidy } from './retention.ts';
import { sampleReport } from './test-report.ts';

const { database, hub } = hubForFile();
let ada: TestAccount;
let bob: TestAccount;
let acme: { readonly id: string; readonly name: string };
let globex: { readonly id: string; readonly name: string };
let policyId: string;
let token: string;
let bobToken: string;

const DESK = '11111111-1111-4111-8111-111111111111';
const LAPTOP = '33333333-3333-4333-8333-333333333333';
const document = (memory: number) => ({
  configurationFileVersion: 2,
  memoryMiB: { locked: true, value: memory },
  analyticsEnabled: { locked: true, value: false },
});

beforeAll(async () => {
  ada = await createAccount(database, 'ada@acme.example');
  bob = await createAccount(database, 'bob@acme.example');
  acme = await createTestOrganization(database, 'acme', [ada]);
  globex = await createTestOrganization(database, 'globex', [bob]);
  const wanted = { name: 'Standard', description: '', document: document(2048), reason: '' };
  policyId = (await createPolicy(database.db, OPERATOR, acme.id, wanted)).id;
  await setDefaultPolicy(database.db, OPERATOR, acme.id, policyId);
  token = (await signInDesktop(hub, ada.email)).tokens.access_token;
  bobToken = (await signInDesktop(hub, bob.email)).tokens.access_token;
});
beforeEach(async () => {
  await sql`delete from devices`.execute(database.db);
  await sql`delete from overrides`.execute(database.db);
  await sql`delete from domains`.execute(database.db);
});

const save = (memory: number) =>
  updatePolicy(
    database.db,
    OPERATOR,
    { organizationId: acme.id, policyId, version: null },
    { document: document(memory), reason: '' },
  );

async function send(
  body: unknown,
  options: { bearer?: string; org?: string; path?: string; method?: string } = {},
) {
  const { bearer = token, org = 'acme', path = 'reports', method = 'POST' } = options;
  return fetch(`${hub.url}/v1/agent/${path}?org=${org}`, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** What an agent would report after it applied what it received; its hash is made on the device's side. */
async function applied(change: Partial<AgentReportBody> = {}, withOverride = true): Promise<AgentReportBody> {
  const received = await readReceived(database.db, { organizationId: acme.id, userId: ada.id });
  if (received?.policy == null) throw new Error('no policy');
  const overrides = withOverride ? received.overrides : [];
  const layer = withOverrides(
    readDocument(received.document, 'organization-policy', desktopCatalog),
    overrides,
    desktopCatalog,
  );
  const resolution = resolve({ catalog: desktopCatalog, platform: 'linux', layers: [layer] });
  const { id, revision } = received.policy;
  const at = new Date().toISOString();
  return sampleReport({
    policy: { id, revision, seq: received.seq, fetchedAt: at, appliedAt: at },
    fetchedSeq: received.seq,
    managedHash: hashOf(managedInForce(resolution, layer).pairs),
    overrides: overrides.map((each) => each.id),
    settings: [{ id: 'memoryMiB', source: 'organization-policy', locked: true, outcome: 'enforced' }],
    ...change,
  });
}

const list = (query: Record<string, unknown> = {}) =>
  listDevices(database.db, acme.id, new Date(), { limit: 100, ...query });
async function only(): Promise<Device> {
  const { devices } = await list();
  const device = devices[0];
  if (device === undefined || devices.length !== 1) throw new Error(`${devices.length} devices`);
  return device;
}

describe('the list', () => {
  it('sorts, pages without loss in every order, and hides what needs nobody', async () => {
    for (const deviceId of ['a', 'b', 'c'].map((each) => `${each}1111111-1111-4111-8111-111111111111`))
      await send(
        await applied({
          deviceId,
          deviceName: `Desk ${deviceId[0]}`,
          platform: 'linux',
          reportId: randomUUID(),
        }),
      );
    await send(
      await applied({ deviceId: 'd1111111-1111-4111-8111-111111111111', managedHash: 'b'.repeat(64) }),
    );
    for (const sort of [
      'user',
      'device',
      '-device',
      'status',
      '-status',
      'policy',
      'platform',
      'agent',
      'fetched',
      '-reported',
    ]) {
      const seen: (string | null)[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await list({ sort, cursor, limit: 1 });
        seen.push(...page.devices.map(({ id }) => id));
        if (page.next === null) break;
        cursor = page.next;
      }
      expect([sort, seen.length, new Set(seen).size]).toEqual([sort, 4, 4]);
    }
    const byName = await list({ sort: '-device', limit: 4 });
    expect(byName.devices.map(({ name }) => name)).toEqual(
      ['Desk c', 'Desk b', 'Desk a', 'desk'].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? 1 : -1)),
    );
    const open = await list({ hideCompliant: true });
    expect(open).toMatchObject({ total: 1, devices: [{ status: 'non_compliant' }] });
    expect(open.statuses.compliant).toBe(3);
    const forged = Buffer.from(JSON.stringify(['x', 'y', 'z'])).toString('base64url');
    await expect(list({ cursor: forged })).rejects.toThrow('cursor');
  });

  it('keeps the days for the trend, one count each, however often it counts, and today by now', async () => {
    const day = (offset: number) => new Date(Date.parse('2026-03-10T12:00:00Z') + offset * 86_400_000);
    await send(await applied());
    await countDay(database.db, day(-2));
    await countDay(database.db, day(-2));
    await sql`delete from devices`.execute(database.db);
    await countDay(database.db, day(-1));
    const { days } = await readTrend(database.db, acme.id, day(0), 30);
    expect(days.map((each) => each.day)).toEqual(['2026-03-08', '2026-03-09', '2026-03-10']);
    expect(days.map(({ statuses }) => Object.values(statuses).reduce((sum, n) => sum + n, 0))).toEqual([
      1, 1, 1,
    ]);
    expect(days.at(-1)?.statuses.unknown).toBe(1);
    expect((await readTrend(database.db, acme.id, day(0), 2)).days).toHaveLength(2);
    await countDay(database.db, day(401));
    expect((await readTrend(database.db, acme.id, day(0), 366)).days).toHaveLength(1);
  });
});

describe('the status of a device', () => {
  it('is unknown before it reports, compliant when the hashes agree, unknown again after a week', async () => {
    expect(await only()).toMatchObject({
      id: null,
      status: 'unknown',
      domain: 'domainless',
      settings: 'global',
    });
    const answer = await send(await applied());
    expect([answer.status, await answer.json()]).toEqual([200, { accepted: true, nextSeconds: 86_400 }]);
    expect(await only()).toMatchObject({
      status: 'compliant',
      name: 'desk',
      platform: 'linux',
      whatToDo: 'Nothing.',
    });
    const within = await listDevices(database.db, acme.id, new Date(Date.now() + 7 * 86_400_000 - 60_000), {
      limit: 10,
    });
    expect(within.devices[0]?.status).toBe('compliant');
    const later = await listDevices(database.db, acme.id, new Date(Date.now() + 7 * 86_400_000 + 60_000), {
      limit: 10,
    });
    expect(later.devices[0]?.status).toBe('unknown');
    await changeReportSettings(database.db, OPERATOR, acme.id, { unknownAfterDays: 30, retentionDays: 60 });
    const patient = await listDevices(database.db, acme.id, new Date(Date.now() + 8 * 86_400_000), {
      limit: 10,
    });
    expect(patient.devices[0]?.status).toBe('compliant');
  });

  it('is outdated with an earlier revision, non-compliant with a wrong hash or a bundle that was not applied', async () => {
    await send(await applied());
    const old = await applied();
    await save(4096);
    expect((await only()).status).toBe('outdated');
    const now = await applied();
    await send({ ...old, reportId: randomUUID(), fetchedSeq: now.policy.seq });
    expect((await only()).status).toBe('non_compliant');
    await send(now);
    expect((await only()).status).toBe('compliant');
    await send(await applied({ managedHash: 'f'.repeat(64) }));
    expect((await only()).status).toBe('non_compliant');
    await send(await applied({ managedHash: null }));
    expect((await only()).status).toBe('non_compliant');
  });

  it('is non-compliant with the right revision and the right hash, as long as the device could not apply them', async () => {
    const now = await applied();
    await send({ ...now, policy: { ...now.policy, seq: null, appliedAt: null } });
    expect(await only()).toMatchObject({
      status: 'non_compliant',
      whatToDo: expect.stringContaining('No policy was applied yet'),
    });
    await send({ ...now, reportId: randomUUID() });
    expect((await only()).status).toBe('compliant');
  });

  it('says why a device refuses its policy as long as it does, whatever it reports meanwhile', async () => {
    const old = await applied();
    await save(8192);
    const at = new Date().toISOString();
    const refused = { reason: 'rolled_back', message: 'It is older.', at } as const;
    const source = 'organization-policy';
    const problem = {
      source,
      code: 'rolled_back',
      severity: 'error',
      path: '',
      message: 'It is older.',
    } as const;
    const report = (change: Partial<AgentReportBody>) => send({ ...old, reportId: randomUUID(), ...change });
    await report({ reason: 'refusal', refused, problems: [problem] });
    expect((await only()).whatToDo).toContain('(rolled_back)');
    await report({ reason: 'drift', problems: [problem] });
    expect(await only()).toMatchObject({
      refused: 'rolled_back',
      whatToDo: expect.stringContaining('(rolled_back)'),
    });
    // Refused for another reason meanwhile, and told of it late: what lasts counts.
    await report({ reason: 'refusal', refused: { ...refused, reason: 'expired' }, problems: [problem] });
    expect((await only()).refused).toBe('rolled_back');
    // A document of the policy has problems of its own, which are no refusal; nor is what was mended.
    await report({
      problems: [
        { ...problem, code: 'invalid_value' },
        { ...problem, severity: 'warning' },
      ],
    });
    expect((await only()).refused).toBe(null);
  });

  it('leaves out what a profile overrides, by name, on both sides', async () => {
    const whole = await applied();
    const layer = readDocument(
      (await readReceived(database.db, { organizationId: acme.id, userId: ada.id }))?.document,
      'organization-policy',
      desktopCatalog,
    );
    const profile = readDocument(
      { memoryMiB: { locked: true, value: 8192 } },
      'configuration-profile',
      desktopCatalog,
    );
    const resolution = resolve({ catalog: desktopCatalog, platform: 'linux', layers: [profile, layer] });
    const { pairs, overridden } = managedInForce(resolution, layer);
    expect(overridden).toEqual(['memoryMiB']);
    await send({ ...whole, managedHash: hashOf(pairs), profileOverrides: overridden });
    expect((await only()).status).toBe('compliant');
    await send({ ...whole, reportId: randomUUID(), managedHash: hashOf(pairs) });
    expect((await only()).status).toBe('non_compliant');
  });

  it('leaves out what a device of another version does not know, and of this version nothing', async () => {
    const layer = readDocument(document(2048), 'organization-policy', desktopCatalog);
    const managedHash = hashOf(managedPairs(layer, desktopCatalog, 'linux', new Set(['memoryMiB'])));
    await save(2048);
    const known = {
      id: 'analyticsEnabled',
      source: 'organization-policy',
      locked: true,
      outcome: 'enforced',
    } as const;
    await send(await applied({ catalogVersion: '0.0.9', settings: [known], managedHash }));
    expect((await only()).status).toBe('compliant');
    await send(await applied({ settings: [known], managedHash }));
    expect((await only()).status).toBe('non_compliant');
  });

  it('says what belongs to the member before what the device says', async () => {
    await send(await applied());
    const verify = (name: string) =>
      sql`insert into domains (organization_id, name, challenge, verified_at) values (${acme.id}, ${name}, 'x', now())`.execute(
        database.db,
      );
    await verify('elsewhere.example');
    expect(await only()).toMatchObject({ status: 'uncontrolled_domain', domain: 'guest' });
    await verify('acme.example');
    expect(await only()).toMatchObject({ status: 'compliant', domain: 'verified' });
    await setDefaultPolicy(database.db, OPERATOR, acme.id, null);
    expect(await only()).toMatchObject({ status: 'no_policy', settings: 'none' });
    await setDefaultPolicy(database.db, OPERATOR, acme.id, policyId);
  });

  it('is an exception while a granted override is in force, from request to end in the audit log', async () => {
    const request = {
      deviceId: DESK,
      setting: 'memoryMiB',
      value: 16_384,
      seconds: 600,
      reason: 'a large build',
    };
    const refused = await send(request, { path: 'overrides' });
    expect([refused.status, agentErrorSchema.parse(await refused.json()).error.code]).toEqual([
      403,
      'override_not_allowed',
    ]);
    const edited = { organizationId: acme.id, policyId, version: null };
    const exceptions = [{ setting: 'memoryMiB', maxSeconds: 3600 }];
    await changeExceptions(database.db, OPERATOR, edited, exceptions);
    expect((await send({ ...request, seconds: 7200 }, { path: 'overrides' })).status).toBe(403);
    expect((await send({ ...request, value: 'much' }, { path: 'overrides' })).status).toBe(422);
    expect((await send({ ...request, setting: 'memory' }, { path: 'overrides' })).status).toBe(404);
    expect((await send({ ...request, reason: ' ' }, { path: 'overrides' })).status).toBe(400);
    await send(await applied());
    const granted = await send(request, { path: 'overrides' });
    expect(granted.status).toBe(201);
    const { override, seq } = overrideAnswerSchema.parse(await granted.json());
    const received = await readReceived(database.db, { organizationId: acme.id, userId: ada.id });
    expect(received?.seq).toBe(seq);
    expect(received?.overrides).toEqual([
      { id: override.id, setting: 'memoryMiB', value: 16_384, until: override.until },
    ]);
    // Until the device fetched it, it holds the policy as it is.
    expect((await only()).status).toBe('compliant');
    await send(await applied());
    expect((await only()).status).toBe('exception');
    expect((await send({ ...request, value: 8192 }, { path: 'overrides' })).status).toBe(201);
    // A shorter time is for new ones: what was granted lasts as granted.
    const own = async () =>
      (await readReceived(database.db, { organizationId: acme.id, userId: ada.id }))?.overrides;
    const before = await own();
    await changeExceptions(database.db, OPERATOR, edited, [{ setting: 'memoryMiB', maxSeconds: 60 }]);
    expect((await send(request, { path: 'overrides' })).status).toBe(403);
    await endDueOverrides(database.db, new Date());
    expect([before?.length, await own()]).toEqual([1, before]);
    expect(await endDueOverrides(database.db, new Date(Date.now() + 700_000))).toBe(1);
    expect((await readReceived(database.db, { organizationId: acme.id, userId: ada.id }))?.overrides).toEqual(
      [],
    );
    expect((await only()).status).toBe('outdated');
    await send(await applied());
    expect((await only()).status).toBe('compliant');
    const { rows } = await sql<{ action: string; because: string | null }>`
      select action, after ->> 'because' as because from audit_events where action like 'override.%' order by id`.execute(
      database.db,
    );
    expect(rows.map(({ action, because }) => (because === null ? action : `${action} ${because}`))).toEqual([
      'override.refuse',
      'override.refuse',
      'override.refuse',
      'override.refuse',
      'override.request',
      'override.grant',
      'override.use',
      'override.request',
      'override.end replaced',
      'override.grant',
      'override.refuse',
      'override.end time',
    ]);
  });

  it('sees an override end for good when its policy goes, by whichever way', async () => {
    const { db } = database;
    const exceptions = [{ setting: 'memoryMiB', maxSeconds: 3600 }];
    const wanted = { name: 'Passing', description: '', document: document(1024), reason: '' };
    const passing = {
      organizationId: acme.id,
      policyId: (await createPolicy(db, OPERATOR, acme.id, wanted)).id,
    };
    const asOf = { ...passing, version: null };
    await changeExceptions(db, OPERATOR, asOf, exceptions);
    const received = async () => readReceived(db, { organizationId: acme.id, userId: ada.id });
    const grant = async () => {
      await setDefaultPolicy(db, OPERATOR, acme.id, passing.policyId);
      const request = { deviceId: DESK, setting: 'memoryMiB', value: 8192, seconds: 600, reason: 'A build' };
      expect((await send(request, { path: 'overrides' })).status).toBe(201);
      expect((await received())?.overrides).toHaveLength(1);
    };
    const ends = async () => {
      const { rows } = await sql<{ because: string }>`
        select after ->> 'because' as because from audit_events where action = 'override.end' and id > ${last}
         order by id`.execute(db);
      return rows.map(({ because }) => because);
    };
    const { rows } = await sql<{ id: number }>`select max(id) as id from audit_events`.execute(db);
    const last = rows[0]?.id ?? 0;
    await grant();
    await setDefaultPolicy(db, OPERATOR, acme.id, policyId);
    // The hub itself may have been first.
    await endDueOverrides(db, new Date());
    expect(await ends()).toEqual(['withdrawn']);
    await setDefaultPolicy(db, OPERATOR, acme.id, passing.policyId);
    expect((await received())?.overrides).toEqual([]);
    expect(await (await send(undefined, { path: 'overrides', method: 'GET' })).json()).toEqual({
      overrides: [],
    });
    await grant();
    await deletePolicy(db, OPERATOR, asOf);
    expect(await ends()).toEqual(['withdrawn', 'withdrawn']);
    await setDefaultPolicy(db, OPERATOR, acme.id, policyId);
  });

  it('is not brought down by what no text of a database holds, nor by nesting without an end', async () => {
    const deep = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    const drift = (wrong: unknown) => [
      { at: new Date().toISOString(), kind: 'value' as const, setting: 'memoryMiB', wrong },
    ];
    // A repair is told of all the same, without the value.
    for (const wrong of ['a\0b', 'a\ud800b', ['\udc00'], { '\ud800': 1 }]) {
      expect((await send({ ...(await applied()), drift: drift(wrong) })).status, JSON.stringify(wrong)).toBe(
        200,
      );
    }
    const { id } = await only();
    const kept = await listDrift(database.db, acme.id, id ?? '', { limit: 10 });
    expect(kept.drift.map((each) => 'wrong' in each)).toEqual([false, false, false, false]);
    const nested = await send({ ...(await applied()), drift: drift(deep(3000)) });
    expect([nested.status, await nested.text()]).toEqual([400, expect.stringContaining('nested more than')]);
    const request = { deviceId: DESK, setting: 'memoryMiB', value: 8192, seconds: 600, reason: 'A build' };
    for (const change of [
      ...[{ reason: 'a\0b' }, { reason: '\ud800' }, { setting: 'a\0' }, { setting: '\udfff' }],
      ...[{ value: ['a\0'] }, { value: '\ud800' }, { value: deep(3000) }],
    ]) {
      const answer = await send({ ...request, ...change }, { path: 'overrides' });
      expect([JSON.stringify(change).slice(0, 40), answer.status]).toEqual([expect.any(String), 400]);
    }
  });

  it('sees an override end with the membership, and the audit log says so', async () => {
    const { db } = database;
    const gil = await createAccount(database, 'gil@acme.example');
    await db.transaction().execute(async (trx) => {
      await lockOrganization(trx, acme.id);
      const joining = { organizationId: acme.id, account: gil, role: 'member', origin: 'manual' } as const;
      await joinOrganization(trx, OPERATOR, joining);
    });
    const wanted = { name: 'Leaving', description: '', document: document(1024), reason: '' };
    const leaving = {
      organizationId: acme.id,
      policyId: (await createPolicy(db, OPERATOR, acme.id, wanted)).id,
    };
    await changeExceptions(db, OPERATOR, { ...leaving, version: null }, [
      { setting: 'memoryMiB', maxSeconds: 3600 },
    ]);
    await setDefaultPolicy(db, OPERATOR, acme.id, leaving.policyId);
    const bearer = (await signInDesktop(hub, gil.email)).tokens.access_token;
    const request = {
      deviceId: randomUUID(),
      setting: 'memoryMiB',
      value: 8192,
      seconds: 600,
      reason: 'A build',
    };
    const granted = await send(request, { path: 'overrides', bearer });
    expect(granted.status).toBe(201);
    await removeMember(db, OPERATOR, acme.id, gil.id);
    const { rows } = await sql<{ label: string; because: string }>`
      select target_label as label, after ->> 'because' as because from audit_events
       where action = 'override.end' order by id desc limit 1`.execute(db);
    expect(rows).toEqual([{ label: 'memoryMiB for gil@acme.example', because: 'withdrawn' }]);
    await setDefaultPolicy(db, OPERATOR, acme.id, policyId);
    await deletePolicy(db, OPERATOR, { ...leaving, version: null });
  });

  it('does not take an override for granted that the hub never granted', async () => {
    const forged = withOverrides(
      readDocument(document(4096), 'organization-policy', desktopCatalog),
      [{ setting: 'memoryMiB', value: 65_536 }],
      desktopCatalog,
    );
    const resolution = resolve({ catalog: desktopCatalog, platform: 'linux', layers: [forged] });
    const managedHash = hashOf(managedInForce(resolution, forged).pairs);
    await send(await applied({ managedHash, overrides: [randomUUID(), 'not an id'] }));
    expect((await only()).status).toBe('non_compliant');
    // Nor one that is another member's.
    const grantTo = async (userId: string) => {
      const { rows } = await sql<{ id: string }>`
        insert into overrides (organization_id, user_id, policy_id, device_id, setting, value, reason, granted_at, until)
        values (${acme.id}, ${userId}, ${policyId}, ${DESK}, 'memoryMiB', '65536', 'x', now(), now() + interval '1 hour')
        returning id`.execute(database.db);
      return rows[0]?.id ?? '';
    };
    await sql`insert into memberships (organization_id, user_id, role, origin)
      values (${acme.id}, ${bob.id}, 'member', 'manual')`.execute(database.db);
    const theirs = await grantTo(bob.id);
    await send(await applied({ managedHash, overrides: [theirs], reportId: randomUUID() }));
    const { devices } = await list({ userId: ada.id });
    await sql`delete from memberships where organization_id = ${acme.id} and user_id = ${bob.id}`.execute(
      database.db,
    );
    expect(devices.map(({ status }) => status)).toEqual(['non_compliant']);
    const own = await grantTo(ada.id);
    await send(await applied({ managedHash, overrides: [own], reportId: randomUUID() }));
    expect((await only()).status).not.toBe('non_compliant');
    // A device that names it and has the policy's own value follows the policy.
    await send(await applied({ overrides: [own], reportId: randomUUID() }, false));
    expect((await only()).status).toBe('compliant');
  });

  it('ends an override when the policy allows it no more, or the member gives it up', async () => {
    const request = { deviceId: DESK, setting: 'memoryMiB', value: 1024, seconds: 600, reason: 'x' };
    const edited = { organizationId: acme.id, policyId, version: null };
    await changeExceptions(database.db, OPERATOR, edited, [{ setting: 'memoryMiB', maxSeconds: 3600 }]);
    const grant = async () =>
      overrideAnswerSchema.parse(await (await send(request, { path: 'overrides' })).json());
    const { override } = await grant();
    expect(
      (
        await send(undefined, {
          path: `overrides/${override.id}`,
          method: 'DELETE',
          bearer: bobToken,
          org: 'globex',
        })
      ).status,
    ).toBe(404);
    expect((await send(undefined, { path: `overrides/${override.id}`, method: 'DELETE' })).status).toBe(204);
    expect((await send(undefined, { path: `overrides/${override.id}`, method: 'DELETE' })).status).toBe(404);
    await grant();
    await changeExceptions(database.db, OPERATOR, edited, []);
    const listed = await (await send(undefined, { path: 'overrides', method: 'GET' })).json();
    expect(listed).toEqual({ overrides: [] });
  });

  it('is not an exception of what the policy leaves open, nor ended by another member', async () => {
    const request = { deviceId: DESK, setting: 'memoryMiB', value: 1024, seconds: 600, reason: 'x' };
    const edited = { organizationId: acme.id, policyId, version: null };
    await changeExceptions(database.db, OPERATOR, edited, [{ setting: 'memoryMiB', maxSeconds: 3600 }]);
    const open = { ...document(2048), memoryMiB: { locked: false, value: 2048 } };
    await updatePolicy(database.db, OPERATOR, edited, { document: open, reason: '' });
    const refused = await send(request, { path: 'overrides' });
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('does not lock')]);
    await save(2048);
    const granted = await send(request, { path: 'overrides' });
    const { override } = overrideAnswerSchema.parse(await granted.json());
    const ofAnother = { organizationId: acme.id, id: override.id, userId: bob.id };
    await expect(endOverride(database.db, OPERATOR, ofAnother)).rejects.toThrow('no such override in force');
    expect((await send(undefined, { path: `overrides/${override.id}`, method: 'DELETE' })).status).toBe(204);
  });
});

describe('POST /v1/agent/reports', () => {
  it('counts a report once, however often its answer is lost', async () => {
    const report = await applied({
      drift: [{ at: new Date().toISOString(), kind: 'value', setting: 'memoryMiB', wrong: 1, right: 4096 }],
    });
    const answers = await Promise.all([send(report), send(report), send(report)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const device = await only();
    const drift = await listDrift(database.db, acme.id, device.id ?? '', { limit: 10 });
    expect(drift.drift).toMatchObject([{ kind: 'value', setting: 'memoryMiB', wrong: 1, right: 4096 }]);
  });

  it('takes the user from the session: a claimed device id reaches no other user’s row', async () => {
    await send(await applied());
    const before = await only();
    const stranger = await send(await applied({ deviceName: 'mine now' }), { bearer: bobToken });
    expect(stranger.status).toBe(403);
    expect((await send(await applied(), { bearer: bobToken, org: 'globex' })).status).toBe(200);
    expect(await only()).toEqual(before);
    const theirs = await listDevices(database.db, globex.id, new Date(), { limit: 10 });
    expect(theirs.devices).toMatchObject([{ deviceId: DESK, status: 'no_policy' }]);
    // Another organization's policy is not looked into: what the report says of it does not count.
    expect(theirs.devices[0]?.applied?.policyId).toBeNull();
    expect((await send(await applied(), { bearer: 'x'.repeat(43) })).status).toBe(401);
    expect((await send(await applied(), { org: '' })).status).toBe(400);
  });

  it('keeps two devices of one user apart', async () => {
    await send(await applied());
    await send(
      await applied({ deviceId: LAPTOP, deviceName: 'laptop', platform: 'mac', managedHash: 'a'.repeat(64) }),
    );
    const { devices, statuses, total } = await list();
    expect(devices.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
      'desk compliant',
      'laptop non_compliant',
    ]);
    expect([total, statuses.compliant, statuses.non_compliant, statuses.unknown]).toEqual([2, 1, 1, 0]);
  });

  it('refuses what is too large or malformed before it reaches the database, with the reason', async () => {
    const report = await applied();
    expect((await send({ ...report, padding: 'x'.repeat(300_000) })).status).toBe(413);
    for (const bad of [
      {},
      { ...report, deviceId: 'desk' },
      { ...report, managedHash: 'F'.repeat(64) },
      { ...report, deviceName: 'nul \0' },
      { ...report, osVersion: '\ud800' },
      { ...report, at: '0000-01-01T00:00:00Z' },
      { ...report, at: 'yesterday' },
      { ...report, driftDropped: 2 ** 52 },
      { ...report, choices: Array.from({ length: 1001 }, () => 'memoryMiB') },
      { ...report, settings: [{ id: 'a\0b', source: 'user', locked: false, outcome: 'chosen' }] },
    ]) {
      expect((await send(bad)).status).toBe(400);
    }
    const odd = [
      { ...report, reportId: randomUUID(), policy: { ...report.policy, id: "'; drop table devices" } },
      { ...report, reportId: randomUUID(), policy: { ...report.policy, revision: 2 ** 40 } },
      { ...report, reportId: randomUUID(), profileOverrides: ['no such setting'] },
      {
        ...report,
        reportId: randomUUID(),
        drift: [{ at: report.at, kind: 'value', setting: 'memoryMiB', wrong: { deep: 'x\0y' } }],
      },
    ];
    for (const report of odd) expect((await send(report)).status).toBe(200);
  });

  it('does not believe the device’s clock', async () => {
    await send(await applied({ at: '2199-01-01T00:00:00Z' }));
    const ahead = await only();
    expect(ahead.status).toBe('compliant');
    expect(ahead.clockBehindSeconds).toBeLessThan(-1_000_000);
    await send(await applied({ at: '1999-01-01T00:00:00Z', managedHash: 'b'.repeat(64) }));
    // What arrived last counts, whatever its date.
    expect((await only()).status).toBe('non_compliant');
  });

  it('keeps values of locked settings only, without user-info', async () => {
    const at = new Date().toISOString();
    await send(
      await applied({
        drift: [
          { at, kind: 'value', setting: 'memoryMiB', wrong: 'http://me:secret@proxy', right: 4096 },
          { at, kind: 'value', setting: 'cpus', wrong: 7, right: 2 },
          { at, kind: 'permissions', setting: null, file: 'user-settings.json', wrong: '0666' },
        ],
      }),
    );
    const { drift } = await listDrift(database.db, acme.id, (await only()).id ?? '', { limit: 10 });
    expect(JSON.stringify(drift)).not.toContain('secret');
    expect(drift.find(({ setting }) => setting === 'cpus')).not.toHaveProperty('wrong');
    const opened = drift.find(({ kind }) => kind === 'permissions');
    expect(opened).toMatchObject({ setting: null, file: 'user-settings.json' });
    expect(opened).not.toHaveProperty('wrong');
  });

  it('keeps a hundred devices of one user, dropping the most silent', async () => {
    const reporter = { organizationId: acme.id, userId: ada.id, email: ada.email };
    const start = Date.now();
    for (let index = 0; index < 103; index += 1) {
      const context = { ...OPERATOR, at: new Date(start + index) };
      await acceptReport(
        database.db,
        context,
        reporter,
        sampleReport({ deviceId: randomUUID(), deviceName: `device ${index}` }),
      );
    }
    expect((await list({ search: 'device 0' })).total).toBe(0);
    expect((await list({ search: 'device 102' })).total).toBe(1);
    expect((await list()).total).toBe(100);
  });
});

describe('devices', () => {
  it('are filtered, searched and paged', async () => {
    await send(await applied());
    await send(await applied({ deviceId: LAPTOP, deviceName: '100%_laptop', platform: 'windows' }));
    const names = async (query: Record<string, unknown>) =>
      (await list(query)).devices.map(({ name }) => name);
    expect(await names({ platform: 'windows' })).toEqual(['100%_laptop']);
    expect(await names({ search: '%_l' })).toEqual(['100%_laptop']);
    expect(await names({ search: 'ADA@' })).toHaveLength(2);
    expect(await names({ status: 'outdated' })).toEqual([]);
    expect(await names({ policyId, userId: ada.id })).toHaveLength(2);
    expect(await names({ policyId: randomUUID() })).toEqual([]);
    const first = await list({ limit: 1 });
    const second = await list({ limit: 1, cursor: first.next });
    expect([...first.devices, ...second.devices].map(({ name }) => name).sort()).toEqual([
      '100%_laptop',
      'desk',
    ]);
    expect(second.next).toBeNull();
    await expect(list({ cursor: 'bogus' })).rejects.toMatchObject({ refusal: { code: 'bad_request' } });
  });

  it('are named and forgotten, and come back with the next report', async () => {
    await send(await applied());
    const deviceId = (await only()).id ?? '';
    expect(await nameDevice(database.db, OPERATOR, acme.id, { deviceId, name: 'Ada’s desk' })).toMatchObject({
      name: 'Ada’s desk',
    });
    await send(await applied({ deviceName: 'renamed' }));
    expect((await only()).name).toBe('Ada’s desk');
    expect((await readDevice(database.db, acme.id, new Date(), deviceId)).report.settings).toHaveLength(1);
    await expect(
      forgetDevice(database.db, OPERATOR, globex.id, { deviceId, signOut: true }),
    ).rejects.toMatchObject({
      refusal: { code: 'not_found' },
    });
    await forgetDevice(database.db, OPERATOR, acme.id, { deviceId, signOut: false });
    expect(await only()).toMatchObject({ id: null, status: 'unknown' });
    await send(await applied());
    expect((await only()).status).toBe('compliant');
  });

  it('are signed out with it where that is asked for, and only they', async () => {
    const fay = await createAccount(database, 'fay@acme.example');
    await database.db.transaction().execute(async (trx) => {
      await lockOrganization(trx, acme.id);
      const joining = { organizationId: acme.id, account: fay, role: 'member', origin: 'manual' } as const;
      await joinOrganization(trx, OPERATOR, joining);
    });
    const [here, there] = [
      (await signInDesktop(hub, fay.email)).tokens,
      (await signInDesktop(hub, fay.email)).tokens,
    ];
    const report = await applied({ deviceName: 'lost' });
    expect((await send(report, { bearer: here.access_token })).status).toBe(200);
    const { devices } = await list({ userId: fay.id });
    const wanted = { deviceId: devices[0]?.id ?? '', signOut: true };
    await forgetDevice(database.db, OPERATOR, acme.id, wanted);
    const status = async ({ access_token: bearer }: typeof here) =>
      (await send({ ...report, reportId: randomUUID() }, { bearer })).status;
    // The hub believes a token for at most five seconds.
    await expect.poll(() => status(here)).toBe(401);
    expect(await status(there)).toBe(200);
    const { rows } = await database.pool.query(
      "select after from audit_events where action = 'device.forget' and target_id = $1",
      [wanted.deviceId],
    );
    expect(rows).toEqual([{ after: { signedOut: true } }]);
    await removeMember(database.db, OPERATOR, acme.id, fay.id);
  });

  it('leave as CSV that no spreadsheet runs', async () => {
    await send(await applied({ deviceName: '=cmd|"/C calc"!A0, "quoted"\nnext' }));
    const chunks: string[] = [];
    for await (const chunk of exportDevices(database.db, acme.id, new Date(), {})) chunks.push(String(chunk));
    const csv = chunks.join('');
    expect(csv.split('\r\n')[0]).toContain('User,Email,Device,Status');
    expect(csv).toContain(`"'=cmd|""/C calc""!A0, ""quoted""\nnext"`);
    expect(csv).toContain('compliant');
  });

  it('are deleted when they are silent for longer than the organization keeps them', async () => {
    await send(
      await applied({ drift: [{ at: new Date().toISOString(), kind: 'value', setting: 'memoryMiB' }] }),
    );
    await changeReportSettings(database.db, OPERATOR, acme.id, { unknownAfterDays: 7, retentionDays: 30 });
    await deleteOldReports(database.db, new Date(Date.now() + 29 * 86_400_000));
    expect((await only()).id).not.toBeNull();
    await deleteOldReports(database.db, new Date(Date.now() + 31 * 86_400_000));
    expect((await only()).id).toBeNull();
    const { rows } = await sql<{ count: number }>`select count(*) as count from device_drift`.execute(
      database.db,
    );
    expect(rows[0]?.count).toBe(0);
  });

  it('that go on reporting keep neither reports nor repairs for longer, which a running hub sees to each hour', async () => {
    const drift = [{ at: new Date().toISOString(), kind: 'value' as const, setting: 'memoryMiB' }];
    await send(await applied({ drift }));
    await changeReportSettings(database.db, OPERATOR, acme.id, { unknownAfterDays: 7, retentionDays: 30 });
    const kept = async () => {
      const { rows } = await sql<{ reports: number; repairs: number }>`select
        (select count(*) from device_reports) as reports, (select count(*) from device_drift) as repairs`.execute(
        database.db,
      );
      return rows[0];
    };
    expect(await kept()).toEqual({ reports: 1, repairs: 1 });
    await sql`update devices set reported_at = now() + interval '20 days'`.execute(database.db);
    await deleteOldReports(database.db, new Date(Date.now() + 29 * 86_400_000));
    expect(await kept()).toEqual({ reports: 1, repairs: 1 });
    const app = fastify();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const clock = { ...systemClock, now: () => Date.now() + 31 * 86_400_000 };
      keepReportsTidy(app, { db: database.db, clock, log: createLogger({ level: 'silent' }) });
      vi.advanceTimersByTime(3_600_000);
    } finally {
      vi.useRealTimers();
    }
    await expect.poll(kept).toEqual({ reports: 0, repairs: 0 });
    await app.close();
    expect((await only()).id).not.toBeNull();
  });

  it('go with the membership', async () => {
    await send(sampleReport(), { bearer: bobToken, org: 'globex' });
    await removeMember(database.db, OPERATOR, globex.id, bob.id);
    expect((await listDevices(database.db, globex.id, new Date(), { limit: 10 })).total).toBe(0);
    // It was his last membership: his session ended with it, and until the hub has heard of that he is no member.
    const sent = async () => (await send(sampleReport(), { bearer: bobToken, org: 'globex' })).status;
    expect([401, 403]).toContain(await sent());
    await expect.poll(sent).toBe(401);
  });
});

it('slows a device that storms, and no other', async () => {
  const eve = await createAccount(database, 'eve@acme.example');
  await createTestOrganization(database, 'storm', [eve]);
  const bearer = (await signInDesktop(hub, eve.email)).tokens.access_token;
  const answers = await Promise.all(
    Array.from({ length: 125 }, () => send(sampleReport(), { bearer, org: 'storm' })),
  );
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
  expect((await send(await applied())).status).toBe(200);
});
