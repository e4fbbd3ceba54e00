import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { z } from 'zod';
import { auditExportQuerySchema, emailSchema, memberQuerySchema } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { exportAuditEvents } from '../audit/audit-export.ts';
import { listAuditEvents } from '../audit/audit-list.ts';
import { recordChange } from '../audit/record.ts';
import type { Db } from '../database/connection.ts';
import { createPasswords, passwordProblem } from '../identity/passwords.ts';
import { endSessionsOf } from '../identity/session-ends.ts';
import { findAccount } from '../organizations/accounts.ts';
import { listMembers } from '../organizations/member-list.ts';
import { addMember, changeRole, removeMember } from '../organizations/member-service.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { endPasswordLinks } from '../organizations/setup-links.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withCommonOptions,
  withDatabase,
} from './command-context.ts';
import { invitationCommands } from './invitation-commands.ts';
import { answerList, listing, queryOf, wholeOrPage } from './list-options.ts';
import { memberJobCommands } from './member-job-commands.ts';
import { memberId, roleOf } from './member-options.ts';
import { memberViewCommands } from './member-view-commands.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer, columns } from './output.ts';

/** `members list|add|role|remove`, and what is in files of their own. */
export function memberCommands(program: Command, around: Surroundings): void {
  const members = program.command('members').description('members of an organization');
  listCommand(members, around);
  invitationCommands(members, around);
  memberJobCommands(members, around);
  memberViewCommands(members, around);
  inOrganization(members.command('add <email>'))
    .description('add a member; makes the account, with a one-time password link, when there is none')
    .option('--role <role>', 'member, editor or owner', 'member')
    .option('--name <name>', 'full name')
    .option('--public-url <url>', 'address of the hub, for the link', 'http://127.0.0.1:8443')
    .action(
      (email: string, options: OrganizationOptions & { role: string; name?: string; publicUrl: string }) =>
        withDatabase({ options, around, purpose: 'members add' }, async ({ db }) => {
          const { id } = await findOrganization(db, options.organization);
          const where = { organizationId: id, publicUrl: options.publicUrl.replace(/\/+$/, '') };
          const wanted = { email: emailOf(email), role: roleOf(options.role), name: options.name };
          const added = await addMember(db, operator(), where, wanted);
          answer(outputOf(around), added, () => [
            `${added.member.email} is a member with the role ${added.member.role}.`,
            ...(added.passwordLink === null
              ? []
              : ['They set their password here, once:', added.passwordLink.url]),
          ]);
        }),
    );
  inOrganization(members.command('role <email> <role>'))
    .description("change a member's role: member, editor or owner")
    .action((email: string, role: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'members role' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const change = { userId: await memberId(db, email), role: roleOf(role) };
        const member = await changeRole(db, operator(), id, change);
        answer(outputOf(around), { member }, () => [`${member.email} has the role ${member.role}.`]);
      }),
    );
  inOrganization(members.command('remove <email>'))
    .description('remove a member; the account stays')
    .action((email: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'members remove' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        await removeMember(db, operator(), id, await memberId(db, email));
        answer(outputOf(around), { email }, () => [`${email} is not a member any more.`]);
      }),
    );
}

function listCommand(members: Command, around: Surroundings): void {
  listing(inOrganization(members.command('list')), memberQuerySchema)
    .description('list members')
    .option('--origin <origin>', 'only those who came so: manual, invitation, jit or scim')
    .option('--role <role>', 'only this role')
    .option('--domain <domain>', 'only addresses of this domain')
    .option('--status <status>', 'only those: active or disabled')
    .action((options: OrganizationOptions & { readonly limit?: string }) =>
      withDatabase({ options, around, purpose: 'members list' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const page = await wholeOrPage(queryOf(memberQuerySchema, options), options, async (wanted) => {
          const { members: rows, ...rest } = await listMembers(db, id, wanted);
          return { rows, ...rest };
        });
        answerList(around, page, {
          name: 'members',
          head: ['E-MAIL', 'NAME', 'ROLE', 'ORIGIN', 'POLICY'],
          cells: (each) => [each.email, each.name, each.role, each.origin, each.policy?.name ?? ''],
          none: 'Nobody.',
        });
      }),
    );
}

interface AuditOptions extends CommonOptions {
  readonly organization?: string;
  readonly limit: number;
  readonly search?: string;
  readonly action?: string;
  readonly actor?: string;
  readonly target?: string;
  readonly since?: string;
  readonly until?: string;
  readonly export?: string;
}

