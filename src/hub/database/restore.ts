import { sql } from 'kysely';
import type pg from 'pg';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type BackupHead, type BackupLine, readBackup, verifyBackup } from './backup.ts';
import { type ConnectionTarget, connectClient, type Db, openDatabase } from './connection.ts';
import { appliedMigrations, migrate, migrateTo } from './migrate.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { listTables } from './tables.ts';

const BATCH_ROWS = 500;
const BATCH_CHARACTERS = 4_000_000;

/** What was restored. */
export interface RestoreOutcome {
  readonly head: BackupHead;
  readonly rows: number;
}

/**
 * Restores a verified backup into an empty database: tables of the backup's own version first, then every row
 * and a new stamp on every bundle in one transaction, then forward to this version. Refuses a damaged file, one
 * of a newer hub, and a database that holds anything.
 *
 * Stamping inside the transaction keeps `seq` above all that devices have seen (docs/delivery.md section 3).
 */
export async function restoreBackup(options: {
  readonly target: ConnectionTarget;
  readonly file: string;
  readonly at: Date;
}): Promise<RestoreOutcome> {
  const head = await verifyBackup(options.file);
  refuseNewerBackup(head, options.file);
  const handle = openDatabase(options.target, { max: 2 });
  try {
    const newer = (await appliedMigrations(handle.db)).filter((name) => !head.migrations.includes(name));
    if (newer.length > 0) throw notEmpty(`it has tables of a later version (${newer.join(', ')})`);
    await migrateTo(handle.db, head.migrations.at(-1) ?? '');
    const rows = await load(options);
    await migrate(handle.db);
    await markEveryStanding(handle.db);
    return { head, rows };
  } finally {
    await handle.close();
  }
}

function refuseNewerBackup(head: BackupHead, file: string): void {
  const unknown = head.migrations.filter((name) => !(name in MIGRATIONS));
  if (unknown.length === 0) return;
  throw new RefusalError({
    code: 'conflict',
    message: `${file} was written by a newer Mooring Hub (${head.hub}, with ${unknown.join(', ')}).`,
    help: 'Restore it with that version or a later one.',
  });
}

async function refuseRows(client: pg.Client): Promise<void> {
  for (const { name } of await listTables(client)) {
    const { rowCount } = await client.query(`select 1 from ${client.escapeIdentifier(name)} limit 1`);
    if (rowCount === 0) continue;
    throw notEmpty(`table ${name} has rows`);
  }
}

function notEmpty(why: string): RefusalError {
  return new RefusalError({
    code: 'conflict',
    message: `The database is not empty: ${why}. A restore never overwrites anything.`,
    help: 'Restore into a new data directory (--data DIR) or a new database, and start the hub on that.',
  });
}

async function load(options: {
  readonly target: ConnectionTarget;
  readonly file: string;
  readonly at: Date;
}): Promise<number> {
  const client = await connectClient(options.target);
  try {
    await client.query('begin');
    await lockEverything(client);
    await refuseRows(client);
    const constraints = await dropForeignKeys(client);
    await setTriggers(client, 'disable');
    const rows = await insertRows(client, options.file);
    await restampBundles(client, options.at);
    await resetSequences(client);
    await setTriggers(client, 'enable');
    for (const { table, name, definition } of constraints) {
      await client.query(`alter table ${table} add constraint ${name} ${definition}`);
    }
    await client.query('commit');
    return rows;
  } finally {
    await client.end(); // ends the transaction too, where it was not committed
  }
}

async function lockEverything(client: pg.Client): Promise<void> {
  const tables = (await listTables(client)).map(({ name }) => client.escapeIdentifier(name));
  await client.query(`lock table ${tables.join(', ')} in access exclusive mode`);
}

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/** Tables refer to each other in circles: constraints go before the rows and come back after, checked. */
async function dropForeignKeys(client: pg.Client): Promise<readonly ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `select c.conrelid::regclass::text as table, quote_ident(c.conname) as name, pg_get_constraintdef(c.oid) as definition
       from pg_constraint c
      where c.contype = 'f' and c.connamespace = current_schema()::regnamespace
      order by 1, 2`,
  );
  for (const { table, name } of rows) await client.query(`alter table ${table} drop constraint ${name}`);
  return rows;
}

async function setTriggers(client: pg.Client, state: 'enable' | 'disable'): Promise<void> {
  for (const { name } of await listTables(client)) {
    await client.query(`alter table ${client.escapeIdentifier(name)} ${state} trigger user`);
  }
}

async function insertRows(client: pg.Client, file: string): Promise<number> {
  const known = new Set((await listTables(client)).map(({ name }) => name));
  let count = 0;
  let table: Extract<BackupLine, { kind: 'table' }> | undefined;
  let batch: string[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (table !== undefined && batch.length > 0) await insertBatch(client, table, batch);
    count += batch.length;
    batch = [];
    size = 0;
  };
  for await (const line of readBackup(file)) {
    if (line.kind === 'table') {
      await flush();
      if (!known.has(line.table))
        throw new Error(`the backup has a table ${line.table} that its version never had`);
      table = line;
      continue;
    }
    batch.push(line.json);
    size += line.json.length;
    if (batch.length >= BATCH_ROWS || size >= BATCH_CHARACTERS) await flush();
  }
  await flush();
  return count;
}

async function insertBatch(
  client: pg.Client,
  table: { readonly table: string; readonly columns: readonly string[] },
  batch: readonly string[],
): Promise<void> {
  const name = client.escapeIdentifier(table.table);
  const columns = table.columns.map((column) => client.escapeIdentifier(column)).join(', ');
  await client.query(
    `insert into ${name} (${columns}) overriding system value
     select ${columns} from json_populate_recordset(null::${name}, $1::json)`,
    [`[${batch.join(',')}]`],
  );
}

/** The rows came in without the triggers, and with new numbers: the list of devices is worked out anew. */
async function markEveryStanding(db: Db): Promise<void> {
  await sql`insert into device_standing_marks (organization_id)
    select o.id from organizations o where not exists (
      select 1 from device_standing_marks m
       where m.organization_id = o.id and m.user_id is null and m.policy_id is null)`.execute(db);
}

/** In SQL of its own: a backup may be older than the code that stamps otherwise. */
async function restampBundles(client: pg.Client, at: Date): Promise<void> {
  await client.query(
    `insert into bundle_sequences (organization_id, user_id, seq, changed_at)
     select organization_id, user_id, $1::bigint, $2::timestamptz from memberships on conflict do nothing`,
    [at.getTime(), at],
  );
  await client.query(
    'update bundle_sequences set seq = greatest(seq + 1, $1::bigint), changed_at = $2::timestamptz',
    [at.getTime(), at],
  );
}

async function resetSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(
    `select pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence,
            quote_ident(c.relname) as table, quote_ident(a.attname) as column
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
        and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null`,
  );
  for (const { sequence, table, column } of rows) {
    await client.query(`select setval($1, coalesce((select max(${column}) from ${table}), 0) + 1, false)`, [
      sequence,
    ]);
  }
}
