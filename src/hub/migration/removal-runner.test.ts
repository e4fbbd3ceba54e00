import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChangeContext } from '../audit/record.ts';
import { type Clock, systemClock } from '../clock.ts';
import { waitingForLocks } from '../database/test-database.ts';
import { changeRole } from '../organizations/member-service.ts';
import { startTestScim, type TestScim } from '../scim/test-scim.ts';
import { readMigrationRow, showMigration } from './migration-list.ts';
import { advanceMigration, beginMigration } from './migration-service.ts';
import type { MigrationPlace } from './migration-steps.ts';
import { createRemovalRunner } from './removal-runner.ts';

const PEOPLE = 25;
const SYSTEM = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
let scim: TestScim;
let ownerId: string;
let where: MigrationPlace;

const byOwner = (): ChangeContext => ({
  actor: { kind: 'user', userId: ownerId, email: 'owner@acme.example', via: 'session' },
  sourceAddress: '192.0.2.7',
  at: new Date(),
});
const advance = (action: 'remove-all' | 'pause' | 'cancel', context = byOwner()) =>
  advanceMigration(scim.database.db, context, where, { action, batch: 50, without: [] });
const show = () => showMigration(scim.database.db, where);
const later: Clock = { now: () => Date.now() + 31_000 };

/** A process of the hub; what goes wrong in it is thrown. */
function runner(clock: Clock = systemClock) {
  return createRemovalRunner({
    db: scim.database.db,
    clock,
    onError: (error) => {
      throw error;
    },
  });
}

beforeEach(async () => {
  if (scim !== undefined) await scim.stop();
  scim = await startTestScim();
  const { db } = scim.database;
  const { organizationId, connectionId } = scim.acme;
  const member = async (email: string, role: 'member' | 'owner', origin: 'jit' | 'manual') => {
    const { id } = await db
      .insertInto('users')
      .values({ email, username: email, name: email })
      .returning('id')
      .executeTakeFirstOrThrow();
    const by = origin === 'jit' ? connectionId : null;
    await db
      .insertInto('memberships')
      .values({ organization_id: organizationId, user_id: id, role, origin, connection_id: by })
      .execute();
    return id;
  };
  ownerId = await member('owner@acme.example', 'owner', 'manual');
  for (let index = 0; index < PEOPLE; index += 1)
    await member(`p${String(index).padStart(2, '0')}@acme.example`, 'member', 'jit');
  const { id: migrationId } = await beginMigration(db, SYSTEM, organizationId, connectionId);
  where = { organizationId, migrationId };
});
afterAll(() => scim.stop());

const events = async (action: string) => {
  const { rows } = await sql<{ target_id: string; actor_label: string; source_address: string | null }>`
    select target_id, actor_label, source_address from audit_events where action = ${action}`.execute(
    scim.database.db,
  );
  return rows;
};

/** Holds the organization, as long as `work` takes, so that a runner stands still at the next person. */
async function standingStill<T>(work: () => Promise<T>): Promise<T> {
  return scim.database.db.transaction().execute(async (trx) => {
    await sql`select 1 from organizations where id = ${where.organizationId} for update`.execute(trx);
    return work();
  });
}

