import { type Command, Option } from 'commander';
import { z } from 'zod';
import { signInQuerySchema } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { PLATFORMS, type Platform } from '../../shared/settings/setting.ts';
import { endSignIns } from '../organizations/end-sign-ins.ts';
import { readMember } from '../organizations/member-list.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { listSignIns } from '../organizations/sign-ins.ts';
import { readEffectivePolicy } from '../policies/effective-policy.ts';
import { makePasswordLink } from '../sso/sign-in-settings.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { answerList, listing, queryOf } from './list-options.ts';
import { memberId } from './member-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer, columns } from './output.ts';

/** `members show|password-link|sign-ins|sign-out|effective`: what concerns one member. */
export function memberViewCommands(members: Command, around: Surroundings): void {
  personCommands(members, around);
  listing(inOrganization(members.command('sign-ins <email>')), signInQuerySchema)
    .description('where a member is signed in at present, newest first')
    .option('--kind <kind>', 'only those: browser or desktop')
    .action((email: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'members sign-ins' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const wanted = { organizationId, userId: await memberId(db, email), at: operator().at };
        const query = queryOf(signInQuerySchema, options);
        const { signIns: rows, ...page } = await listSignIns(db, wanted, query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'signIns',
            head: ['WHERE', 'FROM', 'BY', 'SINCE', 'LAST USED', 'ENDS', 'ID'],
            cells: (each) => [
              `${each.kind} ${each.client}`.trim(),
              each.address ?? '',
              each.connection ?? '',
              each.createdAt,
              each.lastUsedAt ?? '',
              each.expiresAt,
              each.id,
            ],
            none: 'Nowhere.',
          },
        );
      }),
    );
  inOrganization(members.command('sign-out <email>'))
    .description('end where a member is signed in, everywhere or one session; the membership stays')
    .option('--session <id>', 'only this one, by the id that sign-ins shows')
    .action((email: string, options: OrganizationOptions & { readonly session?: string }) =>
      withDatabase({ options, around, purpose: 'members sign-out' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const of = { organizationId, userId: await memberId(db, email) };
        const ended = await endSignIns(db, operator(), of, sessionId(options.session));
        answer(outputOf(around), ended, () => [
          `${email} is signed out: ${ended.browsers} in browsers, ${ended.devices} on devices.`,
        ]);
      }),
    );
  inOrganization(members.command('effective <email>'))
    .description('what the policies of the hub make of every setting of a member, and why')
    .addOption(new Option('--platform <platform>', 'of a device').choices(PLATFORMS).default('linux'))
    .action((email: string, options: OrganizationOptions & { readonly platform: Platform }) =>
      withDatabase({ options, around, purpose: 'members effective' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const ids = { organizationId, userId: await memberId(db, email) };
        const effective = await readEffectivePolicy(db, ids, options.platform);
        answer(outputOf(around), effective, () => [
          effective.policy === null
            ? 'No policy.'
            : `${effective.policy.name}, revision ${effective.policy.revision}`,
          ...columns(
            ['SETTING', 'VALUE', 'LOCKED', 'FROM'],
            Object.entries(effective.settings)
              .filter(([, { source }]) => source !== 'default')
              .map(([id, { value, locked, source }]) => [
                id,
                JSON.stringify(value),
                locked ? 'yes' : '',
                source,
              ]),
            'No policy sets anything.',
          ),
        ]);
      }),
    );
}

function personCommands(members: Command, around: Surroundings): void {
  inOrganization(members.command('show <email>'))
    .description('one member: role, origin, teams, and the policy assigned to them')
    .action((email: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'members show' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const member = await readMember(db, id, await memberId(db, email));
        answer(outputOf(around), { member }, () => [
          `${member.name} <${member.email}>${member.disabled ? ', disabled' : ''}`,
          `User name: ${member.username}`,
          `Role:      ${member.role}, by ${member.origin} since ${member.joinedAt}`,
          `Teams:     ${member.teams.map(({ name }) => name).join(', ') || 'none'}`,
          `Policy:    ${member.policy?.name ?? 'none of their own'}`,
        ]);
      }),
    );
  inOrganization(members.command('password-link <email>'))
    .description('make a one-time link with which a member chooses a new password; audited')
    .option('--public-url <url>', 'address of the hub, for the link', 'http://127.0.0.1:8443')
    .action((email: string, options: OrganizationOptions & { readonly publicUrl: string }) =>
      withDatabase({ options, around, purpose: 'members password-link' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const of = { organizationId, userId: await memberId(db, email) };
        const link = await makePasswordLink(db, operator(), of, options.publicUrl.replace(/\/+$/, ''));
        answer(outputOf(around), link, () => [
          `${link.email} chooses a new password here, once, before ${link.expiresAt}:`,
          link.url,
        ]);
      }),
    );
}

function sessionId(given: string | undefined): string | null {
  if (given === undefined) return null;
  if (z.uuid().safeParse(given).success) return given;
  throw new RefusalError({
    code: 'bad_request',
    message: `"${given}" is no id of a session.`,
    help: 'The list shows them: mooring-hub members sign-ins ADDRESS --organization NAME',
  });
}
