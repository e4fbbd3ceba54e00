import type { Command } from 'commander';
import { readAttention } from '../attention/attention.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withDatabase,
} from './command-context.ts';
import { inOrganization } from './organization-option.ts';
import { answer, columns } from './output.ts';

/** `attention` */
export function attentionCommand(program: Command, around: Surroundings): void {
  inOrganization(program.command('attention'))
    .description('what owners should look at: failing domains, connections, provisioning, sign-ins, devices')
    .action((options: CommonOptions & { readonly organization: string }) =>
      withDatabase({ options, around, purpose: 'attention' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const place = { organizationId, publicUrl: '', at: operator().at };
        const attention = await readAttention(db, place, 'everything');
        answer(outputOf(around), attention, () =>
          columns(
            ['WHAT', 'SINCE', 'MESSAGE', 'WHAT TO DO'],
            attention.items.map((item) => [item.about.name, item.since ?? '', item.message, item.help]),
            'Nothing needs attention.',
          ),
        );
      }),
    );
}
