import type { Command } from 'commander';
import { policyChangeSchema, policyDuplicationSchema } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { findPolicy, listPolicies } from '../policies/policy-list.ts';
import { duplicatePolicy, orderPolicies, restoreRevision, updatePolicy } from '../policies/policy-service.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { queryOf } from './list-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer } from './output.ts';

/** `policy duplicate|rename|order|restore-revision`: what changes no document that somebody wrote. */
export function policyEditCommands(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('duplicate <policy> <name>'))
    .description('make a policy of another name with the same document; nobody has it yet')
    .action((named: string, name: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'policy duplicate' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const { id: policyId } = await findPolicy(db, id, named);
        const wanted = { policyId, ...queryOf(policyDuplicationSchema, { name }) };
        const made = await duplicatePolicy(db, operator(), id, wanted);
        answer(outputOf(around), { policyId: made.id }, () => [`Made "${made.name}".`]);
      }),
    );
  inOrganization(policy.command('rename <policy> [name]'))
    .description('give a policy another name or description')
    .option('--description <text>', 'what it is for')
    .action(
      (
        named: string,
        name: string | undefined,
        options: OrganizationOptions & { readonly description?: string },
      ) =>
        withDatabase({ options, around, purpose: 'policy rename' }, async ({ db }) => {
          const { id } = await findOrganization(db, options.organization);
          const found = await findPolicy(db, id, named);
          const change = queryOf(policyChangeSchema, { name, description: options.description });
          const edited = { organizationId: id, policyId: found.id, version: found.version };
          const changed = await updatePolicy(db, operator(), edited, change);
          answer(outputOf(around), { policyId: changed.id, name: changed.name }, () => [
            `It is "${changed.name}" now.`,
          ]);
        }),
    );
  orderCommand(policy, around);
  restoreCommand(policy, around);
}

function orderCommand(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('order <policy...>'))
    .description('put these before all others, in this order: it decides among the policies of teams')
    .action((names: readonly string[], options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'policy order' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const first: string[] = [];
        for (const name of names) first.push((await findPolicy(db, id, name)).id);
        await orderPolicies(db, operator(), id, first);
        const policies = (await listPolicies(db, id)).map((each) => each.name);
        answer(outputOf(around), { policies }, () => policies);
      }),
    );
}

function restoreCommand(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('restore-revision <policy> <revision>'))
    .description('bring the document of an earlier revision back, as a new one')
    .option('--reason <text>', 'why, for the history', '')
    .action((named: string, number: string, options: OrganizationOptions & { readonly reason: string }) =>
      withDatabase({ options, around, purpose: 'policy restore-revision' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, named);
        const revision = Number(number);
        if (!Number.isInteger(revision) || revision < 1 || revision > found.revision)
          throw new RefusalError({
            code: 'bad_request',
            message: `"${number}" is no revision of "${found.name}".`,
            help: `List them: mooring-hub policy revisions "${found.name}"`,
          });
        const edited = { organizationId: id, policyId: found.id, version: found.version };
        const wanted = { revision, reason: options.reason };
        const restored = await restoreRevision(db, operator(), edited, wanted);
        answer(outputOf(around), { policyId: restored.id, revision: restored.revision }, () => [
          `Revision ${revision} is back as revision ${restored.revision}.`,
        ]);
      }),
    );
}
