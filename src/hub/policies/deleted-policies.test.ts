import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAuditEvents } from '../audit/audit-list.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { DatabaseHandle } from '../database/connection.ts';
import { startTestDatabase } from '../database/test-database.ts';
import { forgetDeletions } from '../deletions/kept-things.ts';
import { addMember, removeMember } from '../organizations/member-service.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { createTeam, deleteTeam } from '../teams/team-service.ts';
import { listAssignments } from './assignment-list.ts';
import { assignPolicy, setDefaultPolicy } from './assignment-service.ts';
import { deletePolicy, listDeletedPolicies, restoreDeletedPolicy } from './deleted-policies.ts';
import { listPolicies, readStoredPolicy } from './policy-list.ts';
import { createPolicy, updatePolicy } from './policy-service.ts';
import { readReceived } from './received.ts';
import { listRevisions } from './revision-list.ts';
import { assignPolicyToTeam, listPolicyTeams } from './team-assignment-service.ts';

const DAY_MS = 86_400_000;
let database: DatabaseHandle & { stop(): Promise<void> };
let organizationId: string;
let other: string;
let at = Date.now();
const context = (): ChangeContext => ({
  actor: { kind: 'system', name: 'test' },
  sourceAddress: null,
  at: new Date(at),
});
beforeAll(async () => {
  database = await startTestDatabase();
  const make = async (name: string) =>
    (await createOrganization(database.db, context(), { name, displayName: name })).id;
  [organizationId, other] = [await make('acme'), await make('globex')];
});
afterAll(() => database.stop());

const add = async (name: string) => {
  const wanted = { email: `${name}@acme.example`, role: 'member' as const };
  return (await addMember(database.db, context(), { organizationId, publicUrl: 'x' }, wanted)).member.userId;
};
const make = (name: string, value: number) =>
  createPolicy(database.db, context(), organizationId, {
    ...{ name, description: 'for tests', reason: 'first' },
    text: `{\n  // kept as it was\n  "memoryMiB": { "locked": true, "value": ${value} }\n}\n`,
  });
const remove = (policyId: string) =>
  deletePolicy(database.db, context(), { organizationId, policyId, version: null });
const restore = (policyId: string, name?: string) =>
  restoreDeletedPolicy(database.db, context(), organizationId, { policyId, name });
const received = async (userId: string) => {
  const found = await readReceived(database.db, { organizationId, userId });
  return { seq: found?.seq ?? 0, policy: found?.policy?.id ?? null };
};

