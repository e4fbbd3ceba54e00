import type { Command } from 'commander';
import { policyDuplicationSchema } from '../../shared/contracts/hub-api.ts';
import { deletedPolicyQuerySchema } from '../../shared/contracts/hub-deleted-policies.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import {
  deletePolicy,
  findDeletedPolicy,
  listDeletedPolicies,
  restoreDeletedPolicy,
} from '../policies/deleted-policies.ts';
import { findPolicy } from '../policies/policy-list.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { answerList, listing, queryOf } from './list-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer } from './output.ts';

/** `policy delete|deleted|restore` */
export function deletedPolicyCommands(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('delete <policy>'))
    .description('delete a policy; for 30 days it can be restored')
    .action((name: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'policy delete' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, name);
        const edited = { organizationId: id, policyId: found.id, version: found.version };
        await deletePolicy(db, operator(), edited);
        answer(outputOf(around), { policyId: found.id }, () => [
          `Deleted "${found.name}". "mooring-hub policy restore" brings it back for 30 days.`,
        ]);
      }),
    );
  listing(inOrganization(policy.command('deleted')), deletedPolicyQuerySchema)
    .description('list deleted policies that can be restored still')
    .action((options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'policy deleted' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const query = queryOf(deletedPolicyQuerySchema, options);
        const { policies: rows, ...page } = await listDeletedPolicies(db, id, new Date(), query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'policies',
            head: ['NAME', 'REVISION', 'DELETED', 'BY', 'UNTIL', 'ID'],
            cells: (each) => [
              each.name,
              String(each.revision),
              each.deletedAt,
              each.deletedBy,
              each.keptUntil,
              each.id,
            ],
            none: 'There is no deleted policy.',
          },
        );
      }),
    );
  inOrganization(policy.command('restore <policy>'))
    .description('bring a deleted policy back, by name or id, with its history and assignments')
    .option('--name <name>', 'another name, where somebody took the old one since')
    .action((name: string, options: OrganizationOptions & { readonly name?: string }) =>
      withDatabase({ options, around, purpose: 'policy restore' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findDeletedPolicy(db, id, { name, at: new Date() });
        const wanted = { policyId: found.id, name: nameFrom(options.name) };
        const restored = await restoreDeletedPolicy(db, operator(), id, wanted);
        const { users, teams } = restored;
        answer(outputOf(around), restored, () => [
          `Restored "${restored.policy.name}"${restored.isDefault ? ', the default again' : ''}: ` +
            `${users.restored} of ${users.restored + users.left} users and ` +
            `${teams.restored} of ${teams.restored + teams.left} teams have it again.`,
        ]);
      }),
    );
}

function nameFrom(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const read = policyDuplicationSchema.safeParse({ name });
  if (read.success) return read.data.name;
  throw new RefusalError({ code: 'bad_request', message: 'The name is empty, too long or not one line.' });
}
