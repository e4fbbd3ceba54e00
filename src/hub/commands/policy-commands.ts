import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import {
  POLICY_FILE_FORMATS,
  type PolicyFileFormat,
  revisionPathSchema,
} from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import {
  assignPolicy,
  readDefaultPolicy,
  setDefaultPolicy,
  unassignPolicy,
} from '../policies/assignment-service.ts';
import { acceptDocument } from '../policies/document.ts';
import { exportPolicy } from '../policies/export/export-policy.ts';
import { findPolicy } from '../policies/policy-list.ts';
import { createPolicy, updatePolicy } from '../policies/policy-service.ts';
import { readRevision } from '../policies/revision-list.ts';
import {
  assignPolicyToTeam,
  readTeamPolicy,
  unassignPolicyFromTeam,
} from '../policies/team-assignment-service.ts';
import { findTeam } from '../teams/team-service.ts';
import { assignmentFileCommand } from './assignment-file-command.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { deletedPolicyCommands } from './deleted-policy-commands.ts';
import { readDraft } from './draft-file.ts';
import { queryOf } from './list-options.ts';
import { memberId } from './member-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer } from './output.ts';
import { policyEditCommands } from './policy-edit-commands.ts';
import { policyListCommands } from './policy-list-commands.ts';
import { readText } from './text-file.ts';

/** `policy list|revisions|users|teams|compliance|show|check|export|set|import|assign|unassign|default|delete|deleted|restore` */
export function policyCommands(program: Command, around: Surroundings): void {
  const policy = program.command('policy').description('settings policies of an organization');
  readCommands(policy, around);
  exportCommand(policy, around);
  writeCommands(policy, around);
  receiverCommands(policy, around);
  deletedPolicyCommands(policy, around);
  policyEditCommands(policy, around);
  assignmentFileCommand(policy, around, readText);
}

