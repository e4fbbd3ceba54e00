import { type Kysely, sql } from 'kysely';

/** Which file was found with other rights; `null` for the settings store. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table device_drift add column file text`.execute(db);
}
