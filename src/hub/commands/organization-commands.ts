import { type Command, InvalidArgumentError } from 'commander';
import { organizationChangeSchema } from '../../shared/contracts/hub-api.ts';
import { complianceTrendQuerySchema, DEVICE_STATUSES } from '../../shared/contracts/hub-devices.ts';
import { signInSettingsChangeSchema } from '../../shared/contracts/hub-sso.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import { findOrganization, updateOrganization } from '../organizations/organization-service.ts';
import { markChecklist, readOverview } from '../overview/overview-service.ts';
import { readTrend } from '../reports/compliance-days.ts';
import { changeSignInSettings, readSignInSettings } from '../sso/sign-in-settings.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { queryOf } from './list-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer, columns } from './output.ts';

interface ChangeOptions extends OrganizationOptions {
  readonly displayName?: string;
  readonly contactName?: string;
  readonly contactUrl?: string;
  readonly contact?: boolean;
  readonly refresh?: number;
  readonly grace?: number | 'never';
  readonly deviceSignIn?: string;
  readonly secondFactor?: string;
  readonly enforced?: string;
}

/** `overview`, `trend` and `organization show|set` */
export function organizationCommands(program: Command, around: Surroundings): void {
  overviewCommands(program, around);
  const organization = program.command('organization').description('settings of an organization');
  inOrganization(organization.command('show'))
    .description('show them')
    .action((options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'organization show' }, ({ db }) => show(db, options, around)),
    );
  inOrganization(organization.command('set'))
    .description('change what is named, and leave the rest')
    .option('--display-name <name>', 'what people read')
    .option('--contact-name <name>', 'whom users turn to')
    .option('--contact-url <url>', 'where: an http, https or mailto address')
    .option('--no-contact', 'name nobody')
    .option('--refresh <seconds>', 'how often devices ask when nothing wakes them: 10 to 3600', seconds)
    .option('--grace <seconds>', 'when settings of a device without the hub freeze; "never"', secondsOrNever)
    .option('--device-sign-in <on|off>', 'whether devices without a browser may sign in by a code')
    .option('--second-factor <on|off>', 'whether owners with a local password need one')
    .option('--enforced <yes|no>', 'for the first steps: sign-in is enforced on devices')
    .action((options: ChangeOptions) =>
      withDatabase({ options, around, purpose: 'organization set' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const change = queryOf(organizationChangeSchema, changeOf(options));
        const signIn = queryOf(signInSettingsChangeSchema, {
          deviceSignIn: switched('--device-sign-in', options.deviceSignIn),
          ownersNeedSecondFactor: switched('--second-factor', options.secondFactor),
        });
        const enforced = switched('--enforced', options.enforced, ['yes', 'no']);
        await updateOrganization(db, operator(), id, change);
        if (Object.values(signIn).some((value) => value !== undefined))
          await changeSignInSettings(db, operator(), id, signIn);
        if (enforced !== undefined) await markChecklist(db, operator(), id, enforced);
        await show(db, options, around);
      }),
    );
}

function changeOf(options: ChangeOptions) {
  const { displayName, contactName, contactUrl, contact, refresh, grace } = options;
  const named = contactName !== undefined || contactUrl !== undefined;
  return {
    displayName,
    ...(contact === false ? { contact: null } : {}),
    ...(named ? { contact: { name: contactName ?? '', url: contactUrl ?? '' } } : {}),
    ...(refresh === undefined ? {} : { refreshSeconds: refresh }),
    ...(grace === undefined ? {} : { graceSeconds: grace === 'never' ? null : grace }),
  };
}

function switched(
  option: string,
  text: string | undefined,
  [yes, no]: readonly [string, string] = ['on', 'off'],
): boolean | undefined {
  if (text === undefined || text === yes || text === no) return text === undefined ? undefined : text === yes;
  throw new RefusalError({ code: 'bad_request', message: `${option} is ${yes} or ${no}, not "${text}".` });
}

async function show(db: Db, options: OrganizationOptions, around: Surroundings): Promise<void> {
  const organization = await findOrganization(db, options.organization);
  const signIn = await readSignInSettings(db, organization.id);
  answer(outputOf(around), { organization, signIn }, () => [
    `${organization.displayName} (${organization.name})`,
    `Contact:       ${organization.contact === null ? 'nobody' : `${organization.contact.name} ${organization.contact.url}`}`,
    `Refresh:       every ${organization.refreshSeconds} seconds`,
    `Grace:         ${organization.graceSeconds === null ? 'settings never freeze' : `${organization.graceSeconds} seconds`}`,
    `Code sign-in:  ${signIn.deviceSignIn ? 'on' : 'off'}`,
    `Second factor: ${signIn.ownersNeedSecondFactor ? 'needed by owners' : 'as each owner likes'}`,
  ]);
}

function overviewCommands(program: Command, around: Surroundings): void {
  inOrganization(program.command('overview'))
    .description('how an organization stands, in numbers, and which first steps are open')
    .action((options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'overview' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const overview = await readOverview(db, { organizationId, at: operator().at }, 'owner');
        const { members, policies, teams, invitations, devices, statuses, checklist } = overview;
        const open = Object.entries(checklist).flatMap(([step, done]) => (done ? [] : [step]));
        answer(outputOf(around), overview, () => [
          ...columns(
            ['WHAT', 'HOW MANY'],
            [
              ...Object.entries({ members, policies, teams, invitations, devices }),
              ...Object.entries(statuses).map(([status, count]) => [`devices ${status}`, count] as const),
            ].map(([what, count]) => [what, String(count)]),
            '',
          ),
          open.length === 0 ? 'Every first step is done.' : `First steps that are open: ${open.join(', ')}`,
        ]);
      }),
    );
  inOrganization(program.command('trend'))
    .description('how many devices had which status at the end of each day')
    .option('--days <number>', 'how far back, at most 366', '30')
    .action((options: OrganizationOptions & { readonly days: string }) =>
      withDatabase({ options, around, purpose: 'trend' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const { days } = queryOf(complianceTrendQuerySchema, options);
        const trend = await readTrend(db, id, operator().at, days);
        answer(outputOf(around), trend, () =>
          columns(
            ['DAY', ...DEVICE_STATUSES.map((status) => status.toUpperCase())],
            trend.days.map(({ day, statuses }) => [
              day,
              ...DEVICE_STATUSES.map((status) => String(statuses[status] ?? 0)),
            ]),
            '',
          ),
        );
      }),
    );
}

function seconds(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number of seconds.');
  return Number(text);
}

function secondsOrNever(text: string): number | 'never' {
  return text === 'never' ? text : seconds(text);
}
