import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { databaseForFile } from '../database/test-database.ts';
import { createTestWorld, TEST_SECRET } from '../test-world.ts';

/* An organization is deleted by whoever runs the hub, in the database. */

const database = databaseForFile();

/** Names of the tables that hold a row with this id, in whatever column. */
async function tablesWith(id: string): Promise<readonly string[]> {
  const { db } = database;
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db);
  const holding: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql`
      select 1 from ${sql.table(name)} t where to_jsonb(t)::text like ${`%${id}%`} limit 1`.execute(db);
    if (rows.length > 0) holding.push(name);
  }
  return holding;
}

it('leaves nothing but the record of what happened in it', async () => {
  const world = await createTestWorld(database, { publicUrl: 'http://127.0.0.1:9999', secret: TEST_SECRET });
  const before = await tablesWith(world.organizationId);
  expect(before).toEqual(expect.arrayContaining(['audit_events', 'device_standing_marks', 'memberships']));
  await sql`delete from organizations where id = ${world.organizationId}`.execute(database.db);
  expect(await tablesWith(world.organizationId)).toEqual(['audit_events']);
});
