import { type RawBuilder, sql } from 'kysely';
import type {
  Migration,
  MigrationList,
  MigrationPerson,
  MigrationQuery,
  MigrationReport,
  MigrationReportQuery,
} from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Reader } from '../database/connection.ts';
import { having, searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { type ListSource, readPage } from '../database/read-page.ts';
import { isUnderWay, type MigrationPlace, type MigrationRow } from './migration-steps.ts';
import { owningIn } from './owning.ts';
import { checkReadiness } from './readiness.ts';
import './tables.ts';

const MOVES: Omit<ListSource, 'where'> = {
  columns: sql`m.id, m.connection_id, c.name as connection_name, m.step, m.created_at, m.updated_at,
    m.removal_id is not null as removal_running, m.removal_label, m.removal_problem,
    coalesce((select jsonb_object_agg(state, people) from (select state, count(*) as people
      from provisioning_migration_people p where p.migration_id = m.id group by state) s), '{}') as counts`,
  from: sql`provisioning_migrations m join connections c on c.id = m.connection_id`,
  orders: { created: { by: sql`m.created_at`, kind: 'time' } },
  id: { by: sql`m.id`, kind: 'uuid' },
};

/** The moves of an organization, newest first; all of them without a limit. */
export async function listMigrations(
  reader: Reader,
  organizationId: string,
  { connection, step, sort = '-created', cursor, limit }: MigrationQuery = {},
): Promise<MigrationList> {
  const where = sql`m.organization_id = ${organizationId} and ${having(sql`m.connection_id::text`, connection)}
    and ${having(sql`m.step`, step)}`;
  const { rows, ...page } = await readPage<MigrationRow>(
    reader,
    { ...MOVES, where },
    { sort, cursor, limit },
  );
  const migrations: Migration[] = [];
  for (const row of rows) migrations.push(await view(reader, row));
  return { migrations, ...page };
}

const PEOPLE_ORDERS: Readonly<Record<string, ListOrder>> = {
  email: { by: sql`lower(p.email)`, kind: 'text' },
  state: { by: sql`p.state`, kind: 'text' },
};

/** One move, and the people in it: all of them without a limit. Refuses `not_found`. */
export async function readMigration(
  reader: Reader,
  where: MigrationPlace,
  query: MigrationReportQuery = {},
): Promise<MigrationReport> {
  const row = await readMigrationRow(reader, where);
  const people = await pageMigrationPeople(reader, where, query);
  return { migration: await view(reader, row), ...people };
}

/** The people of a move that is known to be of the organization: all of them without a limit. */
export async function pageMigrationPeople(
  reader: Reader,
  { organizationId, migrationId }: MigrationPlace,
  { search, state, role, owning, sort = 'email', cursor, limit }: MigrationReportQuery,
): Promise<Omit<MigrationReport, 'migration'>> {
  const owned = owningIn(organizationId);
  const { rows, ...page } = await readPage<PersonRow>(
    reader,
    {
      columns: sql`p.user_id, p.email, p.state, p.detail ${owning === true ? sql`, ${owned.columns}` : sql``}`,
      from: sql`provisioning_migration_people p`,
      where: sql`p.migration_id = ${migrationId} and ${standing(state)} and ${searching(search, sql`p.email`)}
        and ${havingRole(organizationId, role)} and ${owning === true ? owned.holds : sql`true`}`,
      orders: PEOPLE_ORDERS,
      id: { by: sql`p.user_id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { people: rows.map(toPerson), ...page };
}

function standing(state: MigrationReportQuery['state']): RawBuilder<boolean> {
  return state === 'missing'
    ? sql<boolean>`p.state in ('waiting', 'removed', 'refused')`
    : having(sql`p.state`, state);
}

function havingRole(organizationId: string, role: MigrationReportQuery['role']): RawBuilder<boolean> {
  if (role === undefined) return sql<boolean>`true`;
  return sql<boolean>`p.user_id in (select m.user_id from memberships m
    where m.organization_id = ${organizationId} and m.role = ${role})`;
}

interface PersonRow {
  readonly user_id: string;
  readonly email: string;
  readonly state: MigrationPerson['state'];
  readonly detail: string;
  readonly owned_tokens?: number;
  readonly owned_invitations?: number;
  readonly only_owner?: boolean;
}

function toPerson({ user_id: userId, email, state, detail, ...owned }: PersonRow): MigrationPerson {
  const { owned_tokens: tokens, owned_invitations: invitations, only_owner: onlyOwner } = owned;
  const person = { userId, email, state, detail };
  return tokens === undefined || invitations === undefined || onlyOwner === undefined
    ? person
    : { ...person, owns: { tokens, invitations, onlyOwner } };
}

/** One move without its people. Refuses `not_found`. */
export async function showMigration(reader: Reader, where: MigrationPlace): Promise<Migration> {
  return view(reader, await readMigrationRow(reader, where));
}

/** The row of a move of that organization. Refuses `not_found`. */
export async function readMigrationRow(reader: Reader, where: MigrationPlace): Promise<MigrationRow> {
  const { rows } = await sql<MigrationRow>`select ${MOVES.columns} from ${MOVES.from}
    where m.organization_id = ${where.organizationId} and m.id = ${where.migrationId}`.execute(reader);
  const [row] = rows;
  if (row !== undefined) return row;
  throw new RefusalError({
    code: 'not_found',
    message: 'There is no such move in this organization.',
    help: 'The list of moves shows all: mooring-hub migration list, or the Admin Console at the connection.',
  });
}

async function view(reader: Reader, row: MigrationRow): Promise<Migration> {
  const none = { waiting: 0, removed: 0, refused: 0, returned: 0, adopted: 0 };
  const counts = { ...none, ...row.counts };
  return {
    id: row.id,
    connection: { id: row.connection_id, name: row.connection_name },
    step: row.step,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    checks: await checkReadiness(reader, row.connection_id),
    counts,
    removal: removalOf(row),
    next: nextOf(row, counts),
  };
}

function removalOf(row: MigrationRow): Migration['removal'] {
  const { removal_label: by, removal_running: running, removal_problem: problem } = row;
  return by === null ? null : { by, running: running && isUnderWay(row.step), problem };
}

function nextOf({ step, removal_running: running }: MigrationRow, counts: Migration['counts']): string {
  if (step === 'finished') return 'Nothing: the move is finished.';
  if (step === 'cancelled')
    return 'Nothing: the move was cancelled. Sign-in provisioning stays as it is now.';
  if (counts.waiting > 0 && running)
    return `Nothing yet: the hub removes one after the other by itself, and ${counts.waiting} are waiting.`;
  if (counts.waiting > 0 && step !== 'prepared')
    return `Go on removing: ${counts.waiting} are waiting. Sign-in provisioning is off by now.`;
  if (counts.waiting > 0)
    return `Export the members, transfer what they own, then remove: ${counts.waiting} are waiting. The first removal switches sign-in provisioning off.`;
  if (counts.removed > 0)
    return `Let the identity provider provision, then verify: ${counts.removed} are not back yet.`;
  if (counts.refused > 0)
    return `${counts.refused} could not be removed: see why, then finish without them, by name.`;
  return 'Everybody is back through SCIM: finish.';
}
