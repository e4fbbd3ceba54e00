import { setInterval } from 'node:timers';
import type { Command } from 'commander';
import { memberQuerySchema } from '../../shared/contracts/hub-api.ts';
import {
  type MemberJob,
  type MemberJobAction,
  type MemberJobRefusal,
  memberJobQuerySchema,
} from '../../shared/contracts/hub-member-jobs.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { systemClock } from '../clock.ts';
import type { Db } from '../database/connection.ts';
import { createJobRunner } from '../member-jobs/job-runner.ts';
import { createJob, listJobRefusals, listJobs, readJob } from '../member-jobs/job-service.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { findTeam } from '../teams/team-service.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { answerList, paging, queryOf, wholeOrPage } from './list-options.ts';
import { memberId, roleOf } from './member-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer } from './output.ts';

interface BulkOptions extends OrganizationOptions {
  readonly role?: string;
  readonly setRole?: string;
  readonly addTo?: string;
  readonly remove?: boolean;
  readonly all?: boolean;
}

/** The list's filters, as the API takes them for a job. */
const memberFilterSchema = memberQuerySchema.omit({ limit: true, sort: true, cursor: true });

/** How often a person is told how far it is. */
const TELL_MS = 2_000;

/** `members bulk|jobs|job` */
export function memberJobCommands(members: Command, around: Surroundings): void {
  bulkCommand(members, around);
  paging(inOrganization(members.command('jobs')), memberJobQuerySchema)
    .description('what was done with many members at once, newest first')
    .option('--search <text>', 'only those begun by somebody whose name has this text in it')
    .option('--state <state>', 'only those: running or finished')
    .action((options: OrganizationOptions & { readonly limit?: string }) =>
      withDatabase({ options, around, purpose: 'members jobs' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const page = await wholeOrPage(queryOf(memberJobQuerySchema, options), options, async (wanted) => {
          const { jobs: rows, ...rest } = await listJobs(db, id, wanted);
          return { rows, ...rest };
        });
        answerList(around, page, {
          name: 'jobs',
          head: ['BEGUN', 'BY', 'WHAT', 'DONE', 'REFUSED', 'LEFT', 'ID'],
          cells: (job) => [job.createdAt, job.by, wordsOf(job.action), ...numbersOf(job), job.id],
          none: 'Nothing was done with many members yet.',
        });
      }),
    );
  inOrganization(members.command('job <id>'))
    .description('how far one is, and whom it was refused for')
    .action((given: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'members job' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        tell(around, await withRefusals(db, id, jobId(given)));
      }),
    );
}

function bulkCommand(members: Command, around: Surroundings): void {
  inOrganization(members.command('bulk [email...]'))
    .description('do one thing with many members: those named, or all whom the filter finds')
    .option('--set-role <role>', 'give them this role: member, editor or owner')
    .option('--add-to <team>', 'put them into this team')
    .option('--remove', 'remove them; their accounts stay')
    .option('--search <text>', 'only whose name or address has this text in it')
    .option('--all', 'every member of the organization')
    .option('--origin <origin>', 'only those who came so: manual, invitation, jit or scim')
    .option('--role <role>', 'only this role')
    .option('--domain <domain>', 'only addresses of this domain')
    .option('--status <status>', 'only those: active or disabled')
    .action((emails: readonly string[], options: BulkOptions) =>
      withDatabase({ options, around, purpose: 'members bulk' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const action = await actionOf(db, id, options);
        const whom = await whomOf(db, emails, options);
        const job = await createJob(db, operator(), id, { action, ...whom });
        tell(around, await finished(db, id, job, around));
      }),
    );
}

async function actionOf(db: Db, organizationId: string, options: BulkOptions): Promise<MemberJobAction> {
  const { setRole, addTo, remove } = options;
  const wanted = [setRole, addTo, remove].filter((each) => each !== undefined);
  if (wanted.length !== 1)
    throw new RefusalError({
      code: 'bad_request',
      message: 'Say one thing to do: --set-role, --add-to or --remove.',
    });
  if (setRole !== undefined) return { kind: 'role', role: roleOf(setRole) };
  if (addTo !== undefined) return { kind: 'team', teamId: (await findTeam(db, organizationId, addTo)).id };
  return { kind: 'remove' };
}

/** Nobody at all is never taken for everybody: a filter that was forgotten must not remove an organization. */
async function whomOf(db: Db, emails: readonly string[], options: BulkOptions) {
  const filter = queryOf(memberFilterSchema, options);
  const filtered = Object.values(filter).some((value) => value !== undefined);
  if ([emails.length > 0, filtered, options.all === true].filter(Boolean).length !== 1)
    throw new RefusalError({
      code: 'bad_request',
      message: 'Say whom: addresses, or a filter such as --domain, or --all.',
    });
  if (emails.length === 0) return { matching: filter };
  return { userIds: await Promise.all(emails.map((email) => memberId(db, email))) };
}

/** Does the job in this process, beside a hub that may run, and tells a person how far it is. */
async function finished(
  db: Db,
  organizationId: string,
  job: MemberJob,
  around: Surroundings,
): Promise<ToldJob> {
  let failed: unknown;
  const runner = createJobRunner({
    db,
    clock: systemClock,
    onError: (error) => {
      failed = error;
    },
  });
  const timer = setInterval(() => {
    if (around.json) return;
    void readJob(db, organizationId, job.id).then(
      ({ counts }) => around.writeError(`${counts.done + counts.refused} done, ${counts.waiting} left\n`),
      () => undefined,
    );
  }, TELL_MS);
  try {
    await runner.run();
  } finally {
    clearInterval(timer);
  }
  if (failed !== undefined) throw failed;
  return withRefusals(db, organizationId, job.id);
}

interface ToldJob extends MemberJob {
  readonly refused: readonly MemberJobRefusal[];
}

async function withRefusals(db: Db, organizationId: string, id: string): Promise<ToldJob> {
  const { refused } = await listJobRefusals(db, organizationId, id);
  return { ...(await readJob(db, organizationId, id)), refused };
}

function tell(around: Surroundings, job: ToldJob): void {
  const [done, refused, left] = numbersOf(job);
  answer(outputOf(around), { job }, () => [
    `${wordsOf(job.action)}: ${done} done, ${refused} refused, ${left} left.`,
    ...job.refused.map(({ email, detail }) => `${email}: ${detail}`),
    ...(job.finishedAt === null
      ? [`The hub goes on with it; how far it is: mooring-hub members job ${job.id}`]
      : []),
  ]);
}

function wordsOf(action: MemberJobAction): string {
  switch (action.kind) {
    case 'role':
      return `role ${action.role}`;
    case 'team':
      return `into team ${action.teamId}`;
    case 'remove':
      return 'remove';
  }
}

function numbersOf({ counts }: MemberJob): readonly [string, string, string] {
  return [String(counts.done), String(counts.refused), String(counts.waiting)];
}

function jobId(given: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given)) return given;
  throw new RefusalError({
    code: 'bad_request',
    message: `"${given}" is not the id of a job.`,
    help: 'List them: mooring-hub members jobs',
  });
}
