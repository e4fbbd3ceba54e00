import { type Kysely, sql } from 'kysely';

const statements = [
  // The orders of the list of members: a page of 50,000 is as near as a page of 50.
  `create index users_name on users (lower(name), id)`,
  `create index memberships_joined on memberships (organization_id, joined_at, user_id)`,
  `create index memberships_role on memberships (organization_id, role, user_id)`,
  `create index memberships_origin on memberships (organization_id, origin, user_id)`,
  // How many there are is kept, not counted for everyone who opens the list.
  `create table organization_sizes (
    organization_id uuid primary key references organizations on delete cascade,
    members integer not null check (members >= 0)
  )`,
  `insert into organization_sizes (organization_id, members)
    select o.id, (select count(*) from memberships m where m.organization_id = o.id) from organizations o`,
  `create function count_members() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        insert into organization_sizes (organization_id, members)
          select organization_id, count(*) from changed group by 1
          on conflict (organization_id) do update set members = organization_sizes.members + excluded.members;
      else
        update organization_sizes s set members = s.members - gone.members
          from (select organization_id, count(*) as members from changed group by 1) gone
         where s.organization_id = gone.organization_id;
      end if;
      return null;
    end $$`,
  `create trigger memberships_counted_in after insert on memberships referencing new table as changed
    for each statement execute function count_members()`,
  `create trigger memberships_counted_out after delete on memberships referencing old table as changed
    for each statement execute function count_members()`,
];

/** Sorts the list of members by other things than the address, and knows its length. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
