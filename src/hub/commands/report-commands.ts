import type { Command } from 'commander';
import { type ReportSettings, reportSettingsSchema } from '../../shared/contracts/hub-devices.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { changeReportSettings, readReportSettings } from '../reports/report-settings.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withDatabase,
} from './command-context.ts';
import { inOrganization } from './organization-option.ts';
import { answer } from './output.ts';

interface ReportOptions extends CommonOptions {
  readonly organization: string;
  readonly unknownAfter?: string;
  readonly keep?: string;
}

/** `reports settings`: what the HTTP API has as `report-settings`. */
export function reportCommands(program: Command, around: Surroundings): void {
  const reports = program.command('reports').description('how long reports of devices count, and are kept');
  inOrganization(reports.command('settings'))
    .description('show, or change, when a silent device counts as unknown and how long reports are kept')
    .option('--unknown-after <days>', 'days without a report, 1 to 365')
    .option('--keep <days>', 'days after which reports, repairs and silent devices are deleted, 1 to 3650')
    .action((options: ReportOptions) =>
      withDatabase({ options, around, purpose: 'reports settings' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const before = await readReportSettings(db, id);
        const wanted = changed(before, options);
        const now = wanted === null ? before : await changeReportSettings(db, operator(), id, wanted);
        answer(outputOf(around), now, () => [
          `A device counts as unknown after ${now.unknownAfterDays} days without a report.`,
          `Reports are kept for ${now.retentionDays} days.`,
        ]);
      }),
    );
}

/** `null`: nothing was asked to change. */
function changed(before: ReportSettings, { unknownAfter, keep }: ReportOptions): ReportSettings | null {
  if (unknownAfter === undefined && keep === undefined) return null;
  const wanted = reportSettingsSchema.safeParse({
    unknownAfterDays: unknownAfter === undefined ? before.unknownAfterDays : Number(unknownAfter),
    retentionDays: keep === undefined ? before.retentionDays : Number(keep),
  });
  if (wanted.success) return wanted.data;
  throw new RefusalError({
    code: 'bad_request',
    message: 'Days are whole numbers: --unknown-after 1 to 365, --keep 1 to 3650.',
  });
}
