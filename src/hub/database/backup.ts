import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type pg from 'pg';
import { z } from 'zod';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ConnectionTarget, connectClient } from './connection.ts';
import { foreignKeyOrder, listTables } from './tables.ts';

/*
 * A backup is gzipped text, one JSON value a line: a head, then for each table a mark and its rows, then an end
 * with the number of rows and the SHA-256 of every byte before it. pg_dump is not among the embedded programs,
 * and a file of our own is the same for an embedded database and for a server.
 */
const BACKUP_FORMAT = 'mooring-hub-backup';
const FORMAT_VERSION = 1;
const ROWS_AT_ONCE = 500;

const backupHeadSchema = z.object({
  format: z.literal(BACKUP_FORMAT),
  formatVersion: z.int(),
  /** Version of the hub that made it. */
  hub: z.string(),
  createdAt: z.string(),
  /** Names of the migrations of the database, oldest first. */
  migrations: z.array(z.string()).min(1),
  /** Content of the hub's secret file; `null` where the secret comes from the environment. */
  secret: z.string().nullable(),
});
/** First line of a backup. */
export type BackupHead = z.infer<typeof backupHeadSchema>;
const endSchema = z.object({ end: z.literal(true), rows: z.int(), sha256: z.string() });
const tableSchema = z.object({ table: z.string(), columns: z.array(z.string()) });

/** What a backup holds, line by line. */
export type BackupLine =
  | { readonly kind: 'table'; readonly table: string; readonly columns: readonly string[] }
  /** The row as JSON text, for PostgreSQL to read. */
  | { readonly kind: 'row'; readonly json: string };

/**
 * Writes a consistent copy of the whole database: everything is read in one snapshot, while the hub goes on.
 * The file appears complete, readable by its owner only, or not at all.
 */
export async function writeBackup(options: {
  readonly target: ConnectionTarget;
  readonly file: string;
  readonly hub: string;
  readonly secret: string | null;
  readonly at: Date;
}): Promise<{ readonly rows: number; readonly tables: number }> {
  const { file } = options;
  if (existsSync(file)) {
    throw new RefusalError({
      code: 'conflict',
      message: `${file} exists already.`,
      help: 'A backup never overwrites another: choose a new name.',
    });
  }
  const draft = `${file}.part-${process.pid}`;
  const client = await connectClient(options.target);
  try {
    await client.query('begin isolation level repeatable read read only');
    const counted = { rows: 0, tables: 0 };
    const lines = withEnd(dump(client, options, counted), counted);
    await pipeline(lines, createGzip({ level: 6 }), createWriteStream(draft, { mode: 0o600, flags: 'wx' }));
    await syncFile(draft);
    await rename(draft, file);
    await syncFile(dirname(file));
    return counted;
  } finally {
    await client.end();
    await rm(draft, { force: true });
  }
}

async function* dump(
  client: pg.Client,
  options: { readonly hub: string; readonly secret: string | null; readonly at: Date },
  counted: { rows: number; tables: number },
): AsyncGenerator<string> {
  const { rows: migrations } = await client.query<{ name: string }>(
    'select name from kysely_migration order by name',
  );
  const head: BackupHead = {
    format: BACKUP_FORMAT,
    formatVersion: FORMAT_VERSION,
    hub: options.hub,
    createdAt: options.at.toISOString(),
    migrations: migrations.map((row) => row.name),
    secret: options.secret,
  };
  yield JSON.stringify(head);
  for (const table of foreignKeyOrder(await listTables(client))) {
    counted.tables += 1;
    yield JSON.stringify({ table: table.name, columns: table.columns });
    const columns = table.columns.map((column) => client.escapeIdentifier(column)).join(', ');
    const name = client.escapeIdentifier(table.name);
    await client.query(
      `declare dump no scroll cursor for select row_to_json(r)::text as json from (select ${columns} from ${name}) r`,
    );
    for (;;) {
      const { rows } = await client.query<{ json: string }>(`fetch ${ROWS_AT_ONCE} from dump`);
      if (rows.length === 0) break;
      counted.rows += rows.length;
      for (const row of rows) yield row.json;
    }
    await client.query('close dump');
  }
}

