import { type Kysely, sql } from 'kysely';

const statements = [
  /*
   * A mark has no foreign key: deleting an organization deletes what stands in it, which marks it once more. Its marks go
   * when all of that has happened, at the end of the transaction.
   */
  `create function organization_forget_marks() returns trigger language plpgsql as $$
    begin
      delete from device_standing_marks where organization_id = old.id;
      return null;
    end $$`,
  `create constraint trigger organizations_forget_marks after delete on organizations
    deferrable initially deferred for each row execute function organization_forget_marks()`,
  `delete from device_standing_marks m
    where not exists (select 1 from organizations o where o.id = m.organization_id)`,
];

/** Marks of the list of devices end with their organization. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
