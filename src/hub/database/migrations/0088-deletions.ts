import { type Kysely, sql } from 'kysely';

const statements = [
  // Teams, domains, connections and members come back like policies do: one place for all that was deleted.
  `alter table deleted_policies rename to deletions`,
  `alter table deletions add column kind text not null default 'policy'
    check (kind in ('policy', 'team', 'connection', 'domain', 'member'))`,
  `alter table deletions alter column kind drop default`,
  `alter table deletions drop column revision`,
  // A person is a member of several organizations under one id.
  `alter table deletions drop constraint deleted_policies_pkey`,
  `alter table deletions add primary key (organization_id, id)`,
  `alter index deleted_policies_organization rename to deletions_organization`,

  /*
   * Whoever is a member again, however that came to be, is nobody to bring back: else the owner's old removal could
   * undo a later one by the directory.
   */
  `create function memberships_forget_deletions() returns trigger language plpgsql as $$
    begin
      delete from deletions d using added a
       where d.kind = 'member' and d.organization_id = a.organization_id and d.id = a.user_id;
      return null;
    end $$`,
  `create trigger memberships_forget_deletions after insert on memberships
    referencing new table as added for each statement execute function memberships_forget_deletions()`,
];

/** What was deleted and may come back, of every kind that does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