describe('the removal of everybody in a move', () => {
  it('is carried on by the hub after it was asked for once, each removal with its author', async () => {
    const begun = await advance('remove-all');
    expect(begun).toMatchObject({
      counts: { waiting: PEOPLE },
      removal: { by: 'owner@acme.example', running: true, problem: null },
    });
    expect(begun.next).toContain('by itself');
    await advance('remove-all');
    await runner().run();
    expect(await show()).toMatchObject({
      step: 'verifying',
      counts: { waiting: 0, removed: PEOPLE },
      removal: { running: false, problem: null },
    });
    const removed = await events('member.remove');
    expect(new Set(removed.map(({ target_id }) => target_id)).size).toBe(PEOPLE);
    expect(new Set(removed.map((event) => `${event.actor_label} ${event.source_address}`))).toEqual(
      new Set(['owner@acme.example 192.0.2.7']),
    );
    expect(await events('migration.remove-all')).toHaveLength(1);
  });

  it('is taken over when the process that had it is gone, and nobody is removed by two', async () => {
    await advance('remove-all');
    const leased = new Date(Date.now() + 30_000);
    await scim.database.db
      .updateTable('provisioning_migrations')
      .set({ removal_claimed_until: leased })
      .execute();
    await runner().run();
    expect(await show()).toMatchObject({ counts: { waiting: PEOPLE }, removal: { running: true } });
    await Promise.all([runner(later).run(), runner(later).run(), runner(later).run()]);
    expect(await show()).toMatchObject({ counts: { waiting: 0, removed: PEOPLE } });
    expect(await events('member.remove')).toHaveLength(PEOPLE);
  });

  it('hands its lease back when the hub stops, so that the next one begins at once', async () => {
    await advance('remove-all');
    const first = runner();
    const running = first.run();
    await vi.waitFor(async () => expect((await show()).counts.removed).toBeGreaterThan(0), 60_000);
    await first.stop();
    await running;
    await runner().run();
    expect(await show()).toMatchObject({ counts: { waiting: 0, removed: PEOPLE } });
  });

  it('ends after the batch that it is at when it is paused; begun again by another, it is theirs', async () => {
    await advance('remove-all');
    const [, running] = await standingStill(async () => {
      const run = runner().run();
      await vi.waitFor(async () => expect(await waitingForLocks(scim.database)).toBeGreaterThan(0), 60_000);
      const paused = advance('pause');
      await vi.waitFor(async () => expect(await waitingForLocks(scim.database)).toBe(2), 60_000);
      return [paused, run] as const;
    });
    await running;
    const counts = (await show()).counts;
    expect(counts.waiting).toBeGreaterThanOrEqual(PEOPLE - 10);
    expect(await show()).toMatchObject({ removal: { running: false, problem: null } });
    expect(await events('migration.pause')).toHaveLength(1);
    await advance('pause');
    expect(await events('migration.pause')).toHaveLength(1);

    await advance('remove-all', SYSTEM);
    await runner().run();
    expect(await show()).toMatchObject({ counts: { waiting: 0 }, removal: { by: 'test' } });
    const authors = (await events('member.remove')).map(({ actor_label }) => actor_label);
    expect(authors.filter((author) => author === 'test')).toHaveLength(counts.waiting);
  });

  it('ends and says why when its author is no owner any more, and when a check fails that must pass', async () => {
    const { db } = scim.database;
    await advance('remove-all');
    const other = await db
      .selectFrom('users')
      .select('id')
      .where('email', '=', 'p00@acme.example')
      .executeTakeFirstOrThrow();
    await db
      .updateTable('memberships')
      .set({ role: 'owner', origin: 'manual', connection_id: null })
      .where('user_id', '=', other.id)
      .execute();
    await changeRole(db, SYSTEM, where.organizationId, { userId: ownerId, role: 'member' });
    await runner().run();
    expect(await show()).toMatchObject({
      counts: { waiting: PEOPLE },
      removal: { running: false, problem: expect.stringContaining('no owner') },
    });

    await changeRole(db, SYSTEM, where.organizationId, { userId: ownerId, role: 'owner' });
    await advance('remove-all');
    await db.updateTable('scim_tokens').set({ revoked_at: new Date() }).execute();
    await runner().run();
    expect(await show()).toMatchObject({
      counts: { waiting: PEOPLE },
      removal: { running: false, problem: expect.stringContaining('Nobody was removed') },
    });
    await expect(advance('remove-all')).rejects.toThrow('Nobody was removed');
  });

  it('removes nobody of a move that has ended', async () => {
    await advance('remove-all');
    await advance('cancel');
    expect((await show()).removal).toMatchObject({ running: false });
    await runner().run();
    expect((await show()).counts).toMatchObject({ waiting: PEOPLE, removed: 0 });
    expect((await readMigrationRow(scim.database.db, where)).removal_running).toBe(false);
    await expect(advance('remove-all')).rejects.toThrow('cancelled');
    await expect(advance('pause')).rejects.toThrow('cancelled');
  });
});
