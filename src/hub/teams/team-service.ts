import { sql } from 'kysely';
import type {
  Team,
  TeamList,
  TeamMemberList,
  TeamMemberQuery,
  TeamQuery,
} from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { isUniqueViolation } from '../database/constraint.ts';
import { containing } from '../database/contains.ts';
import { cutPage, type Keyset, keyset, type ListOrder } from '../database/keyset.ts';
import { readMember } from '../organizations/member-list.ts';
import { lockOrganization } from '../policies/recipients.ts';

interface TeamRow {
  id: string;
  name: string;
  description: string;
  members: number;
  created_at: Date;
  sort_key: string;
}

const MEMBERS = sql`(select count(*) from team_members m where m.team_id = t.id)`;
/** Numbers sort as text of one width. */
const ORDERS: Readonly<Record<string, ListOrder>> = {
  name: { by: sql`lower(t.name)`, kind: 'text' },
  members: { by: sql`lpad(${MEMBERS}::text, 12, '0')`, kind: 'text' },
  created: { by: sql`t.created_at`, kind: 'time' },
};
const BY_NAME: Keyset = keyset(ORDERS, { sort: 'name', id: sql`t.id` });

function selectTeams(db: Reader, where: ReturnType<typeof sql>, page: Keyset = BY_NAME, limit?: number) {
  return sql<TeamRow>`
    select t.id, t.name, t.description, t.created_at, ${MEMBERS} as members, ${page.key} as sort_key
      from teams t where ${where} and ${page.after} order by ${page.orderBy}
     ${limit === undefined ? sql`` : sql`limit ${limit}`}
  `.execute(db);
}

function toTeam(row: TeamRow): Team {
  const { id, name, description, members } = row;
  return { id, name, description, members, createdAt: row.created_at.toISOString() };
}

/** The teams of an organization by name or in another order; all of them without a limit. */
export async function listTeams(
  db: Reader,
  organizationId: string,
  { search, sort = 'name', cursor, limit }: TeamQuery = {},
): Promise<TeamList> {
  const where = sql`t.organization_id = ${organizationId} and ${
    search === undefined
      ? sql`true`
      : sql`(t.name ilike ${containing(search)} or t.description ilike ${containing(search)})`
  }`;
  const page = keyset(ORDERS, { sort, cursor, id: sql`t.id` });
  const { rows } = await selectTeams(db, where, page, limit === undefined ? undefined : limit + 1);
  const cut = cutPage(rows, limit);
  const counted = await sql<{ total: number }>`select count(*) as total from teams t where ${where}`.execute(
    db,
  );
  return { teams: cut.rows.map(toTeam), total: counted.rows[0]?.total ?? 0, next: cut.next };
}

/** One team of the organization. */
export async function readTeam(db: Reader, organizationId: string, teamId: string): Promise<Team> {
  const { rows } = await selectTeams(db, sql`t.organization_id = ${organizationId} and t.id = ${teamId}`);
  const row = rows[0];
  if (row === undefined) {
    throw new RefusalError({ code: 'not_found', message: 'There is no such team in this organization.' });
  }
  return toTeam(row);
}

/** The team of that name, without regard to case: for commands that take one by name. */
export async function findTeam(db: Reader, organizationId: string, name: string): Promise<Team> {
  const { rows } = await selectTeams(
    db,
    sql`t.organization_id = ${organizationId} and lower(t.name) = lower(${name})`,
  );
  const row = rows[0];
  if (row !== undefined) return toTeam(row);
  throw new RefusalError({
    code: 'not_found',
    message: `There is no team "${name}" in this organization.`,
  });
}

const MEMBER_ORDERS: Readonly<Record<string, ListOrder>> = {
  email: { by: sql`lower(u.email)`, kind: 'text' },
  name: { by: sql`lower(u.name)`, kind: 'text' },
};

/** Who is in a team, by e-mail address or by name; all of them without a limit. */
export async function listTeamMembers(
  db: Reader,
  organizationId: string,
  teamId: string,
  { search, sort = 'email', cursor, limit }: TeamMemberQuery = {},
): Promise<TeamMemberList> {
  await readTeam(db, organizationId, teamId);
  const where = sql`t.team_id = ${teamId} and ${
    search === undefined
      ? sql`true`
      : sql`(u.email ilike ${containing(search)} or u.name ilike ${containing(search)})`
  }`;
  const page = keyset(MEMBER_ORDERS, { sort, cursor, id: sql`u.id` });
  const { rows } = await sql<{ id: string; email: string; name: string; sort_key: string }>`
    select u.id, u.email, u.name, ${page.key} as sort_key
      from team_members t join users u on u.id = t.user_id
     where ${where} and ${page.after} order by ${page.orderBy}
     ${limit === undefined ? sql`` : sql`limit ${limit + 1}`}`.execute(db);
  const counted = await sql<{ total: number }>`
    select count(*) as total from team_members t join users u on u.id = t.user_id where ${where}`.execute(db);
  const cut = cutPage(rows, limit);
  return {
    members: cut.rows.map(({ id: userId, email, name }) => ({ userId, email, name })),
    total: counted.rows[0]?.total ?? 0,
    next: cut.next,
  };
}

/** Makes an empty team. */
export async function createTeam(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: { readonly name: string; readonly description: string },
): Promise<Team> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const { id } = await trx
      .insertInto('teams')
      .values({ organization_id: organizationId, ...wanted, created_at: context.at })
      .returning('id')
      .executeTakeFirstOrThrow()
      .catch((error: unknown) => {
        if (!isUniqueViolation(error, 'teams_name')) throw error;
        throw new RefusalError({
          code: 'conflict',
          message: `There is a team named "${wanted.name}" already.`,
          help: 'Choose another name; upper and lower case do not make a difference.',
        });
      });
    await recordChange(trx, context, {
      organizationId,
      action: 'team.create',
      target: { kind: 'team', id, label: wanted.name },
      after: { ...wanted },
    });
    return readTeam(trx, organizationId, id);
  });
}

/** Deletes a team; its members stay in the organization. */
export async function deleteTeam(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  teamId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const { name, description, members } = await readTeam(trx, organizationId, teamId);
    await trx.deleteFrom('teams').where('id', '=', teamId).execute();
    await recordChange(trx, context, {
      organizationId,
      action: 'team.delete',
      target: { kind: 'team', id: teamId, label: name },
      before: { name, description, members },
    });
  });
}

/** Puts a member of the organization into a team (`present`), or out of it. Doing it twice changes nothing. */
export async function setTeamMember(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: { readonly teamId: string; readonly userId: string; readonly present: boolean },
): Promise<void> {
  const { teamId, userId, present } = wanted;
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const team = await readTeam(trx, organizationId, teamId);
    const member = await readMember(trx, organizationId, userId);
    if (member.teams.some((each) => each.id === teamId) === present) return;
    if (present) {
      const row = { organization_id: organizationId, team_id: teamId, user_id: userId, added_at: context.at };
      await trx
        .insertInto('team_members')
        .values({ ...row, origin: 'manual' })
        .execute();
    } else {
      await trx
        .deleteFrom('team_members')
        .where('team_id', '=', teamId)
        .where('user_id', '=', userId)
        .execute();
    }
    await recordChange(trx, context, {
      organizationId,
      action: present ? 'team.add-member' : 'team.remove-member',
      target: { kind: 'team', id: teamId, label: team.name },
      after: { member: member.email },
    });
  });
}
