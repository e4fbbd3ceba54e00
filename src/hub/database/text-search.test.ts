import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Db, openDatabase } from './connection.ts';
import { migrate } from './migrate.ts';
import { startTestCluster, type TestCluster } from './test-database.ts';

/*
 * Parts of texts are found by an index where the database lets the hub have the extension for it, and by reading where
 * it does not: then an upgrade goes through all the same, and the indexes can be made later.
 */

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startTestCluster();
});
afterAll(() => cluster.stop());

const INDEXES = ['audit_events_texts', 'invitations_texts', 'users_texts'];

async function indexes(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select indexname as name from pg_indexes where indexname like '%\\_texts' order by 1`.execute(db);
  return rows.map(({ name }) => name);
}

/** How accounts are searched for what none of them is called. */
async function plan(db: Db, accounts: number): Promise<string> {
  await sql`insert into users (email, username, name)
    select 'p' || i || '@acme.example', 'p' || i, 'Person ' || i from generate_series(1, ${accounts}::int) i`.execute(
    db,
  );
  await sql`vacuum analyze users`.execute(db);
  const { rows } = await sql<{ 'QUERY PLAN': string }>`
    explain select id from users where (email ilike '%nobody%' or name ilike '%nobody%' or username ilike '%nobody%')`.execute(
    db,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

it('finds parts of texts by an index, and of the three columns by one', async () => {
  const { db } = await cluster.createDatabase();
  expect(await indexes(db)).toEqual(INDEXES);
  const found = await plan(db, 30_000);
  expect(found).toContain('Bitmap Index Scan on users_texts');
  expect(found).not.toContain('Seq Scan');
});

it('goes without where the database user may make no extension, and makes the indexes once somebody else did', async () => {
  const admin = await cluster.createDatabase({ migrated: false });
  const name = (await sql<{ name: string }>`select current_database() as name`.execute(admin.db)).rows[0]
    ?.name;
  // As a hosted database may be: the hub owns its tables, and may make nothing else in the database.
  for (const statement of [
    `create role plain login password 'plain'`,
    `revoke create on database ${name} from public`,
    `grant create, usage on schema public to plain`,
    `create schema extensions`,
    `grant usage on schema extensions to plain`,
  ])
    await sql.raw(statement).execute(admin.db);
  const { target } = admin;
  if (target.kind !== 'parts') throw new Error('the test cluster is reached by parts');
  const plain = openDatabase({ ...target, user: 'plain', password: 'plain' });
  try {
    await migrate(plain.db);
    expect(await indexes(plain.db)).toEqual([]);
    expect(await plan(plain.db, 100)).toContain('Seq Scan on users');
    const made = async () =>
      (await sql<{ made: boolean }>`select mooring_index_texts() as made`.execute(plain.db)).rows[0]?.made;
    expect(await made()).toBe(false);
    await sql.raw('create extension pg_trgm schema extensions').execute(admin.db);
    expect([await made(), await made()]).toEqual([true, true]);
    expect(await indexes(plain.db)).toEqual(INDEXES);
  } finally {
    await plain.close();
  }
});

it('goes without where the server has no such extension', async () => {
  const { db } = await cluster.createDatabase({ migrated: false });
  // What PostgreSQL raises for a control file that is not there.
  await sql
    .raw(`create function absent() returns event_trigger language plpgsql as $$
    begin raise exception 'extension "pg_trgm" is not available' using errcode = 'feature_not_supported'; end $$`)
    .execute(db);
  await sql
    .raw(
      `create event trigger no_extensions on ddl_command_start when tag in ('CREATE EXTENSION') execute function absent()`,
    )
    .execute(db);
  await migrate(db);
  expect(await indexes(db)).toEqual([]);
});
