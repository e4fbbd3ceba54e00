import { type Kysely, sql } from 'kysely';

/*
 * As before, but for every connection that has the person in that organization: with two of them, whoever is removed
 * from the organization is inactive for both, and not only for the one that gave the membership.
 */
const statement = `create or replace function follow_membership() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        delete from scim_users where connection_id = old.connection_id and user_id = old.user_id and not managed
          and not exists (select 1 from memberships m where m.connection_id = old.connection_id and m.user_id = old.user_id);
        update scim_users set active = false, version = version + 1, updated_at = now()
         where user_id = old.user_id and managed and active
           and old.origin = 'scim' and placement_organization_id = old.organization_id;
      elsif new.origin = 'jit' then
        insert into scim_users (connection_id, user_id, managed, user_name, active, resource, created_at, updated_at)
        select new.connection_id, u.id, false, u.email, true, jsonb_build_object('displayName', u.name), new.joined_at, new.joined_at
          from users u where u.id = new.user_id
        on conflict do nothing;
      end if;
      return null;
    end $$`;

/** Lets every connection see that a person was removed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statement).execute(db);
}
