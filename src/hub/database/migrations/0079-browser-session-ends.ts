import { type Kysely, sql } from 'kysely';

/**
 * Announces the end of a browser's session like that of a device's, from here and not from the code: what such a session
 * let a page listen to ends with it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create trigger browser_sessions_access after delete or update of ended_reason on browser_sessions
    for each row execute function announce_access()`.execute(db);
}
