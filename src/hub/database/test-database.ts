import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { type ConnectionTarget, connectClient, type DatabaseHandle, openDatabase } from './connection.ts';
import { startEmbeddedDatabase } from './embedded-database.ts';
import { migrate } from './migrate.ts';
import { fillDataDirectory, passableTemporaryDirectory } from './test-data-directory.ts';

/** A real PostgreSQL for one test file. */
export interface TestCluster {
  /** A fresh, migrated database (`migrated: false`: an empty one). Closed by `stop`. */
  createDatabase(options?: { readonly migrated?: boolean }): Promise<DatabaseHandle>;
  stop(): Promise<void>;
}

/**
 * Starts an embedded cluster in a temporary directory: for tests, without fsync. Once per test file:
 * ```
 * const cluster = await startTestCluster(); afterAll(() => cluster.stop());
 * const { db } = await cluster.createDatabase();
 * ```
 */
export async function startTestCluster(): Promise<TestCluster> {
  const { target, filled, stop } = await startCluster();
  const open: DatabaseHandle[] = [];
  return {
    createDatabase: async ({ migrated = true } = {}) => {
      const copied = migrated && filled;
      const name = `test_${randomBytes(6).toString('hex')}`;
      const admin = await connectClient(renamed(target, 'postgres'));
      await admin.query(`create database ${name}${copied ? ' template mooring' : ''}`);
      await admin.end();
      const handle = openDatabase(renamed(target, name));
      open.push(handle);
      if (migrated && !copied) await migrate(handle.db);
      return handle;
    },
    stop: async () => {
      await Promise.all(open.map((handle) => handle.close()));
      await stop();
    },
  };
}

/**
 * One cluster with one migrated database: the short form for most test files. `stop` ends both.
 * ```
 * const database = await startTestDatabase(); afterAll(() => database.stop());
 * ```
 */
export async function startTestDatabase(): Promise<DatabaseHandle & { stop(): Promise<void> }> {
  const cluster = await startCluster();
  const handle = openDatabase(cluster.target);
  if (!cluster.filled) await migrate(handle.db);
  return {
    ...handle,
    stop: async () => {
      await handle.close();
      await cluster.stop();
    },
  };
}

/**
 * A migrated database for one test file, begun before its first test and ended after its last:
 * ```
 * const database = databaseForFile();
 * ```
 */
export function databaseForFile(): DatabaseHandle {
  let started: Awaited<ReturnType<typeof startTestDatabase>> | undefined;
  beforeAll(async () => {
    started = await startTestDatabase();
  });
  afterAll(() => started?.stop());
  const now = () => {
    if (started === undefined) throw new Error('The database begins with the tests of the file, not before.');
    return started;
  };
  return {
    get db() {
      return now().db;
    },
    get pool() {
      return now().pool;
    },
    get target() {
      return now().target;
    },
    close: () => now().close(),
  };
}

/** A server on a directory of its own; `filled`: its database `mooring` holds the hub's tables. */
async function startCluster() {
  const directory = passableTemporaryDirectory('mooring-test-db-');
  const filled = await fillDataDirectory(directory);
  const { target, stop } = await startEmbeddedDatabase({
    dataDirectory: directory,
    purpose: 'test',
    durable: false,
  });
  return {
    target,
    filled,
    stop: async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** How many statements wait for what another transaction holds: tells when a race has been set up. */
export async function waitingForLocks({ pool }: DatabaseHandle): Promise<number> {
  const { rows } = await pool.query<{ waiting: number }>(
    `select count(*)::int as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0]?.waiting ?? 0;
}

function renamed(target: ConnectionTarget, database: string): ConnectionTarget {
  return target.kind === 'parts' ? { ...target, database } : target;
}