async function* withEnd(lines: AsyncGenerator<string>, counted: { rows: number }): AsyncGenerator<string> {
  const hash = createHash('sha256');
  for await (const line of lines) {
    const text = `${line}\n`;
    hash.update(text);
    yield text;
  }
  yield `${JSON.stringify({ end: true, rows: counted.rows, sha256: hash.digest('hex') })}\n`;
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  // Directories cannot be synced everywhere; where they can, the name is durable too.
  await handle.sync().catch(() => undefined);
  await handle.close();
}

/** Reads a whole backup once, without keeping it: answers its head, or refuses what is cut off or altered. */
export async function verifyBackup(file: string): Promise<BackupHead> {
  const hash = createHash('sha256');
  let head: BackupHead | undefined;
  let rows = 0;
  let end: z.infer<typeof endSchema> | undefined;
  for await (const line of readLines(file)) {
    if (end !== undefined) throw damaged(file, 'something follows its end');
    if (head === undefined) head = parseHead(file, line);
    else if (line.startsWith('{"end":true,')) {
      end = parseWith(endSchema, line) ?? undefined;
      if (end === undefined) throw damaged(file, 'its end cannot be read');
      continue;
    } else if (!line.startsWith('{"table":')) rows += 1;
    hash.update(`${line}\n`);
  }
  if (head === undefined) throw damaged(file, 'it is empty');
  if (end === undefined) throw damaged(file, 'it is cut off');
  if (end.sha256 !== hash.digest('hex')) throw damaged(file, 'its checksum does not match');
  if (end.rows !== rows) throw damaged(file, 'rows are missing');
  return head;
}

/** The tables and rows of a backup that was verified. */
export async function* readBackup(file: string): AsyncGenerator<BackupLine> {
  let first = true;
  for await (const line of readLines(file)) {
    if (first) first = false;
    else if (line.startsWith('{"end":true,')) return;
    else if (line.startsWith('{"table":')) {
      const mark = parseWith(tableSchema, line);
      if (mark === null) throw damaged(file, 'the mark of a table cannot be read');
      yield { kind: 'table', ...mark };
    } else yield { kind: 'row', json: line };
  }
}

async function* readLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const unzipped = createGunzip();
  let failure: Error | undefined;
  const feeding = pipeline(source, unzipped).catch((error: Error) => {
    failure = error;
  });
  await Promise.race([once(source, 'open'), feeding]);
  if (failure === undefined) {
    const lines = createInterface({ input: unzipped, crlfDelay: Number.POSITIVE_INFINITY });
    // The loop hears of it as well, unless whoever asked has left it: then it is nobody's error.
    lines.on('error', () => {});
    let left = true;
    try {
      for await (const line of lines) yield line;
      left = false;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      if (left) source.destroy();
    }
  }
  await feeding;
  if (failure === undefined) return;
  if ('code' in failure && failure.code === 'ENOENT') {
    throw new RefusalError({ code: 'not_found', message: `There is no file ${file}.` });
  }
  throw damaged(file, failure.message);
}

function parseHead(file: string, line: string): BackupHead {
  const head = parseWith(backupHeadSchema, line);
  if (head === null) {
    throw new RefusalError({
      code: 'bad_request',
      message: `${file} is not a backup of Mooring Hub.`,
      help: 'Name a file that "mooring-hub backup" wrote.',
    });
  }
  if (head.formatVersion <= FORMAT_VERSION) return head;
  throw new RefusalError({
    code: 'conflict',
    message: `${file} was written by a newer Mooring Hub (${head.hub}), in a form that this one cannot read.`,
    help: 'Restore it with that version or a later one.',
  });
}

function parseWith<Value>(schema: z.ZodType<Value>, line: string): Value | null {
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function damaged(file: string, how: string): RefusalError {
  return new RefusalError({
    code: 'bad_request',
    message: `The backup ${file} is damaged: ${how}. Nothing was restored.`,
    help: 'Use another backup, or copy this one again from where it was kept.',
  });
}
