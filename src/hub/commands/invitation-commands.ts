import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { invitationCreationSchema, invitationQuerySchema } from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import type { InvitingPlace } from '../invitations/invitation-letters.ts';
import {
  invite,
  listInvitations,
  pageInvitations,
  resendInvitation,
  revokeInvitation,
} from '../invitations/invitation-service.ts';
import { noMail } from '../mail/mailer.ts';
import { exportMembers } from '../organizations/member-export.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { findTeam } from '../teams/team-service.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withDatabase,
} from './command-context.ts';
import { answerList, listing, queryOf, wholeOrPage } from './list-options.ts';
import { inOrganization } from './organization-option.ts';
import { answer, columns } from './output.ts';

interface InvitingOptions extends CommonOptions {
  readonly organization: string;
  readonly publicUrl: string;
  readonly smtpUrl?: string;
  readonly mailFrom: string;
}

const inviting = (command: Command): Command =>
  inOrganization(command)
    .option('--public-url <url>', 'address of the hub, for the links', 'http://127.0.0.1:8443')
    .option('--smtp-url <url>', 'mail server (default: MOORING_SMTP_URL; else links are shown to be copied)')
    .option('--mail-from <address>', 'sender of letters', 'mooring-hub@localhost');

/** `members invite|invitations|resend|revoke|export` */
export function invitationCommands(members: Command, around: Surroundings): void {
  inviteCommand(members, around);
  openInvitations(members, around);
  inOrganization(members.command('export'))
    .description('write members and invited people as CSV')
    .option('--origin <origin>', 'only those who came so: manual, invitation, jit or scim')
    .option('--domain <domain>', 'only addresses of this domain')
    .action((options: CommonOptions & { organization: string; origin?: string; domain?: string }) =>
      withDatabase({ options, around, purpose: 'members export' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const { domain } = options;
        for await (const part of exportMembers(db, id, { origin: originOf(options.origin), domain }))
          around.write(String(part));
      }),
    );
}

function inviteCommand(members: Command, around: Surroundings): void {
  inviting(members.command('invite [email...]'))
    .description('invite people by address, or by a CSV file')
    .option('--csv <file>', 'file with a column email')
    .option('--role <role>', 'member, editor or owner', 'member')
    .option('--team <name>', 'team that they join')
    .option('--dry-run', 'only say what would happen')
    .action(
      (
        emails: string[],
        options: InvitingOptions & { csv?: string; role: string; team?: string; dryRun?: boolean },
      ) =>
        within(options, around, 'members invite', async (db, place) => {
          const teamId =
            options.team === undefined
              ? undefined
              : (await findTeam(db, place.organizationId, options.team)).id;
          const wanted = invitationCreationSchema.safeParse({
            ...(options.csv === undefined ? { emails } : { csv: fileText(options.csv) }),
            role: options.role,
            ...(teamId === undefined ? {} : { teamId }),
            dryRun: options.dryRun === true,
          });
          if (!wanted.success || (options.csv === undefined && emails.length === 0)) {
            throw new RefusalError({
              code: 'bad_request',
              message: wanted.error?.issues[0]?.message ?? 'Nobody is named.',
              help: 'Name addresses, or give --csv FILE; the role is member, editor or owner.',
            });
          }
          const results = await invite(db, operator(), place, wanted.data);
          answer(outputOf(around), { results }, () =>
            columns(
              ['E-MAIL', 'OUTCOME', 'DETAIL', 'LINK'],
              results.map((each) => [
                each.email,
                each.outcome,
                each.detail,
                each.mailed ? '' : (each.link ?? ''),
              ]),
              'Nobody.',
            ),
          );
        }),
    );
}

function openInvitations(members: Command, around: Surroundings): void {
  listing(inviting(members.command('invitations')), invitationQuerySchema)
    .description('list open invitations')
    .option('--role <role>', 'only this role')
    .option('--state <state>', 'only those: pending or expired')
    .action((options: InvitingOptions & { readonly limit?: string }) =>
      within(options, around, 'members invitations', async (db, place) => {
        const query = queryOf(invitationQuerySchema, options);
        const page = await wholeOrPage(query, options, async (wanted) => {
          const answered = await pageInvitations(db, place.organizationId, new Date(), wanted);
          const { invitations: rows, ...rest } = answered;
          return { rows, ...rest };
        });
        answerList(around, page, {
          name: 'invitations',
          head: ['E-MAIL', 'ROLE', 'STATE', 'UNTIL'],
          cells: (each) => [each.email, each.role, each.state, each.expiresAt],
          none: 'No open invitations.',
        });
      }),
    );
  inviting(members.command('resend <email>'))
    .description('send an invitation again, with a new link')
    .action((email: string, options: InvitingOptions) =>
      within(options, around, 'members resend', async (db, place) => {
        const sent = await resendInvitation(db, operator(), place, await invitationOf(db, place, email));
        answer(outputOf(around), sent, () => [
          sent.mailed ? `A letter was sent to ${sent.invitation.email}.` : sent.link,
        ]);
      }),
    );
  inviting(members.command('revoke <email>'))
    .description('revoke an invitation')
    .action((email: string, options: InvitingOptions) =>
      within(options, around, 'members revoke', async (db, place) => {
        await revokeInvitation(db, operator(), place.organizationId, await invitationOf(db, place, email));
        answer(outputOf(around), { email }, () => [`The invitation of ${email} is revoked.`]);
      }),
    );
}

function within(
  options: InvitingOptions,
  around: Surroundings,
  purpose: string,
  run: (db: Db, place: InvitingPlace) => Promise<void>,
): Promise<void> {
  return withDatabase({ options, around, purpose }, async ({ db }) => {
    const { id } = await findOrganization(db, options.organization);
    const url = options.smtpUrl ?? around.env.MOORING_SMTP_URL ?? '';
    const onError = (reason: string) => around.writeError(`A letter could not be sent: ${reason}\n`);
    const mail =
      url === ''
        ? noMail
        : (await import('../mail/smtp-mailer.ts')).smtpMailer({ url, from: options.mailFrom, onError });
    try {
      await run(db, { organizationId: id, publicUrl: options.publicUrl.replace(/\/+$/, ''), mail });
    } finally {
      mail.stop();
    }
  });
}

async function invitationOf(db: Db, place: InvitingPlace, email: string): Promise<string> {
  const open = await listInvitations(db, place.organizationId, new Date());
  const found = open.find((each) => each.email.toLowerCase() === email.toLowerCase());
  if (found !== undefined) return found.id;
  throw new RefusalError({ code: 'not_found', message: `There is no open invitation for ${email}.` });
}

/** The origin that an option names; refused when there is none of that name. */
export function originOf(text: string | undefined) {
  if (text === undefined || text === 'manual' || text === 'invitation' || text === 'jit' || text === 'scim')
    return text;
  throw new RefusalError({
    code: 'bad_request',
    message: `"${text}" is not an origin: it is manual, invitation, jit or scim.`,
  });
}

function fileText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new RefusalError({
      code: 'storage_failed',
      message: `${file} could not be read: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}
