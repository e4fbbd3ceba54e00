import { chmodSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { join, resolve } from 'node:path';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ClusterPlace, createCluster, readPassword, removeDrafts, SUPERUSER } from './cluster-files.ts';
import { type ConnectionTarget, connectClient } from './connection.ts';
import { makeFolder } from './make-folder.ts';
import { endOrphanedServer } from './orphaned-server.ts';
import { claimOwnership, type Ownership } from './ownership.ts';
import { locatePostgres } from './postgres-binaries.ts';
import { type PostgresEndpoint, type PostgresProcess, startPostgres } from './postgres-process.ts';
import { assertReachable, choosePostgresUser } from './postgres-user.ts';
import { endpointOfRunningServer } from './postmaster-file.ts';

const DATABASE = 'mooring';
/** Longest path a unix socket may have (macOS: 104 bytes with the final NUL). */
const LONGEST_SOCKET_PATH = 100;
/** How often a server that ended by itself is started again before the hub gives up. */
const RESTARTS = 5;
/** The same, while parts of the ended one are still there. */
const LINGERING_RESTARTS = 120;
/** How often a start is tried while others start or stop in the same place. */
const ATTEMPTS = 20;

export interface EmbeddedDatabaseOptions {
  /** The hub's data directory. The cluster lives in `postgres` below it. */
  readonly dataDirectory: string;
  /** Who asks, for the message a second owner gets: "mooring-hub start". */
  readonly purpose: string;
  /** Overrides the choice among `mooring`, `postgres`, `nobody` when started by root. */
  readonly postgresUser?: string | undefined;
  readonly onLog?: (line: string) => void;
  /** The server ended by itself and was started again, or could not be (`fatal`). */
  readonly onCrash?: (event: { readonly fatal: boolean; readonly message: string }) => void;
  /** False only in tests: no fsync. */
  readonly durable?: boolean;
}

/** The embedded server, owned by this process. */
export interface EmbeddedDatabase {
  readonly target: ConnectionTarget;
  /** Process id of the server. */
  pid(): number;
  /** Ends the server and gives the data directory free. */
  stop(): Promise<void>;
}

interface Cluster extends ClusterPlace {
  readonly password: string;
}

/**
 * Starts the embedded PostgreSQL of a data directory, creating it at first. Exactly one process owns it: the
 * one that holds an advisory lock in it, so that a killed owner never leaves a lock behind. A server that
 * outlived its hub is stopped cleanly and started anew.
 */
