import { sql } from 'kysely';
import { z } from 'zod';
import {
  type MemberJob,
  type MemberJobCreation,
  type MemberJobList,
  type MemberJobQuery,
  type MemberJobRefusal,
  type MemberJobRefusalList,
  type MemberJobRefusalQuery,
  memberJobActionSchema,
} from '../../shared/contracts/hub-member-jobs.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandRecentSignIn } from '../access.ts';
import { type ChangeContext, describeActor } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import { matchingMembers } from '../organizations/member-list.ts';
import { readTeam } from '../teams/team-service.ts';
import './tables.ts';

/**
 * Begins a job for members that are named or found by a filter; who is no member is left out. One that removes members,
 * or makes or unmakes owners, asks for a recent sign-in (docs/identity.md section 8; `recent_sign_in_required`).
 */
export async function createJob(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: MemberJobCreation,
): Promise<MemberJob> {
  if (wanted.action.kind === 'team') await readTeam(db, organizationId, wanted.action.teamId);
  const matching =
    wanted.userIds === undefined
      ? matchingMembers(organizationId, wanted.matching ?? {})
      : sql`m.organization_id = ${organizationId} and m.user_id = any(${[...wanted.userIds]}::uuid[])`;
  return db.transaction().execute(async (trx) => {
    const { id } = await trx
      .insertInto('member_jobs')
      .values({
        organization_id: organizationId,
        action: JSON.stringify(wanted.action),
        actor: JSON.stringify(context.actor),
        actor_label: describeActor(context.actor).label,
        source_address: context.sourceAddress,
        created_at: context.at,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql`insert into member_job_items (job_id, user_id, email)
      select ${id}, m.user_id, u.email from memberships m join users u on u.id = m.user_id where ${matching}`.execute(
      trx,
    );
    if (await needsProof(trx, id, wanted))
      demandRecentSignIn(context.actor, { now: () => context.at.getTime() });
    const job = await readJob(trx, organizationId, id);
    if (job.counts.waiting > 0) return job;
    throw new RefusalError({
      code: 'not_found',
      message: 'None of them is a member of this organization any more.',
      help: 'Read the list of members again.',
    });
  });
}

async function needsProof(trx: Trx, jobId: string, { action }: MemberJobCreation): Promise<boolean> {
  if (action.kind === 'team') return false;
  if (action.kind === 'remove' || action.role === 'owner') return true;
  const owner = await trx
    .selectFrom('member_job_items as i')
    .innerJoin('member_jobs as j', 'j.id', 'i.job_id')
    .innerJoin('memberships as m', (join) =>
      join.onRef('m.organization_id', '=', 'j.organization_id').onRef('m.user_id', '=', 'i.user_id'),
    )
    .select('i.user_id')
    .where('i.job_id', '=', jobId)
    .where('m.role', '=', 'owner')
    .limit(1)
    .executeTakeFirst();
  return owner !== undefined;
}

const ORDERS: Readonly<Record<string, ListOrder>> = { created: { by: sql`j.created_at`, kind: 'time' } };

/** The jobs of an organization, newest first, a page at a time. */
export async function listJobs(
  db: Reader,
  organizationId: string,
  { search, state, sort = '-created', cursor, limit }: Partial<MemberJobQuery> = {},
): Promise<MemberJobList> {
  const inState =
    state === undefined
      ? sql`true`
      : state === 'running'
        ? sql`j.finished_at is null`
        : sql`j.finished_at is not null`;
  const { rows, total, next } = await readPage<JobRow>(
    db,
    {
      columns: COLUMNS,
      from: sql`member_jobs j`,
      where: sql`j.organization_id = ${organizationId} and ${inState} and ${searching(search, sql`j.actor_label`)}`,
      orders: ORDERS,
      id: { by: sql`j.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { jobs: rows.map(toJob), total, next };
}

/** One job, and how far it is. */
export async function readJob(db: Reader, organizationId: string, jobId: string): Promise<MemberJob> {
  const { rows } = await sql<JobRow>`
    select ${COLUMNS} from member_jobs j where j.organization_id = ${organizationId} and j.id = ${jobId}`.execute(
    db,
  );
  const row = rows[0];
  if (row === undefined)
    throw new RefusalError({ code: 'not_found', message: 'There is no such job in this organization.' });
  return toJob(row);
}

const REFUSAL_ORDERS: Readonly<Record<string, ListOrder>> = { email: { by: sql`i.email`, kind: 'text' } };

/** Whom a job was refused for and why, a page at a time; every one without a limit. */
export async function listJobRefusals(
  db: Reader,
  organizationId: string,
  jobId: string,
  { search, sort = 'email', cursor, limit }: Partial<MemberJobRefusalQuery> = {},
): Promise<MemberJobRefusalList> {
  const job = await readJob(db, organizationId, jobId);
  const { rows, total, next } = await readPage<MemberJobRefusal>(
    db,
    {
      columns: sql`i.user_id as "userId", i.email, i.detail`,
      from: sql`member_job_items i`,
      where: sql`i.job_id = ${job.id} and i.state = 'refused' and ${searching(search, sql`i.email`, sql`i.detail`)}`,
      orders: REFUSAL_ORDERS,
      id: { by: sql`i.user_id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return {
    refused: rows.map(({ userId, email, detail }) => ({ userId, email, detail })),
    total,
    next,
  };
}

interface JobRow {
  readonly id: string;
  readonly action: unknown;
  readonly actor_label: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
  readonly counts: { readonly [state: string]: number };
}

const COLUMNS = sql`j.id, j.action, j.actor_label, j.created_at, j.finished_at,
  coalesce((select jsonb_object_agg(state, items) from
    (select state, count(*) as items from member_job_items i where i.job_id = j.id group by state) s), '{}') as counts`;

const countsSchema = z.object({
  waiting: z.int().default(0),
  done: z.int().default(0),
  refused: z.int().default(0),
});

function toJob(row: JobRow): MemberJob {
  return {
    id: row.id,
    action: memberJobActionSchema.parse(row.action),
    by: row.actor_label,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    counts: countsSchema.parse(row.counts),
  };
}
