import type { Command } from 'commander';
import { z } from 'zod';
import { exceptionSchema, type PolicyException } from '../../shared/contracts/bundle.ts';
import { overrideQuerySchema } from '../../shared/contracts/hub-overrides.ts';
import type { OrganizationOverride } from '../../shared/contracts/hub-rollouts.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { durationOf, secondsOf } from '../../shared/text/duration.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { changeExceptions } from '../overrides/exceptions.ts';
import { listOverrides } from '../overrides/override-list.ts';
import { endOverride } from '../overrides/override-service.ts';
import { findPolicy, type StoredPolicy } from '../policies/policy-list.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { answerList, listing, queryOf, wholeOrPage } from './list-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer, columns } from './output.ts';

/** `policy exceptions list|set|remove|clear` and `overrides list|revoke` (docs/delivery.md section 6). */
export function overrideCommands(program: Command, around: Surroundings): void {
  const policy = program.commands.find((command) => command.name() === 'policy') ?? program.command('policy');
  const exceptions = policy
    .command('exceptions')
    .description('locked settings of a policy that users may override for a time');
  listExceptionsCommand(exceptions, around);
  changeExceptionsCommands(exceptions, around);
  const overrides = program.command('overrides').description('overrides of locked settings by members');
  listOverridesCommand(overrides, around);
  revokeCommand(overrides, around);
}

function listExceptionsCommand(exceptions: Command, around: Surroundings): void {
  inOrganization(exceptions.command('list <policy>'))
    .description('list them, with the longest time and whether the policy locks them at all')
    .action((name: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'policy exceptions list' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        tell(await findPolicy(db, id, name), around);
      }),
    );
}

function changeExceptionsCommands(exceptions: Command, around: Surroundings): void {
  inOrganization(exceptions.command('set <policy> <setting>'))
    .description('let users override a setting, or change for how long')
    .requiredOption('--for <time>', 'the longest time, such as 45m, 8h or 1d')
    .action((name: string, setting: string, options: OrganizationOptions & { for: string }) =>
      change({ name, options, around, purpose: 'policy exceptions set' }, (before) => [
        ...before.filter((each) => each.setting !== setting),
        exceptionOf(setting, options.for),
      ]),
    );
  inOrganization(exceptions.command('remove <policy> <setting>'))
    .description('allow it no longer; overrides of it that are in force end at once')
    .action((name: string, setting: string, options: OrganizationOptions) =>
      change({ name, options, around, purpose: 'policy exceptions remove' }, (before) => {
        if (before.some((each) => each.setting === setting))
          return before.filter((each) => each.setting !== setting);
        throw new RefusalError({
          code: 'not_found',
          message: `The policy makes no exception for "${setting}".`,
          help: `List them: mooring-hub policy exceptions list "${name}" --organization ${options.organization}`,
          setting,
        });
      }),
    );
  inOrganization(exceptions.command('clear <policy>'))
    .description('allow none; every override under this policy that is in force ends at once')
    .action((name: string, options: OrganizationOptions) =>
      change({ name, options, around, purpose: 'policy exceptions clear' }, () => []),
    );
}

function change(
  wanted: {
    readonly name: string;
    readonly options: OrganizationOptions;
    readonly around: Surroundings;
    readonly purpose: string;
  },
  become: (before: readonly PolicyException[]) => readonly PolicyException[],
): Promise<void> {
  const { name, options, around, purpose } = wanted;
  return withDatabase({ options, around, purpose }, async ({ db }) => {
    const { id } = await findOrganization(db, options.organization);
    const found = await findPolicy(db, id, name);
    const edited = { organizationId: id, policyId: found.id, version: found.version };
    tell(await changeExceptions(db, operator(), edited, become(found.exceptions)), around);
  });
}

function exceptionOf(setting: string, time: string): PolicyException {
  const exception = exceptionSchema.safeParse({ setting, maxSeconds: secondsOf(time) });
  if (exception.success) return exception.data;
  throw new RefusalError({
    code: 'bad_request',
    message: `"${time}" is no time from a minute to 30 days.`,
    help: 'Write it like 45m, 8h or 1d.',
  });
}

function tell(policy: StoredPolicy, around: Surroundings): void {
  const { mentions } = readDocument(policy.document, 'user-policy', desktopCatalog);
  const rows = policy.exceptions.map(({ setting, maxSeconds }) => {
    const locked = mentions.get(setting)?.locked === true;
    return { setting, maxSeconds, locked };
  });
  const { id, name, version } = policy;
  answer(outputOf(around), { policy: { id, name, version }, exceptions: rows }, () =>
    columns(
      ['SETTING', 'FOR AT MOST', 'LOCKED BY THE POLICY'],
      rows.map((each) => [
        each.setting,
        durationOf(each.maxSeconds),
        each.locked ? 'yes' : 'no: nothing to override',
      ]),
      `"${name}" lets users override nothing.`,
    ),
  );
}

function listOverridesCommand(overrides: Command, around: Surroundings): void {
  listing(inOrganization(overrides.command('list')), overrideQuerySchema)
    .description('list them, newest first')
    .option('--active', 'only those in force')
    .option('--policy <policy>', 'only those of this policy')
    .action((options: OrganizationOptions & OverrideOptions) =>
      withDatabase({ options, around, purpose: 'overrides list' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const { active, policy, ...asked } = options;
        const policyId = policy === undefined ? undefined : (await findPolicy(db, id, policy)).id;
        const query = { ...queryOf(overrideQuerySchema, asked), active, policyId };
        const page = await wholeOrPage(query, options, async (wanted) => {
          const { overrides: rows, ...rest } = await listOverrides(db, id, wanted);
          return { rows, ...rest };
        });
        answerList(around, page, {
          name: 'overrides',
          head: ['USER', 'SETTING', 'VALUE', 'UNTIL', 'STATE', 'REASON', 'ID'],
          cells: (each) => [
            each.email,
            each.setting,
            JSON.stringify(each.value),
            each.until,
            stateOf(each),
            each.reason,
            each.id,
          ],
          none: active === true ? 'None is in force.' : 'Nobody overrode anything.',
        });
      }),
    );
}

interface OverrideOptions {
  readonly active?: boolean;
  readonly policy?: string;
  readonly limit?: string;
}

const ENDINGS: Readonly<Record<NonNullable<OrganizationOverride['endedBecause']>, string>> = {
  time: 'ran out',
  user: 'given up',
  revoked: 'revoked',
  replaced: 'replaced',
  withdrawn: 'no longer allowed',
};

function stateOf({ usedAt, endedBecause }: OrganizationOverride): string {
  if (endedBecause !== null) return ENDINGS[endedBecause];
  return usedAt === null ? 'granted' : 'in use';
}

function revokeCommand(overrides: Command, around: Surroundings): void {
  inOrganization(overrides.command('revoke <id>'))
    .description("end one before its time: the policy's value returns on the device")
    .action((id: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'overrides revoke' }, async ({ db }) => {
        if (!z.uuid().safeParse(id).success) {
          throw new RefusalError({
            code: 'bad_request',
            message: `"${id}" is no id of an override.`,
            help: `The list shows them: mooring-hub overrides list --organization ${options.organization}`,
          });
        }
        const organizationId = (await findOrganization(db, options.organization)).id;
        await endOverride(db, operator(), { organizationId, id });
        answer(outputOf(around), { revoked: id }, () => [
          "The override is revoked; the policy's value returns on the device.",
        ]);
      }),
    );
}