function readCommands(policy: Command, around: Surroundings): void {
  policyListCommands(policy, around);
  inOrganization(policy.command('show <policy>'))
    .description('show the document of a policy, by name or id')
    .option('--revision <number>', 'as it was in this revision')
    .action((name: string, options: OrganizationOptions & { readonly revision?: string }) =>
      withDatabase({ options, around, purpose: 'policy show' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, name);
        if (options.revision === undefined)
          return answer(outputOf(around), { policy: found }, () => found.text.trimEnd().split('\n'));
        const { revision: wanted } = queryOf(revisionPathSchema.pick({ revision: true }), options);
        const revision = await readRevision(db, id, found.id, wanted);
        answer(outputOf(around), { revision }, () => revision.text.trimEnd().split('\n'));
      }),
    );
  policy
    .command('check <file>')
    .description('check an admin-settings.json ("-": standard input) as saving it would; nothing is saved')
    .action((file: string) => {
      const { problems } = acceptDocument({ text: readText(file) });
      answer(outputOf(around), { acceptable: true, problems }, () => [
        ...problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`),
        'It can be saved.',
      ]);
    });
}

function exportCommand(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('export <policy>'))
    .description('write a policy as a file for other ways of bringing it to devices')
    .addOption(
      new Option('--format <name>', 'form of the file')
        .choices(POLICY_FILE_FORMATS)
        .default('admin-settings'),
    )
    .option('--out <file>', 'file to write (default: its usual name, here)')
    .option('--force', 'also over a file that is there')
    .action((name: string, options: ExportOptions) =>
      withDatabase({ options, around, purpose: 'policy export' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, name);
        const file = exportPolicy({ ...found, organization: options.organization }, options.format);
        const out = options.out ?? file.name;
        writeOut(out, file.content, options.force === true);
        answer(outputOf(around), { file: out, revision: found.revision }, () => [`Wrote ${out}.`]);
      }),
    );
}

interface ExportOptions extends OrganizationOptions {
  readonly format: PolicyFileFormat;
  readonly out?: string;
  readonly force?: boolean;
}

/** Writes a file that was asked for; one that is there stays unless it is to be replaced. */
export function writeOut(file: string, content: string | Uint8Array, replace: boolean): void {
  try {
    writeFileSync(file, content, { flag: replace ? 'w' : 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new RefusalError({
      code: 'storage_failed',
      message: exists
        ? `${file} is there already and was left alone.`
        : `${file} could not be written: ${error instanceof Error ? error.message : String(error)}`,
      help: exists
        ? 'Name another file with --out, or add --force.'
        : 'Name a file in a directory that you may write to.',
    });
  }
}

function writeCommands(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('import <file>'))
    .description('make a policy from an admin-settings.json ("-": standard input)')
    .requiredOption('--name <name>', 'name of the policy')
    .option('--description <text>', 'what it is for', '')
    .option('--reason <text>', 'why, for the history', '')
    .action(
      (file: string, options: OrganizationOptions & { name: string; description: string; reason: string }) =>
        withDatabase({ options, around, purpose: 'policy import' }, async ({ db }) => {
          const { id } = await findOrganization(db, options.organization);
          const { name, description, reason } = options;
          const wanted = { name, description, reason, text: readDraft(file, outputOf(around)) };
          const made = await createPolicy(db, operator(), id, wanted);
          answer(outputOf(around), { policy: made }, () => [`Made the policy "${made.name}" (${made.id}).`]);
        }),
    );
  inOrganization(policy.command('set <policy> <file>'))
    .description('give a policy a new document ("-": standard input)')
    .option('--reason <text>', 'why, for the history', '')
    .action((name: string, file: string, options: OrganizationOptions & { reason: string }) =>
      withDatabase({ options, around, purpose: 'policy set' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, name);
        const edited = { organizationId: id, policyId: found.id, version: found.version };
        const change = { text: readDraft(file, outputOf(around)), reason: options.reason };
        const changed = await updatePolicy(db, operator(), edited, change);
        answer(outputOf(around), { policy: changed }, () => [
          `"${changed.name}" is at revision ${changed.revision}.`,
        ]);
      }),
    );
}

function receiverCommands(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('default [policy]'))
    .description("say which policy is the organization's default, or make one the default; --none: have none")
    .option('--none', 'no default policy')
    .action((name: string | undefined, options: OrganizationOptions & { none?: boolean }) =>
      withDatabase({ options, around, purpose: 'policy default' }, async ({ db }) => {
        if (name !== undefined && options.none === true) {
          throw new RefusalError({
            code: 'bad_request',
            message: 'Name one policy, or give --none, not both.',
          });
        }
        const { id } = await findOrganization(db, options.organization);
        const makeDefault = (policyId: string | null) => setDefaultPolicy(db, operator(), id, policyId);
        const now =
          name !== undefined
            ? await makeDefault((await findPolicy(db, id, name)).id)
            : options.none === true
              ? await makeDefault(null)
              : await readDefaultPolicy(db, id);
        answer(outputOf(around), now, () => [
          now.policy === null
            ? 'There is no default policy now.'
            : `"${now.policy.name}" is the default policy now.`,
        ]);
      }),
    );
  assignmentCommands(policy, around);
}

function assignmentCommands(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('assign <policy> [email]'))
    .description('assign a policy to a member, or to the members of a team')
    .option('--team <name>', 'a team instead of one member')
    .option('--move', 'also when the member or team has another policy')
    .action((name: string, email: string | undefined, options: AssignmentOptions) =>
      withDatabase({ options, around, purpose: 'policy assign' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, name);
        const whom = await receiverOf(db, id, email, options.team);
        const assigned = await assignTo(db, id, found.id, whom, options.move === true).catch(explainMove);
        const from = assigned.movedFrom === null ? '' : `, moved from "${assigned.movedFrom.name}"`;
        answer(outputOf(around), assigned, () => [`${whom.label} has "${found.name}" now${from}.`]);
      }),
    );
  inOrganization(policy.command('unassign [email]'))
    .description("take a member's own policy, or a team's, away")
    .option('--team <name>', 'a team instead of one member')
    .action((email: string | undefined, options: AssignmentOptions) =>
      withDatabase({ options, around, purpose: 'policy unassign' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const whom = await receiverOf(db, id, email, options.team);
        if (whom.kind === 'team') await unassignPolicyFromTeam(db, operator(), id, whom.id);
        else await unassignPolicy(db, operator(), id, whom.id);
        const answered = whom.kind === 'team' ? { team: whom.label } : { email: whom.label };
        answer(outputOf(around), answered, () => [`${whom.label} has no policy of their own now.`]);
      }),
    );
}

interface AssignmentOptions extends OrganizationOptions {
  readonly team?: string;
  readonly move?: boolean;
}

/** Who gets a policy: a member, or a team. */
interface Receiver {
  readonly kind: 'member' | 'team';
  readonly id: string;
  readonly label: string;
}

async function receiverOf(
  db: Db,
  organizationId: string,
  email: string | undefined,
  team: string | undefined,
): Promise<Receiver> {
  if ((email === undefined) === (team === undefined)) {
    throw new RefusalError({
      code: 'bad_request',
      message: 'Name either a member by e-mail address, or a team with --team.',
    });
  }
  if (team === undefined) {
    return { kind: 'member', id: await memberId(db, email ?? ''), label: email ?? '' };
  }
  const found = await findTeam(db, organizationId, team);
  return { kind: 'team', id: found.id, label: `The team "${found.name}"` };
}

async function assignTo(db: Db, organizationId: string, policyId: string, whom: Receiver, move: boolean) {
  if (whom.kind === 'team') {
    const moveFrom = move ? (await readTeamPolicy(db, whom.id))?.id : undefined;
    return assignPolicyToTeam(db, operator(), organizationId, { teamId: whom.id, policyId, moveFrom });
  }
  const moveFrom = move ? await assignedPolicy(db, organizationId, whom.id) : undefined;
  return assignPolicy(db, operator(), organizationId, { userId: whom.id, policyId, moveFrom });
}

/** The service asks for the id of the present policy; here one says --move. */
function explainMove(error: unknown): never {
  if (!(error instanceof RefusalError) || error.refusal.details?.moveFrom === undefined) throw error;
  throw new RefusalError({ ...error.refusal, help: 'To move them all the same, add --move.' });
}

async function assignedPolicy(db: Db, organizationId: string, userId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('policy_assignments')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .select('policy_id')
    .executeTakeFirst();
  return row?.policy_id;
}