function auditFilter({ search, action, actor, target, since, until, export: format }: AuditOptions) {
  const read = auditExportQuerySchema
    .extend({ format: z.enum(['jsonl', 'csv']).optional() })
    .safeParse({ search, action, actor, target, since, until, format });
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new RefusalError({
    code: 'bad_request',
    message: `--${issue?.path.join('.') === 'format' ? 'export' : issue?.path.join('.')}: ${issue?.message}.`,
    help: 'Times are written 2026-01-31T12:00:00Z; the format is jsonl or csv.',
  });
}

/** `audit` */
export function auditCommand(program: Command, around: Surroundings): void {
  withCommonOptions(program.command('audit'))
    .description('show what was changed, newest first')
    .option('--organization <name>', 'organization (default: events of the hub as a whole)')
    .option('--limit <number>', 'how many', (text) => Number(text), 50)
    .option('--search <text>', 'only where the action, who did it or what it was done to has this text in it')
    .option('--action <name>', '"policy.update", or a beginning such as "policy."')
    .option('--actor <text>', 'part of the name of who did it')
    .option('--target <text>', 'part of the name of what it was done to')
    .option('--since <time>', 'not before this time (ISO 8601)')
    .option('--until <time>', 'before this time')
    .option('--export <format>', 'write everything that matches: jsonl or csv')
    .action((options: AuditOptions) =>
      withDatabase({ options, around, purpose: 'audit' }, async ({ db }) => {
        const { organization } = options;
        const filter = auditFilter(options);
        const id = organization === undefined ? null : (await findOrganization(db, organization)).id;
        if (filter.format !== undefined) {
          const { format, ...query } = filter;
          for await (const part of exportAuditEvents(db, id, { ...query, format }))
            around.write(String(part));
          return;
        }
        const limit = Number.isInteger(options.limit) && options.limit > 0 ? options.limit : 50;
        const list = await listAuditEvents(db, id, { ...filter, limit });
        answer(outputOf(around), list, () =>
          columns(
            ['TIME', 'WHO', 'ACTION', 'WHAT'],
            list.events.map((event) => [event.at, event.actor.label, event.action, event.target.label]),
            'Nothing yet.',
          ),
        );
      }),
    );
}

/** `users set-password` */
export function userCommands(program: Command, around: Surroundings): void {
  const users = program.command('users').description('accounts of the hub');
  withCommonOptions(users.command('set-password <email>'))
    .description('set the password of an account, asked for or read from standard input; ends its sessions')
    .action((email: string, options: CommonOptions) =>
      withDatabase({ options, around, purpose: 'users set-password' }, async ({ db }) => {
        const account = await findAccount(db, email);
        if (account === undefined) {
          throw new RefusalError({ code: 'not_found', message: `There is no account for ${email}.` });
        }
        const password = await askPassword(around);
        const problem = passwordProblem(password, [account.email, account.username]);
        if (problem !== null) {
          throw new RefusalError({
            code: 'invalid_value',
            message: `The password is not accepted (${problem.replaceAll('_', ' ')}).`,
            help: 'Use 12 characters or more that nobody guesses: a few random words are good.',
          });
        }
        const hash = await (await createPasswords()).hash(password);
        await setPassword(db, account, hash);
        answer(outputOf(around), { email: account.email }, () => [
          `The password of ${account.email} is set; its sessions have ended.`,
        ]);
      }),
    );
}

async function setPassword(
  db: Db,
  account: { readonly id: string; readonly email: string },
  hash: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.updateTable('users').set({ password_hash: hash }).where('id', '=', account.id).execute();
    const context = operator();
    await endPasswordLinks(trx, account.id, context.at);
    await endSessionsOf(trx, account.id, { reason: 'password_changed', at: context.at });
    await recordChange(trx, context, {
      organizationId: null,
      action: 'account.password',
      target: { kind: 'user', id: account.id, label: account.email },
    });
  });
}

/** From a pipe the first line; from a person without showing it. */
async function askPassword(around: Surroundings): Promise<string> {
  const { stdin } = around;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (stdin.isTTY) around.writeError('New password: ');
  const lines = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (stdin.isTTY) around.writeError('\n');
  }
}

function emailOf(text: string): string {
  const parsed = emailSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new RefusalError({ code: 'bad_request', message: `"${text}" is not an e-mail address.` });
}
