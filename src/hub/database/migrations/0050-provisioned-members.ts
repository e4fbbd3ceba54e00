import { type Kysely, sql } from 'kysely';

const statements = [
  `create index memberships_connection on memberships (connection_id, organization_id) where connection_id is not null`,
  /*
   * What a connection's SCIM client sees follows the memberships, from here and not from the code, so that no path
   * that adds or removes a member can forget to. Members that sign-in created are shown, read only: an empty look-up
   * followed by 409 stalls clients. A removed member is inactive, so that the client can bring them back.
   */
  `create function follow_membership() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        delete from scim_users where connection_id = old.connection_id and user_id = old.user_id and not managed
          and not exists (select 1 from memberships m where m.connection_id = old.connection_id and m.user_id = old.user_id);
        update scim_users set active = false, version = version + 1, updated_at = now()
         where connection_id = old.connection_id and user_id = old.user_id and managed and active
           and old.origin = 'scim' and placement_organization_id = old.organization_id;
      elsif new.origin = 'jit' then
        insert into scim_users (connection_id, user_id, managed, user_name, active, resource, created_at, updated_at)
        select new.connection_id, u.id, false, u.email, true, jsonb_build_object('displayName', u.name), new.joined_at, new.joined_at
          from users u where u.id = new.user_id
        on conflict do nothing;
      end if;
      return null;
    end $$`,
  `create trigger memberships_followed_in after insert on memberships
    for each row when (new.connection_id is not null) execute function follow_membership()`,
  `create trigger memberships_followed_out after delete on memberships
    for each row when (old.connection_id is not null) execute function follow_membership()`,
];

/** Lets the users that a connection's SCIM client sees follow the memberships that the connection gave. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
