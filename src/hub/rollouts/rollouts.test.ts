import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChangeContext } from '../audit/record.ts';
import { databaseForFile } from '../database/test-database.ts';
import { listDeletions } from '../deletions/kept-things.ts';
import { restoreDeletion } from '../deletions/restore-deletion.ts';
import { addMember } from '../organizations/member-service.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { setDefaultPolicy } from '../policies/assignment-service.ts';
import { readStoredPolicy } from '../policies/policy-list.ts';
import { createPolicy, restoreRevision, updatePolicy } from '../policies/policy-service.ts';
import { readManyReceived, readReceived } from '../policies/received.ts';
import { createTeam, deleteTeam, setTeamMember } from '../teams/team-service.ts';
import { changeRollout, promoteRollout, rollBack, startRollout } from './rollout-service.ts';

const MEMBERS = 60;
const database = databaseForFile();
let count = 0;
let organizationId: string;
let policyId: string;
let teamId: string;
let users: string[];

const context = (): ChangeContext => ({
  actor: { kind: 'system', name: 'test' },
  sourceAddress: null,
  at: new Date(),
});
const document = (memory: number) => ({ memoryMiB: { locked: true, value: memory } });
const edited = () => ({ organizationId, policyId, version: null });

beforeEach(async () => {
  const { db } = database;
  count += 1;
  organizationId = (await createOrganization(db, context(), { name: `acme${count}`, displayName: 'Acme' }))
    .id;
  users = [];
  for (let index = 0; index < MEMBERS; index += 1) await join();
  teamId = (await createTeam(db, context(), organizationId, { name: 'Pilots', description: '' })).id;
  const made = await createPolicy(db, context(), organizationId, {
    name: 'Standard',
    description: '',
    document: document(1024),
    reason: '',
  });
  policyId = made.id;
  await setDefaultPolicy(db, context(), organizationId, policyId);
});

async function join(): Promise<string> {
  const where = { organizationId, publicUrl: 'http://127.0.0.1' };
  const email = `user${users.length}@acme${count}.example`;
  const added = await addMember(database.db, context(), where, { email, name: '', role: 'member' });
  users.push(added.member.userId);
  return added.member.userId;
}

/** Revision by user. */
async function revisions(): Promise<number[]> {
  const many = await readManyReceived(database.db, organizationId, users);
  const byUser = new Map(many.map((received) => [received.userId, received.policy?.revision ?? 0]));
  return users.map((id) => byUser.get(id) ?? 0);
}
async function sequences(): Promise<number[]> {
  const { rows } = await sql<{ user_id: string; seq: number }>`
    select user_id, seq from bundle_sequences where organization_id = ${organizationId}`.execute(database.db);
  const byUser = new Map(rows.map((row) => [row.user_id, row.seq]));
  return users.map((id) => byUser.get(id) ?? 0);
}
/** A step must raise the number of whom it moves, leave everyone else's, and lower nobody's. */
async function step(act: () => Promise<unknown>): Promise<{ before: number[]; after: number[] }> {
  const [before, seqBefore] = [await revisions(), await sequences()];
  await act();
  const [after, seqAfter] = [await revisions(), await sequences()];
  for (const index of users.keys()) {
    const moved = before[index] !== after[index];
    const [was = 0, is = 0] = [seqBefore[index], seqAfter[index]];
    if (moved) expect(is).toBeGreaterThan(was);
    else expect(is).toBeGreaterThanOrEqual(was);
  }
  return { before, after };
}
const start = (percentage: number, teamIds: string[] = []) =>
  startRollout(database.db, context(), edited(), {
    document: document(2048),
    percentage,
    teamIds,
    reason: '',
  });
const on = (list: readonly number[], revision: number) => list.filter((each) => each === revision).length;

