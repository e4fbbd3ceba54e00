import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { ChangeContext } from '../audit/record.ts';
import { addMember } from '../organizations/member-service.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { assignPolicy, setDefaultPolicy } from '../policies/assignment-service.ts';
import { createPolicy, updatePolicy } from '../policies/policy-service.ts';
import { readReceived } from '../policies/received.ts';
import { createApiToken } from '../tokens/api-tokens.ts';
import { writeBackup } from './backup.ts';
import type { DatabaseHandle, Db } from './connection.ts';
import { restoreBackup } from './restore.ts';
import { passableTemporaryDirectory } from './test-data-directory.ts';
import { startTestCluster, type TestCluster } from './test-database.ts';

let cluster: TestCluster;
let source: DatabaseHandle;
let file: string;
let ids: { organizationId: string; userId: string };
const directory = passableTemporaryDirectory('mooring-backup-');

beforeAll(async () => {
  cluster = await startTestCluster();
  source = await cluster.createDatabase();
  ids = await populate(source.db);
  file = join(directory, 'hub.backup');
  await writeBackup({ target: source.target, file, hub: '1.2.3', secret: 'kept', at: new Date(0) });
});
afterAll(async () => {
  await cluster.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function populate(db: Db): Promise<typeof ids> {
  const context: ChangeContext = {
    actor: { kind: 'system', name: 'test' },
    sourceAddress: '::1',
    at: new Date(),
  };
  const { id: organizationId } = await createOrganization(db, context, {
    name: 'acme',
    displayName: 'Ünïcode "Acme"\n',
  });
  const where = { organizationId, publicUrl: 'http://127.0.0.1' };
  const added = await addMember(db, context, where, {
    email: 'ann@acme.example',
    name: 'Ann',
    role: 'owner',
  });
  const { userId } = added.member;
  const text = '{\n  // kept as written\n  "memoryMiB": { "locked": true, "value": 2048 },\n}';
  const policy = await createPolicy(db, context, organizationId, {
    name: 'P',
    description: '',
    text,
    reason: '',
  });
  const edited = { organizationId, policyId: policy.id, version: null };
  await updatePolicy(db, context, edited, { document: {}, reason: 'empty it' });
  await setDefaultPolicy(db, context, organizationId, policy.id);
  await assignPolicy(db, context, organizationId, { userId, policyId: policy.id });
  await createApiToken(db, context, organizationId, { name: 'ci', role: 'editor', days: 3 });
  return { organizationId, userId };
}

/** Everything of every table, without the stamps that a restore sets anew. */
async function contentOf(db: Db): Promise<Record<string, unknown>> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
     where table_schema = current_schema() and table_name not like 'kysely%' order by 1`.execute(db);
  const content: Record<string, unknown> = {};
  for (const { name } of rows) {
    if (name === 'bundle_sequences') continue;
    const table =
      await sql`select to_jsonb(t) as row from ${sql.table(name)} t order by to_jsonb(t)::text`.execute(db);
    content[name] = table.rows;
  }
  return content;
}

async function refusalOf(call: Promise<unknown>): Promise<RefusalError> {
  const outcome = await call.then(
    () => new Error('it was not refused'),
    (error: unknown) => error,
  );
  if (outcome instanceof RefusalError) return outcome;
  throw outcome;
}

it('brings everything back, and stamps every bundle above what devices have seen', async () => {
  const empty = await cluster.createDatabase({ migrated: false });
  const before = await readReceived(source.db, ids);
  const { rows, head } = await restoreBackup({ target: empty.target, file, at: new Date(1000) });
  expect(head).toMatchObject({ hub: '1.2.3', secret: 'kept' });
  expect(rows).toBeGreaterThan(8);
  expect(await contentOf(empty.db)).toEqual(await contentOf(source.db));
  const after = await readReceived(empty.db, ids);
  // The clock stands behind the last stamp: it rises all the same.
  expect(after?.seq).toBe((before?.seq ?? 0) + 1);
  expect({ ...after, seq: 0 }).toEqual({ ...before, seq: 0 });
});

it('leaves a database that works: constraints, triggers and counters are back', async () => {
  const { target, db } = await cluster.createDatabase({ migrated: false });
  const at = new Date(Date.now() + 60_000);
  await restoreBackup({ target, file, at });
  expect((await readReceived(db, ids))?.seq).toBe(at.getTime());
  await expect(sql`delete from audit_events`.execute(db)).rejects.toThrow(/append-only/);
  const orphan = { organization_id: ids.organizationId, policy_id: ids.userId, user_id: ids.userId };
  await expect(db.insertInto('policy_assignments').values(orphan).execute()).rejects.toThrow(/constraint/);
  const constraints = sql<{ definition: string }>`
    select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) as definition
      from pg_constraint where connamespace = current_schema()::regnamespace order by 1`;
  expect((await constraints.execute(db)).rows).toEqual((await constraints.execute(source.db)).rows);
  const context: ChangeContext = { actor: { kind: 'system', name: 'test' }, sourceAddress: null, at };
  await createOrganization(db, context, { name: 'second', displayName: 'Second' });
});

it('reads one moment while others write', async () => {
  const other = join(directory, 'moment.backup');
  const writing = Array.from({ length: 20 }, (_, index) =>
    source.db
      .insertInto('users')
      .values({ email: `during${index}@acme.example`, username: `during${index}`, name: '' })
      .execute(),
  );
  await writeBackup({ target: source.target, file: other, hub: '1', secret: null, at: new Date(0) });
  await Promise.all(writing);
  const empty = await cluster.createDatabase({ migrated: false });
  await restoreBackup({ target: empty.target, file: other, at: new Date() });
  await source.db.deleteFrom('users').where('username', 'like', 'during%').execute();
});

describe('a file', () => {
  it('is readable by its owner only, and never overwritten', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = writeBackup({ target: source.target, file, hub: '1', secret: null, at: new Date(0) });
    expect((await refusalOf(again)).message).toContain('exists already');
  });

  const lines = () => gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  const damage: Readonly<Record<string, () => Buffer>> = {
    'cut in the middle of the compressed bytes': () => readFileSync(file).subarray(0, 600),
    'with one byte changed': () => {
      const bytes = readFileSync(file);
      const middle = Math.floor(bytes.length / 2);
      bytes[middle] = (bytes[middle] ?? 0) ^ 0x20;
      return bytes;
    },
    'without its end': () => gzipSync(`${lines().slice(0, -1).join('\n')}\n`),
    'with a row left out': () => {
      const all = lines();
      const row = all.findIndex((line) => line.includes('ann@acme.example'));
      return gzipSync(`${all.toSpliced(row, 1).join('\n')}\n`);
    },
    'with a row changed': () =>
      gzipSync(`${lines().join('\n').replace('ann@acme.example', 'eve@acme.example')}\n`),
    'with something after its end': () => gzipSync(`${lines().join('\n')}\n{"more":1}\n`),
    'that is empty': () => Buffer.alloc(0),
    'that is something else': () => Buffer.from('just text'),
    'that is gzip of something else': () => gzipSync('{"format":"other"}\n'),
    // Refused at its first line; what is read of it afterwards is nobody's error.
    'that is something else, and damaged further on': () => {
      const bytes = gzipSync(`{"format":"other"}\n${randomBytes(300_000).toString('hex')}\n`);
      return Buffer.concat([bytes.subarray(0, bytes.length / 2), Buffer.alloc(200_000, 0xff)]);
    },
  };
  it.each(Object.keys(damage))('%s is refused, and nothing is restored', async (name) => {
    const broken = join(directory, 'broken.backup');
    writeFileSync(broken, damage[name]?.() ?? '');
    const { target, db } = await cluster.createDatabase({ migrated: false });
    const refusal = await refusalOf(restoreBackup({ target, file: broken, at: new Date() }));
    expect(refusal.refusal.code).toBe('bad_request');
    const tables =
      await sql`select 1 from information_schema.tables where table_schema = current_schema()`.execute(db);
    expect(tables.rows).toEqual([]);
  });

  it('of a newer hub is refused', async () => {
    const { target } = await cluster.createDatabase({ migrated: false });
    for (const change of [
      (text: string) => text.replace('"formatVersion":1', '"formatVersion":2'),
      (text: string) => text.replace('"0001-foundation"', '"0001-foundation","9999-later"'),
    ]) {
      const [head = '', ...rest] = lines();
      const body = [change(head), ...rest.slice(0, -1)].map((line) => `${line}\n`).join('');
      const { createHash } = await import('node:crypto');
      const end = JSON.parse(rest.at(-1) ?? '{}') as { rows: number };
      const sha256 = createHash('sha256').update(body).digest('hex');
      const newer = join(directory, 'newer.backup');
      writeFileSync(newer, gzipSync(`${body}${JSON.stringify({ end: true, rows: end.rows, sha256 })}\n`));
      const refusal = await refusalOf(restoreBackup({ target, file: newer, at: new Date() }));
      expect(refusal.message).toContain('newer Mooring Hub');
    }
  });
});

it('refuses a database that holds anything, and leaves it as it was', async () => {
  const before = await contentOf(source.db);
  const refusal = await refusalOf(restoreBackup({ target: source.target, file, at: new Date() }));
  expect(refusal.message).toContain('not empty');
  expect(await contentOf(source.db)).toEqual(before);
});
