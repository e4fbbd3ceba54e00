import { type Kysely, sql } from 'kysely';

const statements = [
  /*
   * What hung on a deleted thing, a row for each: a connection knows as many people as an organization has, and one
   * value of them all could become too large to be kept. They are found by `kept_id` and not by the thing: it is taken
   * out of the list before they are put back, and it can be deleted again.
   */
  `alter table deletions add column kept_id uuid not null default gen_random_uuid()`,
  `create table deletion_rows (
    kept_id uuid not null,
    organization_id uuid not null references organizations on delete cascade,
    part text not null,
    content jsonb not null
  )`,
  `create index deletion_rows_part on deletion_rows (kept_id, part)`,
  `create index deletion_rows_organization on deletion_rows (organization_id)`,
  `insert into deletion_rows (kept_id, organization_id, part, content)
    select d.kept_id, d.organization_id, p.key, r.value
      from deletions d, jsonb_each(d.content) p, jsonb_array_elements(p.value) r
     where jsonb_typeof(p.value) = 'array'`,
  `update deletions d set content = (
    select coalesce(jsonb_object_agg(p.key, p.value), '{}') from jsonb_each(d.content) p where jsonb_typeof(p.value) <> 'array')`,
];

/** What was deleted and may come back, however much of it there is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