describe('a roll-out', () => {
  it('reaches a share of the members, always the same ones, and more as it grows', async () => {
    const { after: first } = await step(() => start(25));
    expect(on(first, 2)).toBeGreaterThan(0);
    expect(on(first, 2)).toBeLessThan(MEMBERS / 2);
    expect(on(first, 1) + on(first, 2)).toBe(MEMBERS);
    const seqBefore = await sequences();
    const { after: second } = await step(() =>
      changeRollout(database.db, context(), edited(), { percentage: 60 }),
    );
    expect(on(second, 2)).toBeGreaterThan(on(first, 2));
    for (const index of users.keys()) {
      if (first[index] !== 2) continue;
      expect(second[index]).toBe(2);
      // Who had it is not bothered again.
      expect((await sequences())[index]).toBe(seqBefore[index]);
    }
    const { after: all } = await step(() =>
      changeRollout(database.db, context(), edited(), { percentage: 100 }),
    );
    expect(on(all, 2)).toBe(MEMBERS);
  });

  it('reaches nobody at 0 and everybody at 100, there and back, and is rolled back while paused', async () => {
    const { db } = database;
    const to = (percentage: number) => step(() => changeRollout(db, context(), edited(), { percentage }));
    expect(on((await step(() => start(0))).after, 2)).toBe(0);
    const one = on((await to(1)).after, 2);
    const most = on((await to(99)).after, 2);
    expect(one).toBeLessThan(MEMBERS / 4);
    expect(most).toBeGreaterThan(MEMBERS * 0.75);
    expect(on((await to(100)).after, 2)).toBe(MEMBERS);
    expect(on((await to(99)).after, 2)).toBe(most);
    expect(on((await to(1)).after, 2)).toBe(one);
    await to(100);
    await changeRollout(db, context(), edited(), { paused: true });
    const back = await step(() => rollBack(db, context(), edited(), 'it broke builds'));
    expect(on(back.after, 1)).toBe(MEMBERS);
    expect((await readStoredPolicy(db, organizationId, policyId)).rollout).toBe(null);
    // Begun again it is not paused any more, and goes to the same ones.
    expect(on((await step(() => start(1))).after, 3)).toBe(one);
  });

  it('reaches named teams whatever the percentage, and follows them', async () => {
    const pilot = users[7] ?? '';
    await setTeamMember(database.db, context(), organizationId, { teamId, userId: pilot, present: true });
    const { after } = await step(() => start(0, [teamId]));
    expect(
      after.map((revision, index) => (revision === 2 ? index : -1)).filter((index) => index >= 0),
    ).toEqual([7]);
    const joins = () =>
      setTeamMember(database.db, context(), organizationId, {
        teamId,
        userId: users[8] ?? '',
        present: true,
      });
    expect(on((await step(joins)).after, 2)).toBe(2);
    const leaves = () =>
      setTeamMember(database.db, context(), organizationId, { teamId, userId: pilot, present: false });
    expect((await step(leaves)).after[7]).toBe(1);
  });

  it('goes on without a team that is deleted, and with it when it is put back', async () => {
    const { db } = database;
    const pilot = users[7] ?? '';
    await setTeamMember(db, context(), organizationId, { teamId, userId: pilot, present: true });
    await start(0, [teamId]);
    const gone = await step(() => deleteTeam(db, context(), organizationId, teamId));
    expect([gone.before[7], gone.after[7]]).toEqual([2, 1]);
    const { rollout } = await readStoredPolicy(db, organizationId, policyId);
    expect(rollout).toMatchObject({ teamIds: [], receiving: 0 });
    // A percentage alone says nothing of teams.
    await step(() => changeRollout(db, context(), edited(), { percentage: 1 }));
    const { deletions } = await listDeletions(db, organizationId, new Date(), { limit: 10 });
    const id = deletions[0]?.id ?? '';
    const back = await step(() =>
      restoreDeletion(
        { db, resolver: { txt: async () => ({ ok: true, values: [] }) } },
        context(),
        organizationId,
        { id },
      ),
    );
    expect(back.after[7]).toBe(2);
    // Named with what the list shows, as the console does.
    await deleteTeam(db, context(), organizationId, teamId);
    const shown = (await readStoredPolicy(db, organizationId, policyId)).rollout?.teamIds ?? [teamId];
    const wider = await step(() =>
      changeRollout(db, context(), edited(), { percentage: 99, teamIds: shown }),
    );
    expect(on(wider.after, 2)).toBeGreaterThan(MEMBERS / 2);
  });

  it('paused, keeps who has it and takes nobody new', async () => {
    const paused = await start(50, [teamId]).then(() =>
      changeRollout(database.db, context(), edited(), { paused: true }),
    );
    expect(paused.rollout).toMatchObject({ pausedAt: expect.any(String) });
    const before = await revisions();
    const outsider = users[before.indexOf(1)] ?? '';
    await setTeamMember(database.db, context(), organizationId, { teamId, userId: outsider, present: true });
    for (let index = 0; index < 12; index += 1) await join();
    const during = await revisions();
    expect(during.slice(0, MEMBERS)).toEqual(before);
    expect(on(during.slice(MEMBERS), 2)).toBe(0);
    await expect(changeRollout(database.db, context(), edited(), { percentage: 90 })).rejects.toMatchObject({
      refusal: {
        code: 'conflict',
        message: expect.stringContaining('paused'),
        help: expect.stringMatching(/--resume.*"paused": false/),
        details: { reason: 'rollout_paused' },
      },
    });
    const again = await changeRollout(database.db, context(), edited(), { paused: true });
    expect(again.rollout?.pausedAt).toBe(paused.rollout?.pausedAt);
    await expect(
      changeRollout(database.db, context(), { ...edited(), version: again.version - 1 }, { percentage: 10 }),
    ).rejects.toMatchObject({ refusal: { code: 'precondition_failed' } });
    const other = await createTeam(database.db, context(), organizationId, { name: 'Late', description: '' });
    await expect(
      changeRollout(database.db, context(), edited(), { teamIds: [teamId, other.id] }),
    ).rejects.toMatchObject({ refusal: { code: 'conflict' } });
    const { after } = await step(() => changeRollout(database.db, context(), edited(), { paused: false }));
    expect(after[users.indexOf(outsider)]).toBe(2);
    expect(on(after.slice(MEMBERS), 2)).toBeGreaterThan(0);
  });

  it('promoted, is in force for everyone; rolled back in one call, for nobody', async () => {
    await start(30);
    const { after } = await step(() => promoteRollout(database.db, context(), edited()));
    expect(on(after, 2)).toBe(MEMBERS);
    // Without a roll-out the last change is taken back: as a new revision, so that numbers only rise.
    const back = await step(() => rollBack(database.db, context(), edited(), 'it broke builds'));
    expect(on(back.after, 3)).toBe(MEMBERS);
    const received = await readReceived(database.db, { organizationId, userId: users[0] ?? '' });
    expect(received?.document).toEqual(document(1024));
    await startRollout(database.db, context(), edited(), {
      revision: 2,
      percentage: 40,
      teamIds: [],
      reason: '',
    });
    expect(on(await revisions(), 2)).toBeGreaterThan(0);
    const ended = await step(() => rollBack(database.db, context(), edited(), ''));
    expect(on(ended.after, 3)).toBe(MEMBERS);
  });

  it('is not overtaken: a new document waits until it is promoted or rolled back', async () => {
    await start(10);
    const save = () =>
      updatePolicy(database.db, context(), edited(), { document: document(4096), reason: '' });
    await expect(save()).rejects.toMatchObject({ refusal: { code: 'conflict' } });
    await expect(
      restoreRevision(database.db, context(), edited(), { revision: 1, reason: '' }),
    ).resolves.toMatchObject({ revision: 1 });
    await expect(start(10)).rejects.toMatchObject({ refusal: { code: 'conflict' } });
    await rollBack(database.db, context(), edited(), '');
    // Revision 2 stays in the history; its number is not used again.
    expect(await save()).toMatchObject({ revision: 3 });
  });

  it('refuses what is not there, and what is in force already', async () => {
    const begin = (revision: number, teamIds: string[] = []) =>
      startRollout(database.db, context(), edited(), { revision, percentage: 10, teamIds, reason: '' });
    await expect(begin(9)).rejects.toMatchObject({ refusal: { code: 'not_found' } });
    await expect(begin(1)).rejects.toMatchObject({ refusal: { code: 'conflict' } });
    const elsewhere = await createOrganization(database.db, context(), {
      name: `other${count}`,
      displayName: 'O',
    });
    const foreign = await createTeam(database.db, context(), elsewhere.id, {
      name: 'Theirs',
      description: '',
    });
    await expect(start(10, [foreign.id])).rejects.toMatchObject({ refusal: { code: 'not_found' } });
    for (const act of [
      () => changeRollout(database.db, context(), edited(), { percentage: 20 }),
      () => promoteRollout(database.db, context(), edited()),
      () => rollBack(database.db, context(), edited(), ''),
    ]) {
      await expect(act()).rejects.toMatchObject({ refusal: { code: 'conflict' } });
    }
    const stale = { ...edited(), version: 99 };
    await expect(
      startRollout(database.db, context(), stale, {
        document: document(1),
        percentage: 1,
        teamIds: [],
        reason: '',
      }),
    ).rejects.toMatchObject({
      refusal: { code: expect.stringMatching(/invalid_value|precondition_failed/) },
    });
  });

  it('of two administrators at once lets one begin', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => start(20)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
