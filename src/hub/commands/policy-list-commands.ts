import type { Command } from 'commander';
import {
  assignmentQuerySchema,
  policyQuerySchema,
  revisionQuerySchema,
} from '../../shared/contracts/hub-api.ts';
import { systemClock } from '../clock.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { listAssignments } from '../policies/assignment-list.ts';
import { findPolicy, listPolicies, pagePolicies } from '../policies/policy-list.ts';
import { listRevisions } from '../policies/revision-list.ts';
import { listPolicyTeams } from '../policies/team-assignment-service.ts';
import { countFollowing } from '../reports/device-rows.ts';
import { outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { answerList, listing, queryOf, wholeOrPage } from './list-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer, columns } from './output.ts';

/** `policy list|revisions|users|teams|compliance` */
export function policyListCommands(policy: Command, around: Surroundings): void {
  listing(inOrganization(policy.command('list')), policyQuerySchema)
    .description('list policies')
    .action((options: OrganizationOptions & { readonly limit?: string }) =>
      withDatabase({ options, around, purpose: 'policy list' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const page = await wholeOrPage(queryOf(policyQuerySchema, options), options, async (wanted) => {
          const { policies: rows, ...rest } = await pagePolicies(db, id, wanted);
          return { rows, ...rest };
        });
        answerList(around, page, {
          name: 'policies',
          head: ['NAME', 'REVISION', 'DEFAULT', 'USERS', 'ID'],
          cells: (each) => [
            each.name,
            String(each.revision),
            each.isDefault ? 'yes' : '',
            String(each.assignedUsers),
            each.id,
          ],
          none: 'There is no policy yet.',
        });
      }),
    );
  revisionsCommand(policy, around);
  usersCommand(policy, around);
  teamsCommand(policy, around);
  complianceCommand(policy, around);
}

function revisionsCommand(policy: Command, around: Surroundings): void {
  listing(inOrganization(policy.command('revisions <policy>')), revisionQuerySchema)
    .description('the history of a policy, newest first')
    .action((name: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'policy revisions' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, name);
        const query = queryOf(revisionQuerySchema, options);
        const { revisions: rows, ...page } = await listRevisions(db, id, found.id, query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'revisions',
            head: ['REVISION', 'TIME', 'BY', 'REASON', ''],
            cells: (each) => [
              String(each.revision),
              each.createdAt,
              each.author,
              each.reason,
              each.current ? 'in force' : '',
            ],
            none: 'None matches.',
          },
        );
      }),
    );
}

function usersCommand(policy: Command, around: Surroundings): void {
  listing(inOrganization(policy.command('users <policy>')), assignmentQuerySchema)
    .description('members who have a policy assigned')
    .action((name: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'policy users' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, name);
        const query = queryOf(assignmentQuerySchema, options);
        const { users: rows, ...page } = await listAssignments(db, id, found.id, query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'users',
            head: ['E-MAIL', 'NAME', 'SINCE'],
            cells: (each) => [each.email, each.name, each.assignedAt],
            none: 'Nobody has it by name.',
          },
        );
      }),
    );
}

function teamsCommand(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('teams <policy>'))
    .description('teams that have a policy assigned')
    .action((name: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'policy teams' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await listPolicyTeams(db, id, (await findPolicy(db, id, name)).id);
        answer(outputOf(around), found, () =>
          columns(
            ['TEAM', 'MEMBERS', 'SINCE'],
            found.teams.map((each) => [each.name, String(each.members), each.assignedAt]),
            'No team has it.',
          ),
        );
      }),
    );
}

function complianceCommand(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('compliance'))
    .description('how many devices follow each policy, of those that should have it')
    .action((options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'policy compliance' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const counted = await countFollowing(db, id, new Date(systemClock.now()));
        const names = new Map((await listPolicies(db, id)).map((each) => [each.id, each.name]));
        const policies = counted.map((each) => ({ ...each, name: names.get(each.policyId) ?? '' }));
        answer(outputOf(around), { policies }, () =>
          columns(
            ['POLICY', 'FOLLOWING', 'DEVICES'],
            policies.map((each) => [each.name, String(each.following), String(each.devices)]),
            'No device should have a policy.',
          ),
        );
      }),
    );
}
