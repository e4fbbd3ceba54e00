import type { Command } from 'commander';
import { findOrganization } from '../organizations/organization-service.ts';
import { assignPolicyByFile } from '../policies/assignment-file.ts';
import { findPolicy } from '../policies/policy-list.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer, columns } from './output.ts';

interface FileOptions extends OrganizationOptions {
  readonly move?: boolean;
  readonly dryRun?: boolean;
}

/** `policy assign-file`; `readText`: the text of a file, or of standard input for "-". */
export function assignmentFileCommand(
  policy: Command,
  around: Surroundings,
  readText: (file: string) => string,
): void {
  inOrganization(policy.command('assign-file <policy> <file>'))
    .description('assign a policy to the members of a CSV file ("-": standard input)')
    .option('--move', 'also those who have another policy')
    .option('--dry-run', 'only say what would happen, line by line')
    .action((name: string, file: string, options: FileOptions) =>
      withDatabase({ options, around, purpose: 'policy assign-file' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, name);
        const assigned = await assignPolicyByFile(db, operator(), id, {
          ...{ policyId: found.id, csv: readText(file) },
          ...{ move: options.move === true, dryRun: options.dryRun === true },
        });
        answer(outputOf(around), assigned, () =>
          columns(
            ['LINE', 'EMAIL', options.dryRun === true ? 'WOULD' : 'DONE', 'FROM'],
            assigned.results.map((each) => [String(each.line), each.email, each.outcome, each.from ?? '']),
            'The file names nobody.',
          ),
        );
      }),
    );
}
