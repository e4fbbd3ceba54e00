import type { Command } from 'commander';
import {
  type Deletion,
  deletionQuerySchema,
  restorationSchema,
} from '../../shared/contracts/hub-deletions.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import { listDeletions, notKept } from '../deletions/kept-things.ts';
import { restoreDeletion } from '../deletions/restore-deletion.ts';
import { dnsResolver } from '../domains/domain-proof.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { answerList, listing, queryOf } from './list-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer } from './output.ts';

interface RestoreOptions extends OrganizationOptions {
  readonly name?: string;
  readonly resolver: readonly string[];
}

/** `deletions list|restore` */
export function deletionCommands(program: Command, around: Surroundings): void {
  const deletions = program
    .command('deletions')
    .description('teams, connections, domains and members that were deleted and can come back');
  listCommand(deletions, around);
  inOrganization(deletions.command('restore <thing>'))
    .description('bring back what was deleted, by name or id, with what hung on it')
    .option('--name <name>', 'another name for a team or connection, where somebody took the old one since')
    .option(
      '--resolver <address...>',
      "for a domain: name servers to ask instead of the machine's (address or address:port)",
      [],
    )
    .action((thing: string, options: RestoreOptions) =>
      withDatabase({ options, around, purpose: 'deletions restore' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findDeletion(db, id, thing);
        const reach = { db, resolver: dnsResolver(options.resolver) };
        const wanted = { id: found.id, name: nameFrom(options.name) };
        const { restored, parts } = await restoreDeletion(reach, operator(), id, wanted);
        answer(outputOf(around), { restored, parts }, () => [
          `Restored the ${restored.kind} "${restored.name}".`,
          ...parts.map((each) => `${each.part}: ${each.restored} of ${each.restored + each.left}`),
        ]);
      }),
    );
}

function listCommand(deletions: Command, around: Surroundings): void {
  listing(inOrganization(deletions.command('list')), deletionQuerySchema)
    .description('list what was deleted and can be restored still; policies: policy deleted')
    .option('--kind <kind>', 'only those: team, connection, domain or member')
    .action((options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'deletions list' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const query = queryOf(deletionQuerySchema, options);
        const { deletions: rows, ...page } = await listDeletions(db, id, new Date(), query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'deletions',
            head: ['KIND', 'NAME', 'DELETED', 'BY', 'UNTIL', 'ID'],
            cells: (each) => [each.kind, each.name, each.deletedAt, each.deletedBy, each.keptUntil, each.id],
            none: 'There is nothing to restore.',
          },
        );
      }),
    );
}

/** The deleted thing of that name or id; of several of one name the last deleted. */
async function findDeletion(db: Db, organizationId: string, thing: string): Promise<Deletion> {
  const { deletions } = await listDeletions(db, organizationId, new Date());
  const found =
    deletions.find(({ id }) => id === thing) ??
    deletions.find(({ name }) => name.toLowerCase() === thing.toLowerCase());
  if (found === undefined) throw notKept();
  return found;
}

function nameFrom(name: string | undefined): string | undefined {
  const read = restorationSchema.safeParse({ name });
  if (read.success) return read.data.name;
  throw new RefusalError({ code: 'bad_request', message: 'The name is empty, too long or not one line.' });
}
