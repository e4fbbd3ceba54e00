import { type Kysely, sql } from 'kysely';

const statements = [
  /*
   * Every change by a person, a token or the system is an audit event: one trigger there hears of them all. What
   * devices report and how sign-ins fail is not audited and has triggers of its own. One announcement for each
   * statement, organization and kind: PostgreSQL drops the repetitions of a transaction.
   */
  `create function announce_audited() returns trigger language plpgsql as $$
    begin
      perform pg_notify('mooring_changes', json_build_object('organization', organization_id, 'topic', topic)::text)
         from (select distinct organization_id, split_part(action, '.', 1) as topic
                 from changed where organization_id is not null) kinds;
      return null;
    end $$`,
  `create trigger audit_events_announce after insert on audit_events referencing new table as changed
    for each statement execute function announce_audited()`,
  `create function announce_devices() returns trigger language plpgsql as $$
    begin
      perform pg_notify('mooring_changes', json_build_object('organization', organization_id, 'topic', 'device')::text)
         from (select distinct organization_id from changed) organizations;
      return null;
    end $$`,
  `create trigger devices_announce_insert after insert on devices referencing new table as changed
    for each statement execute function announce_devices()`,
  `create trigger devices_announce_update after update on devices referencing new table as changed
    for each statement execute function announce_devices()`,
  `create trigger devices_announce_delete after delete on devices referencing old table as changed
    for each statement execute function announce_devices()`,
  `create function announce_failures() returns trigger language plpgsql as $$
    begin
      perform pg_notify('mooring_changes', json_build_object('organization', c.organization_id, 'topic', 'connection')::text)
         from connections c where c.id in (select connection_id from changed);
      return null;
    end $$`,
  `create trigger connection_failures_announce after insert on connection_failures referencing new table as changed
    for each statement execute function announce_failures()`,
];

/** Tells open pages of the console when to read again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
