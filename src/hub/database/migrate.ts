import { sql } from 'kysely';
import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from './connection.ts';
import { MIGRATIONS } from './migrations/all.ts';

/** What a run of the migrations did. */
export interface MigrationOutcome {
  /** Names of the migrations applied now; empty when the database was up to date. */
  readonly applied: readonly string[];
  /** Name of the newest migration in the database. */
  readonly version: string;
}

/**
 * Brings the database forward to this code, in one transaction under an advisory lock, so that hubs started
 * at the same moment wait for each other. A database from a newer hub is refused before anything is touched.
 */
export async function migrate(
  db: Db,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<MigrationOutcome> {
  return run(db, migrations, (migrator) => migrator.migrateToLatest());
}

/** Brings an empty database to an earlier version: what a backup of that version is restored into. */
export async function migrateTo(db: Db, name: string): Promise<MigrationOutcome> {
  return run(db, MIGRATIONS, (migrator) => migrator.migrateTo(name));
}

async function run(
  db: Db,
  migrations: Readonly<Record<string, Migration>>,
  go: (migrator: Migrator) => Promise<MigrationResultSet>,
): Promise<MigrationOutcome> {
  await refuseNewer(db, migrations);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
  });
  const { error, results } = await go(migrator);
  if (error !== undefined) {
    // Another hub may have brought a newer version between the check and the lock.
    await refuseNewer(db, migrations);
    const failed = results?.find((result) => result.status === 'Error')?.migrationName;
    throw new RefusalError({
      code: 'storage_failed',
      message: `The database could not be brought up to date${failed === undefined ? '' : ` (step ${failed})`}: ${error instanceof Error ? error.message : String(error)}`,
      help: 'Nothing was changed. Check that the database user may create tables, and look at the database log.',
    });
  }
  const applied = (results ?? []).map((result) => result.migrationName);
  return { applied, version: Object.keys(migrations).sort().at(-1) ?? '' };
}

/** Names of the migrations in the database, oldest first; empty for a database of nobody. */
export async function appliedMigrations(db: Db): Promise<readonly string[]> {
  const table = await sql<{
    there: boolean;
  }>`select to_regclass('kysely_migration') is not null as there`.execute(db);
  if (table.rows[0]?.there !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map((row) => row.name);
}

/** For whoever joins a database without bringing it forward: refuses one that is newer or older than this code. */
export async function refuseOutdated(
  db: Db,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<void> {
  await refuseNewer(db, migrations);
  const applied = new Set(await appliedMigrations(db));
  const missing = Object.keys(migrations).filter((name) => !applied.has(name));
  if (missing.length === 0) return;
  throw new RefusalError({
    code: 'conflict',
    message: `This database is older than this Mooring Hub (it lacks ${missing.join(', ')}).`,
    help: 'Stop the hub that uses it, then run: mooring-hub migrate',
  });
}

async function refuseNewer(db: Db, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  const unknown = (await appliedMigrations(db)).filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new RefusalError({
    code: 'conflict',
    message: `This database was written by a newer Mooring Hub (it holds ${unknown.join(', ')}).`,
    help: 'Start that version or a later one, or restore a backup that this version made.',
  });
}