export async function startEmbeddedDatabase(options: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  const cluster = await prepareCluster(options);
  for (let attempt = 1; ; attempt += 1) {
    await endOrphanedServer({ ...cluster, targetOf: (endpoint) => targetOf(endpoint, cluster.password) });
    const endpoint = await chooseEndpoint(cluster.directory);
    try {
      const server = await startPostgres({ ...cluster, endpoint, ...processOptions(cluster, options) });
      return await own(cluster, endpoint, server, options);
    } catch (error) {
      // Another process was faster, or took the port: look again who it is.
      if (attempt >= ATTEMPTS || (error instanceof RefusalError && error.refusal.code === 'conflict'))
        throw error;
      if (error instanceof RefusalError && !/postmaster\.pid|could not bind|TCP\/IP/.test(error.message))
        throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

/** Where a command line reaches the embedded database while a hub owns it; `null` when none runs. */
export function runningEmbeddedDatabase(dataDirectory: string): ConnectionTarget | null {
  const directory = join(resolve(dataDirectory), 'postgres');
  const endpoint = endpointOfRunningServer(directory);
  return endpoint === null ? null : targetOf(endpoint, readPassword(resolve(dataDirectory)));
}

function processOptions(cluster: Cluster, options: EmbeddedDatabaseOptions) {
  const settings = cluster.durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  return { settings, ...(options.onLog === undefined ? {} : { onLog: options.onLog }) };
}

function targetOf(endpoint: PostgresEndpoint, password: string): ConnectionTarget {
  return { kind: 'parts', ...endpoint, user: SUPERUSER, password, database: DATABASE };
}

async function prepareCluster(options: EmbeddedDatabaseOptions): Promise<Cluster> {
  const dataDirectory = resolve(options.dataDirectory);
  const binaries = locatePostgres();
  const user = choosePostgresUser(options.postgresUser);
  if (!existsSync(dataDirectory)) {
    makeFolder(dataDirectory);
    // The database user passes through to its own directory, and can list or read nothing else.
    if (user !== null) chmodSync(dataDirectory, 0o711);
  }
  if (user !== null) {
    assertReachable(user, binaries.postgres, 'the PostgreSQL program');
    assertReachable(user, dataDirectory, 'the data directory');
  }
  const directory = join(dataDirectory, 'postgres');
  const durable = options.durable ?? true;
  if (!existsSync(directory)) await createCluster({ binaries, user, dataDirectory, directory, durable });
  return { binaries, user, dataDirectory, directory, durable, password: readPassword(dataDirectory) };
}

async function chooseEndpoint(directory: string): Promise<PostgresEndpoint> {
  const socket = join(directory, '.s.PGSQL.5432');
  if (platform() !== 'win32' && Buffer.byteLength(socket) <= LONGEST_SOCKET_PATH) {
    return { host: directory, port: 5432 };
  }
  const probe = createServer();
  await new Promise<void>((done, fail) => probe.once('error', fail).listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return { host: '127.0.0.1', port: typeof address === 'object' && address !== null ? address.port : 5432 };
}

async function own(
  cluster: Cluster,
  endpoint: PostgresEndpoint,
  first: PostgresProcess,
  options: EmbeddedDatabaseOptions,
): Promise<EmbeddedDatabase> {
  const target = targetOf(endpoint, cluster.password);
  let server = first;
  let stopping = false;
  let ownership: Ownership;
  try {
    ownership = await claimOwnership(target, cluster.dataDirectory, options.purpose);
    await createDatabase(endpoint, cluster.password);
    removeDrafts(cluster.dataDirectory);
  } catch (error) {
    await first.stop();
    throw error;
  }
  const watch = async (): Promise<void> => {
    for (;;) {
      await server.exited;
      if (stopping) return;
      options.onCrash?.({
        fatal: false,
        message: 'The embedded PostgreSQL ended by itself; starting it again.',
      });
      try {
        server = await restartServer(cluster, endpoint, options);
        ownership = await claimOwnership(target, cluster.dataDirectory, options.purpose);
        if (stopping) return await server.stop();
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        options.onCrash?.({ fatal: true, message });
        return;
      }
    }
  };
  const watching = watch();
  return {
    target,
    pid: () => server.pid,
    stop: async () => {
      stopping = true;
      await ownership.release();
      await server.stop();
      await watching;
    },
  };
}

/**
 * The backends of a killed server need a moment to notice, on a busy machine a long one; until then a new one
 * refuses to start.
 */
async function restartServer(
  cluster: Cluster,
  endpoint: PostgresEndpoint,
  options: EmbeddedDatabaseOptions,
): Promise<PostgresProcess> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // In the gap another hub may have taken the directory: then this one must not go on beside it.
      await endOrphanedServer({ ...cluster, targetOf: (at) => targetOf(at, cluster.password) });
      return await startPostgres({ ...cluster, endpoint, ...processOptions(cluster, options) });
    } catch (error) {
      if (error instanceof RefusalError && error.refusal.code === 'conflict') throw error;
      const lingering = error instanceof Error && /shared memory|postmaster\.pid/.test(error.message);
      if (attempt >= (lingering ? LINGERING_RESTARTS : RESTARTS)) throw error;
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

async function createDatabase(endpoint: PostgresEndpoint, password: string): Promise<void> {
  const client = await connectClient({
    kind: 'parts',
    ...endpoint,
    user: SUPERUSER,
    password,
    database: 'postgres',
  });
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}
