import { sql } from 'kysely';
import type {
  Team,
  TeamChange,
  TeamList,
  TeamMemberList,
  TeamMemberQuery,
  TeamQuery,
} from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandUnchanged, type Editable } from '../audit/made-from.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import { readMember } from '../organizations/member-list.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { keepTeam } from './deleted-teams.ts';
import { refuseTakenTeamName } from './team-names.ts';
import { teamPlaceEntry } from './team-places.ts';

interface TeamRow {
  id: string;
  name: string;
  description: string;
  members: number;
  policy: { readonly id: string; readonly name: string } | null;
  created_at: Date;
}

const MEMBERS = sql`(select count(*) from team_members m where m.team_id = t.id)`;
const POLICY = sql`
  (select jsonb_build_object('id', p.id, 'name', p.name) from policy_teams pt join policies p on p.id = pt.policy_id
    where pt.organization_id = t.organization_id and pt.team_id = t.id)`;
const COLUMNS = sql`t.id, t.name, t.description, t.created_at, ${MEMBERS} as members, ${POLICY} as policy`;
const ORDERS: Readonly<Record<string, ListOrder>> = {
  name: { by: sql`lower(t.name)`, kind: 'text' },
  members: { by: MEMBERS, kind: 'number' },
  created: { by: sql`t.created_at`, kind: 'time' },
};

function toTeam(row: TeamRow): Team {
  const { id, name, description, members, policy } = row;
  return { id, name, description, members, policy, createdAt: row.created_at.toISOString() };
}

/** The teams of an organization by name or in another order; all of them without a limit. */
export async function listTeams(
  db: Reader,
  organizationId: string,
  { search, sort = 'name', cursor, limit }: TeamQuery = {},
): Promise<TeamList> {
  const { rows, total, next } = await readPage<TeamRow>(
    db,
    {
      columns: COLUMNS,
      from: sql`teams t`,
      where: sql`t.organization_id = ${organizationId} and ${searching(search, sql`t.name`, sql`t.description`)}`,
      orders: ORDERS,
      id: { by: sql`t.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { teams: rows.map(toTeam), total, next };
}

function selectTeams(db: Reader, where: ReturnType<typeof sql>) {
  return sql<TeamRow>`select ${COLUMNS} from teams t where ${where}`.execute(db);
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
  const { rows, total, next } = await readPage<{ id: string; email: string; name: string }>(
    db,
    {
      columns: sql`u.id, u.email, u.name`,
      from: sql`team_members t join users u on u.id = t.user_id`,
      where: sql`t.team_id = ${teamId} and ${searching(search, sql`u.email`, sql`u.name`)}`,
      orders: MEMBER_ORDERS,
      id: { by: sql`u.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { members: rows.map(({ id: userId, email, name }) => ({ userId, email, name })), total, next };
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
      .catch(refuseTakenTeamName(wanted.name));
    await recordChange(trx, context, {
      organizationId,
      action: 'team.create',
      target: { kind: 'team', id, label: wanted.name },
      after: { ...wanted },
    });
    return readTeam(trx, organizationId, id);
  });
}

/** What can be edited of a team. */
export function editedOfTeam({ name, description }: Team): Editable {
  return { name, description };
}

/**
 * Renames or describes a team. Its members, policies, invitations and directory groups stay with it; connections that
 * place newcomers in it go by its name, and follow.
 */
export async function updateTeam(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  { teamId, ...change }: TeamChange & { readonly teamId: string },
): Promise<Team> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const team = await readTeam(trx, organizationId, teamId);
    const { name, description } = team;
    const edited = editedOfTeam(team);
    await demandUnchanged(trx, context, { organizationId, targetId: teamId, action: 'team.update', edited });
    const after = { name: change.name ?? name, description: change.description ?? description };
    if (after.name === name && after.description === description) return team;
    await trx
      .updateTable('teams')
      .set(after)
      .where('id', '=', teamId)
      .execute()
      .catch(refuseTakenTeamName(after.name));
    await sql`update connections set default_team = ${after.name}
      where organization_id = ${organizationId} and lower(default_team) = lower(${name})`.execute(trx);
    await recordChange(trx, context, {
      organizationId,
      action: 'team.update',
      target: { kind: 'team', id: teamId, label: after.name },
      before: { name, description },
      after,
    });
    return readTeam(trx, organizationId, teamId);
  });
}

/** Deletes a team; its members stay in the organization. For 30 days it can be restored. */
export async function deleteTeam(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  teamId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const { name, description, members } = await readTeam(trx, organizationId, teamId);
    await keepTeam(trx, context, { organizationId, id: teamId, name });
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
    const place = { organizationId, teamId, team: team.name, email: member.email };
    await recordChange(trx, context, teamPlaceEntry(place, present));
  });
}
