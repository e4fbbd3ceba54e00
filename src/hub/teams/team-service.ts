import { sql } from 'kysely';
import type { Team } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { isUniqueViolation } from '../database/constraint.ts';
import { readMember } from '../organizations/member-list.ts';
import { lockOrganization } from '../policies/recipients.ts';

interface TeamRow {
  id: string;
  name: string;
  description: string;
  members: number;
  created_at: Date;
}

function selectTeams(db: Reader, where: ReturnType<typeof sql>) {
  return sql<TeamRow>`
    select t.id, t.name, t.description, t.created_at,
           (select count(*) from team_members m where m.team_id = t.id) as members
      from teams t where ${where} order by lower(t.name)
  `.execute(db);
}

function toTeam(row: TeamRow): Team {
  const { id, name, description, members } = row;
  return { id, name, description, members, createdAt: row.created_at.toISOString() };
}

/** The teams of an organization by name. */
export async function listTeams(db: Reader, organizationId: string): Promise<Team[]> {
  const { rows } = await selectTeams(db, sql`t.organization_id = ${organizationId}`);
  return rows.map(toTeam);
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

/** Who is in a team, by e-mail address. */
export async function listTeamMembers(db: Reader, organizationId: string, teamId: string) {
  await readTeam(db, organizationId, teamId);
  const rows = await db
    .selectFrom('team_members as t')
    .innerJoin('users as u', 'u.id', 't.user_id')
    .where('t.team_id', '=', teamId)
    .select(['u.id', 'u.email', 'u.name'])
    .orderBy('u.email')
    .execute();
  return rows.map(({ id: userId, email, name }) => ({ userId, email, name }));
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
