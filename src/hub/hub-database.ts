import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { RefusalError } from '../shared/contracts/refusal.ts';
import { type ConnectionTarget, type DatabaseHandle, openDatabase } from './database/connection.ts';
import { runningEmbeddedDatabase, startEmbeddedDatabase } from './database/embedded-database.ts';
import { migrate, refuseOutdated } from './database/migrate.ts';
import type { Logger } from './logging.ts';

export interface HubDatabaseOptions {
  readonly dataDirectory: string;
  /** A server of the operator's own; the embedded one is not started then. */
  readonly databaseUrl: string | undefined;
  readonly postgresUser: string | undefined;
  readonly log: Logger;
  /** "mooring-hub start": what a second owner is told. */
  readonly purpose: string;
  /** The embedded server ended and could not be started again. */
  readonly onLost?: (message: string) => void;
}

/** An open database of a hub; `stop` closes it, and the embedded server where this process started one. */
export interface HubDatabase extends DatabaseHandle {
  stop(): Promise<void>;
}

/** PostgreSQL 15 brought `on delete set null (column)`. */
const OLDEST_POSTGRES = 150_000;

/** Opens the database as the hub itself: owns the embedded server, and brings the tables forward. */
export async function openHubDatabase(options: HubDatabaseOptions): Promise<HubDatabase> {
  const database =
    options.databaseUrl === undefined ? await openEmbedded(options) : openUrl(options, options.databaseUrl);
  return prepared(database, async () => {
    const { applied, version } = await migrate(database.db);
    if (applied.length > 0) options.log.info({ applied, version }, 'the database was brought forward');
  });
}

/** Opens a database that nobody else uses, as it is: for a restore, which makes the tables itself. */
export async function openBareDatabase(options: HubDatabaseOptions): Promise<HubDatabase> {
  const { databaseUrl } = options;
  const database = databaseUrl === undefined ? await openEmbedded(options) : openUrl(options, databaseUrl);
  return prepared(database, async () => undefined);
}

/**
 * Opens the database for one command: joins the server of a running hub, else starts the embedded one for as
 * long as the command takes. `create` lets it make a data directory that is not there.
 */
export async function joinHubDatabase(
  options: HubDatabaseOptions & { readonly create: boolean },
): Promise<HubDatabase> {
  if (options.databaseUrl !== undefined) {
    if (options.create) return openHubDatabase(options);
    return joined(openUrl(options, options.databaseUrl));
  }
  const running = existsSync(options.dataDirectory) ? runningEmbeddedDatabase(options.dataDirectory) : null;
  if (running !== null) {
    const database = await tryToJoin(running, options.log);
    if (database !== null) return joined(database);
  }
  if (!options.create && !existsSync(join(options.dataDirectory, 'postgres'))) {
    throw new RefusalError({
      code: 'not_found',
      message: `There is no hub in ${options.dataDirectory}.`,
      help: 'Name its data directory with --data, or create one with: mooring-hub init --organization NAME',
    });
  }
  return openHubDatabase(options);
}

/** `null`: what the data directory names is a server that a killed hub left on its way down. */
async function tryToJoin(target: ConnectionTarget, log: Logger): Promise<HubDatabase | null> {
  const handle = openHandle(target, log);
  try {
    await sql`select 1`.execute(handle.db);
    return { ...handle, stop: () => handle.close() };
  } catch {
    await handle.close();
    return null;
  }
}

async function openEmbedded(options: HubDatabaseOptions): Promise<HubDatabase> {
  const { dataDirectory, purpose, postgresUser, log } = options;
  const embedded = await startEmbeddedDatabase({
    dataDirectory,
    purpose,
    postgresUser,
    onLog: (line) => log.debug({ line }, 'postgres'),
    onCrash: ({ fatal, message }) => {
      if (fatal) options.onLost?.(message);
      else log.error(message);
    },
  });
  const handle = openHandle(embedded.target, log);
  return {
    ...handle,
    stop: async () => {
      await handle.close();
      await embedded.stop();
    },
  };
}

function openUrl(options: HubDatabaseOptions, url: string): HubDatabase {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new RefusalError({
      code: 'bad_request',
      message: 'The database address is not a PostgreSQL address.',
      help: 'It has the form postgres://user:password@host:5432/database.',
    });
  }
  const handle = openHandle({ kind: 'url', url }, options.log);
  return { ...handle, stop: () => handle.close() };
}

function openHandle(target: ConnectionTarget, log: Logger): DatabaseHandle {
  return openDatabase(target, {
    onError: (error) => log.warn({ reason: error.message }, 'a database connection broke'),
  });
}

async function joined(database: HubDatabase): Promise<HubDatabase> {
  return prepared(database, () => refuseOutdated(database.db));
}

/** Runs the last step of opening; closes everything when it fails, and names an unreachable server. */
async function prepared(database: HubDatabase, step: () => Promise<void>): Promise<HubDatabase> {
  try {
    const version = await sql<{ number: number }>`
      select current_setting('server_version_num')::int as number`.execute(database.db);
    const number = version.rows[0]?.number ?? 0;
    if (number < OLDEST_POSTGRES) throw tooOld(number);
    await step();
    return database;
  } catch (error) {
    await database.stop();
    if (error instanceof RefusalError) throw error;
    throw new RefusalError({
      code: 'unreachable',
      message: `The database does not answer: ${error instanceof Error ? error.message : String(error)}`,
      help: 'Check that the server runs and that address, user and password are right.',
    });
  }
}

function tooOld(number: number): RefusalError {
  return new RefusalError({
    code: 'unreachable',
    message: `The database server is PostgreSQL ${Math.floor(number / 10_000)}; Mooring Hub needs 15 or later.`,
    help: 'Use a newer server, or leave DATABASE_URL out: the hub brings its own.',
  });
}
