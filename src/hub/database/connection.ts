import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { prepareMarked } from './prepared.ts';
import type { Database } from './schema.ts';

/** How to reach a PostgreSQL server: parts (embedded), or an address (`DATABASE_URL`). */
export type ConnectionTarget =
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'parts';
      /** A directory (unix socket) or a loopback address. */
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly database: string;
    };

/** The typed query builder over a pool. */
export type Db = Kysely<Database>;
/** A transaction of `Db`. Everything that changes something takes one of these. */
export type Trx = Transaction<Database>;
/** Where a read may run: on the pool or inside a transaction. */
export type Reader = Db | Trx;

/** An open pool. */
export interface DatabaseHandle {
  readonly db: Db;
  readonly pool: pg.Pool;
  readonly target: ConnectionTarget;
  /** Waits for running queries, then closes every connection. */
  close(): Promise<void>;
}

/** Sequence numbers and counts are far below 2^53, so int8 is read as a number. */
const INT8 = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format),
};

/** Settings of one connection; the same for the pool, the listener and the backup. */
export function clientConfig(target: ConnectionTarget): pg.ClientConfig {
  const common: pg.ClientConfig = {
    types,
    application_name: 'mooring-hub',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
  if (target.kind === 'url') return { ...common, connectionString: target.url };
  const { host, port, user, password, database } = target;
  return { ...common, host, port, user, password, database };
}

/** A connection of its own, open. When it breaks, what it was doing fails; nothing else does. */
export async function connectClient(target: ConnectionTarget, name = 'mooring-hub'): Promise<pg.Client> {
  const client = new pg.Client({ ...clientConfig(target), application_name: name });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/**
 * Opens a pool. `onError` hears of idle connections that broke (the server restarted); the pool replaces them
 * by itself, so that is worth a log line and nothing more.
 */
export function openDatabase(
  target: ConnectionTarget,
  options: { readonly max?: number; readonly onError?: (error: Error) => void } = {},
): DatabaseHandle {
  const pool = new pg.Pool({ ...clientConfig(target), max: options.max ?? 20, idleTimeoutMillis: 30_000 });
  pool.on('error', (error) => options.onError?.(error));
  // A connection that breaks while it is lent out speaks for itself, and nobody else may be listening: without
  // this the whole process would end with the database. The query it ran fails by its own promise.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('connect', prepareMarked);
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, target, close: () => db.destroy() };
}
