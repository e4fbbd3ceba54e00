import type { Command } from 'commander';
import type { z } from 'zod';
import {
  teamChangeSchema,
  teamCreationSchema,
  teamMemberQuerySchema,
  teamQuerySchema,
} from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import {
  createTeam,
  deleteTeam,
  findTeam,
  listTeamMembers,
  listTeams,
  setTeamMember,
  updateTeam,
} from '../teams/team-service.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withDatabase,
} from './command-context.ts';
import { answerList, listing, queryOf } from './list-options.ts';
import { memberId } from './member-options.ts';
import { inOrganization } from './organization-option.ts';
import { answer } from './output.ts';

interface TeamOptions extends CommonOptions {
  readonly organization: string;
}

/** `teams list|show|create|set|delete|add|remove` */
export function teamCommands(program: Command, around: Surroundings): void {
  const teams = program.command('teams').description('teams of an organization');
  const command = (name: string, description: string) =>
    inOrganization(teams.command(name)).description(description);
  const within = (
    options: TeamOptions,
    purpose: string,
    run: (db: Db, organizationId: string) => Promise<void>,
  ): Promise<void> =>
    withDatabase({ options, around, purpose: `teams ${purpose}` }, async ({ db }) =>
      run(db, (await findOrganization(db, options.organization)).id),
    );

  listing(command('list', 'list teams'), teamQuerySchema).action((options: TeamOptions) =>
    within(options, 'list', async (db, organizationId) => {
      const { teams: rows, ...page } = await listTeams(db, organizationId, queryOf(teamQuerySchema, options));
      answerList(
        around,
        { rows, ...page },
        {
          name: 'teams',
          head: ['TEAM', 'MEMBERS', 'POLICY', 'DESCRIPTION'],
          cells: (team) => [team.name, String(team.members), team.policy?.name ?? '', team.description],
          none: 'There is no team yet.',
        },
      );
    }),
  );
  listing(command('show <team>', 'who is in a team'), teamMemberQuerySchema).action(
    (name: string, options: TeamOptions) =>
      within(options, 'show', async (db, organizationId) => {
        const team = await findTeam(db, organizationId, name);
        const query = queryOf(teamMemberQuerySchema, options);
        const { members: rows, ...page } = await listTeamMembers(db, organizationId, team.id, query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'members',
            about: { team },
            head: ['E-MAIL', 'NAME'],
            cells: (each) => [each.email, each.name],
            none: 'Nobody.',
          },
        );
      }),
  );
  command('create <team>', 'make an empty team')
    .option('--description <text>', 'what it is for')
    .action((name: string, options: TeamOptions & { readonly description?: string }) =>
      within(options, 'create', async (db, organizationId) => {
        const wanted = accepted(teamCreationSchema.safeParse({ name, description: options.description }));
        const team = await createTeam(db, operator(), organizationId, wanted);
        answer(outputOf(around), { team }, () => [`Made the team "${team.name}".`]);
      }),
    );
  command('set <team>', 'rename or describe a team')
    .option('--name <name>', 'what it is called from now on')
    .option('--description <text>', 'what it is for')
    .action(
      (name: string, options: TeamOptions & { readonly name?: string; readonly description?: string }) =>
        within(options, 'set', async (db, organizationId) => {
          const { id: teamId } = await findTeam(db, organizationId, name);
          const wanted = accepted(
            teamChangeSchema.safeParse({ name: options.name, description: options.description }),
          );
          const team = await updateTeam(db, operator(), organizationId, { ...wanted, teamId });
          answer(outputOf(around), { team }, () => [`The team is "${team.name}" now.`]);
        }),
    );
  command('delete <team>', 'delete a team; its members stay in the organization').action(
    (name: string, options: TeamOptions) =>
      within(options, 'delete', async (db, organizationId) => {
        const team = await findTeam(db, organizationId, name);
        await deleteTeam(db, operator(), organizationId, team.id);
        answer(outputOf(around), { team }, () => [`Deleted the team "${team.name}".`]);
      }),
  );
  for (const [verb, present, description, done] of [
    ['add', true, 'put a member into a team', 'is in'],
    ['remove', false, 'take a member out of a team', 'is not in'],
  ] as const) {
    command(`${verb} <team> <email>`, description).action(
      (name: string, email: string, options: TeamOptions) =>
        within(options, verb, async (db, organizationId) => {
          const team = await findTeam(db, organizationId, name);
          const wanted = { teamId: team.id, userId: await memberId(db, email), present };
          await setTeamMember(db, operator(), organizationId, wanted);
          answer(outputOf(around), { team: team.name, email }, () => [`${email} ${done} "${team.name}".`]);
        }),
    );
  }
}

/** What a schema accepted; its first problem is refused. */
function accepted<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  throw new RefusalError({
    code: 'bad_request',
    message: parsed.error.issues[0]?.message ?? 'That is no name of a team.',
  });
}
