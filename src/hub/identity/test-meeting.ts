import { expect } from 'vitest';
import type { DatabaseHandle } from '../database/connection.ts';
import { waitingForLocks } from '../database/test-database.ts';

/* For tests: two things that meet in the database, one of them held at what it writes. */

/** Once for each database, before the first `meetingAt`. */
export async function letTestsHold(database: DatabaseHandle): Promise<void> {
  await database.pool.query(`create function wait_for_test() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock(4711); return coalesce(new, old); end $$`);
}

/** Where `work` is held: at what it writes. */
export interface Hold {
  readonly table:
    | 'browser_sessions'
    | 'device_sessions'
    | 'oidc_entities'
    | 'attempt_counters'
    | 'session_ends'
    | 'setup_links';
  readonly on?: 'insert' | 'update' | 'delete';
  readonly when?: string;
}

/** Holds `work`, begins `ending` while it is held, and lets go once that is through or waits as well. */
export async function meetingAt<T>(
  database: DatabaseHandle,
  { table, on = 'insert', when = 'true' }: Hold,
  work: () => Promise<T>,
  ending: () => Promise<unknown>,
): Promise<T> {
  const holder = await database.pool.connect();
  await holder.query(
    `create trigger wait_for_test before ${on} on ${table} for each row when (${when}) execute function wait_for_test()`,
  );
  await holder.query('select pg_advisory_lock(4711)');
  try {
    const worked = work();
    worked.catch(() => undefined);
    await expect.poll(() => waitingForLocks(database), { timeout: 10_000 }).toBe(1);
    let through = false;
    const ended = ending().finally(() => {
      through = true;
    });
    ended.catch(() => undefined);
    await expect
      .poll(async () => through || (await waitingForLocks(database)) > 1, { timeout: 10_000 })
      .toBe(true);
    await holder.query('select pg_advisory_unlock(4711)');
    await ended;
    return await worked;
  } finally {
    await holder.query('select pg_advisory_unlock_all()');
    await holder.query(`drop trigger wait_for_test on ${table}`);
    holder.release();
  }
}
