import { type Kysely, sql } from 'kysely';

/*
 * Searches for a part of a text, in what grows without end: the audit log, accounts, invitations.
 * An index finds parts by their groups of three letters (pg_trgm), which comes with every PostgreSQL but is an extension:
 * a database that does not let the hub have it is searched by reading, as before. Where somebody adds the extension
 * later, `select mooring_index_texts()` makes the indexes then.
 */
const statements = [
  // The extension may stand in a schema of its own, which the search path need not name.
  `create function mooring_index_texts() returns boolean language plpgsql as $$
    declare
      letters text := (select quote_ident(n.nspname) || '.gin_trgm_ops' from pg_extension e
                         join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm');
      wanted record;
    begin
      if letters is null then return false; end if;
      for wanted in select * from (values
          ('audit_events_texts', 'audit_events', array['target_label', 'action', 'actor_label']),
          ('users_texts', 'users', array['email', 'name', 'username']),
          ('invitations_texts', 'invitations', array['email'])) as each (name, of_table, columns)
      loop
        execute format('create index if not exists %I on %I using gin (%s)', wanted.name, wanted.of_table,
          (select string_agg(quote_ident(c) || ' ' || letters, ', ') from unnest(wanted.columns) c));
      end loop;
      return true;
    end $$`,
  // Refused: the database user may make no extension. Not there: the server was built or packaged without it.
  `do $$ begin
     create extension if not exists pg_trgm;
   exception when insufficient_privilege or undefined_file or feature_not_supported then
     raise notice 'texts are searched without an index: %', sqlerrm;
   end $$`,
  `select mooring_index_texts()`,
];

/** Finds what a list is searched for without reading all of it, where the database can. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
