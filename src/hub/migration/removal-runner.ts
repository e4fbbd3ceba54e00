import { sql } from 'kysely';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type BackgroundRunner, createBackgroundRunner, LEASE_MS } from '../background-work.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../database/connection.ts';
import { type AuthoredWork, authorSchema, mayStill, NO_OWNER_ANY_MORE } from '../on-behalf.ts';
import { endRemoval } from './carried-removal.ts';
import { readMigrationRow } from './migration-list.ts';
import { isUnderWay } from './migration-steps.ts';
import { removeBatch } from './remove-batch.ts';
import './tables.ts';

/** People between two signs of life: whether it was paused, and whether its author may still, is asked that often. */
const BATCH = 10;

interface Removal extends AuthoredWork {
  readonly migrationId: string;
  readonly removalId: string;
  readonly sourceAddress: string | null;
}

/** Removes the people of moves whose removal was left to the hub. */
export function createRemovalRunner({
  db,
  clock,
  onError,
}: {
  readonly db: Db;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}): BackgroundRunner {
  return createBackgroundRunner({
    claim: () => claim(db, clock),
    work: (removal, stopped) => removeEverybody(db, clock, removal, stopped),
    onError,
  });
}

/** Takes the oldest one that nobody works on. */
async function claim(db: Db, clock: Clock): Promise<Removal | null> {
  const now = new Date(clock.now());
  const { rows } = await sql<{
    id: string;
    removal_id: string;
    organization_id: string;
    removal_actor: unknown;
    removal_address: string | null;
  }>`update provisioning_migrations set removal_claimed_until = ${leaseFrom(clock)}
      where id = (select id from provisioning_migrations
        where removal_id is not null and (removal_claimed_until is null or removal_claimed_until < ${now})
        order by created_at limit 1 for update skip locked)
     returning id, removal_id, organization_id, removal_actor, removal_address`.execute(db);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    migrationId: row.id,
    removalId: row.removal_id,
    organizationId: row.organization_id,
    actor: authorSchema.parse(row.removal_actor),
    sourceAddress: row.removal_address,
  };
}

async function removeEverybody(
  db: Db,
  clock: Clock,
  removal: Removal,
  stopped: () => boolean,
): Promise<void> {
  while (!stopped()) {
    const { over, problem } = await removeSome(db, clock, removal);
    if (over) {
      await endRemoval(db, removal, problem);
      return;
    }
    if (!(await setLease(db, removal, leaseFrom(clock)))) return;
  }
  await setLease(db, removal, null);
}

/** `over`: there is nothing more to do, or nothing more that may be done, which `problem` then tells. */
async function removeSome(
  db: Db,
  clock: Clock,
  removal: Removal,
): Promise<{ readonly over: boolean; readonly problem: string | null }> {
  const at = new Date(clock.now());
  if (!(await mayStill(db, removal, at))) return { over: true, problem: NO_OWNER_ANY_MORE };
  const { actor, sourceAddress } = removal;
  try {
    const row = await readMigrationRow(db, removal);
    if (!isUnderWay(row.step)) return { over: true, problem: null };
    await removeBatch(db, { actor, sourceAddress, at }, removal, row, BATCH);
    const { counts } = await readMigrationRow(db, removal);
    return { over: (counts.waiting ?? 0) === 0, problem: null };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const { message, help } = error.refusal;
    return { over: true, problem: [message, help].filter((part) => part !== undefined).join(' ') };
  }
}

/** Answers false when it was paused, or its move has gone, meanwhile. */
async function setLease(db: Db, { migrationId, removalId }: Removal, until: Date | null): Promise<boolean> {
  const kept = await db
    .updateTable('provisioning_migrations')
    .set({ removal_claimed_until: until })
    .where('id', '=', migrationId)
    .where('removal_id', '=', removalId)
    .returning('id')
    .executeTakeFirst();
  return kept !== undefined;
}

function leaseFrom(clock: Clock): Date {
  return new Date(clock.now() + LEASE_MS);
}
