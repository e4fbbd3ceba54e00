import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChangeContext } from '../audit/record.ts';
import { type Clock, systemClock } from '../clock.ts';
import { databaseForFile } from '../database/test-database.ts';
import { createAccount, createTestOrganization, OPERATOR, type TestAccount } from '../identity/test-hub.ts';
import { listMembers } from '../organizations/member-list.ts';
import { changeRole, removeMember } from '../organizations/member-service.ts';
import { createTeam, listTeamMembers } from '../teams/team-service.ts';
import { createJobRunner } from './job-runner.ts';
import { createJob, listJobRefusals, listJobs, readJob } from './job-service.ts';

const database = databaseForFile();
let owner: TestAccount;
let people: TestAccount[];
let organizationId: string;
let count = 0;

beforeEach(async () => {
  count += 1;
  owner = await createAccount(database, `owner${count}@acme.example`);
  people = [];
  for (let index = 0; index < 60; index += 1)
    people.push(await createAccount(database, `p${count}-${index}@acme.example`));
  ({ id: organizationId } = await createTestOrganization(database, `acme${count}`, [owner, ...people]));
  await changeRole(database.db, OPERATOR, organizationId, { userId: owner.id, role: 'owner' });
});

const byOwner = (): ChangeContext => ({
  actor: { kind: 'user', userId: owner.id, email: owner.email, via: 'session', provedAt: new Date() },
  sourceAddress: '192.0.2.7',
  at: new Date(),
});
function runner(clock: Clock = systemClock) {
  const failures: unknown[] = [];
  const made = createJobRunner({ db: database.db, clock, onError: (error) => failures.push(error) });
  return { ...made, failures };
}

describe('a job on many members', () => {
  it('changes everyone whom the filter finds, each with an event of its author, and refuses the last owner', async () => {
    const job = await createJob(database.db, byOwner(), organizationId, {
      action: { kind: 'role', role: 'editor' },
      matching: { search: 'acme.example' },
    });
    expect(job.counts).toEqual({ waiting: 61, done: 0, refused: 0 });
    const { run, failures } = runner();
    await run();
    expect(failures).toEqual([]);
    const done = await readJob(database.db, organizationId, job.id);
    expect(done.counts).toEqual({ waiting: 0, done: 60, refused: 1 });
    const { refused } = await listJobRefusals(database.db, organizationId, job.id);
    expect(refused).toMatchObject([{ email: owner.email, detail: expect.stringContaining('last owner') }]);
    expect(done.finishedAt).not.toBeNull();
    expect((await listMembers(database.db, organizationId, { limit: 100, role: 'editor' })).total).toBe(60);
    const { events } = await database.db
      .selectFrom('audit_events')
      .select((select) => select.fn.countAll<number>().as('events'))
      .where('organization_id', '=', organizationId)
      .where('action', '=', 'member.role')
      .where('actor_id', '=', owner.id)
      .where('source_address', '=', '192.0.2.7')
      .executeTakeFirstOrThrow();
    expect(events).toBe(60);
    expect((await listJobs(database.db, organizationId)).jobs.map(({ id }) => id)).toEqual([job.id]);
  });

  it('puts members into a team, and removes them, without touching strangers that are named', async () => {
    const team = await createTeam(database.db, OPERATOR, organizationId, { name: 'Many', description: '' });
    const stranger = await createAccount(database, `stranger${count}@else.example`);
    const userIds = [...people.slice(0, 3).map(({ id }) => id), stranger.id];
    const action = { kind: 'team', teamId: team.id } as const;
    await createJob(database.db, byOwner(), organizationId, { action, userIds });
    await createJob(database.db, byOwner(), organizationId, {
      action: { kind: 'remove' },
      userIds: people.slice(0, 1).map(({ id }) => id),
    });
    await runner().run();
    expect((await listTeamMembers(database.db, organizationId, team.id)).total).toBe(2);
    expect((await listMembers(database.db, organizationId, { limit: 1 })).total).toBe(60);
    await expect(
      createJob(database.db, byOwner(), organizationId, { action, userIds: [stranger.id] }),
    ).rejects.toThrow('None of them is a member');
  });

  it('is taken over when the process that had it is gone, and never done by two at once', async () => {
    const job = await createJob(database.db, byOwner(), organizationId, {
      action: { kind: 'role', role: 'editor' },
      matching: {},
    });
    await database.db
      .updateTable('member_jobs')
      .set({ claimed_until: new Date(Date.now() + 30_000) })
      .where('id', '=', job.id)
      .execute();
    await runner().run();
    expect((await readJob(database.db, organizationId, job.id)).counts.waiting).toBe(61);
    const later: Clock = { now: () => Date.now() + 31_000 };
    await Promise.all([runner(later).run(), runner(later).run(), runner(later).run()]);
    expect((await readJob(database.db, organizationId, job.id)).counts).toEqual({
      ...{ waiting: 0, done: 60, refused: 1 },
    });
  });

  it('is handed back when the hub stops, so that the next one goes on at once', async () => {
    const job = await createJob(database.db, byOwner(), organizationId, {
      action: { kind: 'role', role: 'editor' },
      matching: {},
    });
    const first = runner();
    const running = first.run();
    const counts = async () => (await readJob(database.db, organizationId, job.id)).counts;
    await vi.waitFor(async () => expect((await counts()).done).toBeGreaterThan(0), 60_000);
    await first.stop();
    await running;
    await runner().run();
    expect(await counts()).toEqual({ waiting: 0, done: 60, refused: 1 });
  });

  it('counts whom somebody else removed meanwhile as removed', async () => {
    const userId = people[0]?.id ?? '';
    const job = await createJob(database.db, byOwner(), organizationId, {
      action: { kind: 'remove' },
      userIds: [userId],
    });
    // As after a kill between the removal and its note.
    await removeMember(database.db, OPERATOR, organizationId, userId);
    await runner().run();
    expect((await readJob(database.db, organizationId, job.id)).counts).toEqual({
      waiting: 0,
      done: 1,
      refused: 0,
    });
  });

  it('ends when its author is no owner any more', async () => {
    await changeRole(database.db, OPERATOR, organizationId, { userId: people[0]?.id ?? '', role: 'owner' });
    const job = await createJob(database.db, byOwner(), organizationId, {
      action: { kind: 'remove' },
      matching: {},
    });
    await changeRole(database.db, OPERATOR, organizationId, { userId: owner.id, role: 'member' });
    await runner().run();
    const { counts } = await readJob(database.db, organizationId, job.id);
    const { refused } = await listJobRefusals(database.db, organizationId, job.id);
    expect(counts).toEqual({ waiting: 0, done: 0, refused: 61 });
    expect(refused[0]?.detail).toContain('no owner');
  });
});