it('serves nobody with a deleted policy, and brings it back as it was, for whoever is still free', async () => {
  const { db } = database;
  const [stays, leaves, moves, teamed] = [
    await add('ada'),
    await add('bob'),
    await add('cem'),
    await add('dea'),
  ];
  const team = async (name: string) =>
    (await createTeam(db, context(), organizationId, { name, description: '' })).id;
  const [front, gone] = [await team('Front'), await team('Gone')];
  await db
    .insertInto('team_members')
    .values({ organization_id: organizationId, team_id: front, user_id: teamed, origin: 'manual' })
    .execute();
  const policy = await make('Builders', 2048);
  const second = await make('Second', 1024);
  const edited = { organizationId, policyId: policy.id, version: null };
  await updatePolicy(db, context(), edited, {
    document: { memoryMiB: { locked: true, value: 4096 } },
    reason: 'more',
  });
  for (const userId of [stays, leaves, moves])
    await assignPolicy(db, context(), organizationId, { userId, policyId: policy.id });
  for (const teamId of [front, gone])
    await assignPolicyToTeam(db, context(), organizationId, { teamId, policyId: policy.id });
  await setDefaultPolicy(db, context(), organizationId, policy.id);
  const before = await readStoredPolicy(db, organizationId, policy.id);
  const revisions = await listRevisions(db, organizationId, policy.id);

  await remove(policy.id);
  for (const userId of [stays, leaves, moves, teamed]) expect((await received(userId)).policy).toBeNull();
  expect((await listPolicies(db, organizationId)).map(({ name }) => name)).toEqual(['Second']);
  await expect(readStoredPolicy(db, organizationId, policy.id)).rejects.toMatchObject({
    refusal: { code: 'not_found' },
  });
  expect((await listDeletedPolicies(db, organizationId, new Date(at))).policies).toMatchObject([
    { id: policy.id, name: 'Builders', revision: 2, wasDefault: true, users: 3, teams: 2, deletedBy: 'test' },
  ]);

  await removeMember(db, context(), organizationId, leaves);
  await assignPolicy(db, context(), organizationId, { userId: moves, policyId: second.id });
  await deleteTeam(db, context(), organizationId, gone);
  const untouched = await received(moves);
  const waiting = await received(stays);
  expect(await restore(policy.id)).toEqual({
    policy: { id: policy.id, name: 'Builders' },
    users: { restored: 1, left: 2 },
    teams: { restored: 1, left: 1 },
    isDefault: true,
  });
  const after = await readStoredPolicy(db, organizationId, policy.id);
  expect({ ...after, version: 0, assignedUsers: 0, teams: [] }).toEqual({
    ...before,
    ...{ version: 0, assignedUsers: 0, teams: [] },
  });
  expect(after.version).toBeGreaterThan(before.version);
  expect(await listRevisions(db, organizationId, policy.id)).toEqual(revisions);
  const assigned = await listAssignments(db, organizationId, policy.id);
  expect(assigned.users.map(({ userId }) => userId)).toEqual([stays]);
  const teams = await listPolicyTeams(db, organizationId, policy.id);
  expect(teams.teams.map(({ id }) => id)).toEqual([front]);
  expect(await received(stays)).toMatchObject({ policy: policy.id });
  expect(await received(teamed)).toMatchObject({ policy: policy.id });
  // A new sequence number for those who have it again, and only for them.
  expect((await received(stays)).seq).toBeGreaterThan(waiting.seq);
  expect(await received(moves)).toEqual(untouched);
  expect((await listDeletedPolicies(db, organizationId, new Date(at))).policies).toEqual([]);
  await expect(restore(policy.id)).rejects.toMatchObject({ refusal: { code: 'not_found' } });
  const { events } = await listAuditEvents(db, organizationId, { limit: 50, action: 'policy.' });
  expect(events.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['policy.delete', 'policy.undelete']),
  );
});

it('asks for another name where the old one is taken, and leaves a new default alone', async () => {
  const { db } = database;
  const policy = await make('Standard', 2048);
  await setDefaultPolicy(db, context(), organizationId, policy.id);
  await remove(policy.id);
  const heir = await make('standard', 1024);
  await setDefaultPolicy(db, context(), organizationId, heir.id);
  await expect(restore(policy.id)).rejects.toMatchObject({ refusal: { code: 'conflict' } });
  expect((await listDeletedPolicies(db, organizationId, new Date(at))).policies).toHaveLength(1);
  expect(await restore(policy.id, 'Standard, old')).toMatchObject({
    policy: { name: 'Standard, old' },
    isDefault: false,
  });
  expect(await readStoredPolicy(db, organizationId, heir.id)).toMatchObject({ isDefault: true });
});

it('keeps a policy for 30 days, for its own organization only', async () => {
  const { db } = database;
  const policy = await make('Short-lived', 2048);
  await remove(policy.id);
  expect((await listDeletedPolicies(db, other, new Date(at))).policies).toEqual([]);
  await expect(restoreDeletedPolicy(db, context(), other, { policyId: policy.id })).rejects.toMatchObject({
    refusal: { code: 'not_found' },
  });
  at += 30 * DAY_MS - 1;
  await forgetDeletions(db, new Date(at));
  expect((await listDeletedPolicies(db, organizationId, new Date(at))).policies).toHaveLength(1);
  at += 1;
  await expect(restore(policy.id)).rejects.toMatchObject({ refusal: { code: 'not_found' } });
  await forgetDeletions(db, new Date(at));
  expect(await db.selectFrom('deletions').select('id').execute()).toEqual([]);
});
