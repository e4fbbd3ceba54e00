import { sql } from 'kysely';
import { z } from 'zod';
import { type MemberJobAction, memberJobActionSchema } from '../../shared/contracts/hub-member-jobs.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { Actor } from '../authentication.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../database/connection.ts';
import { changeRole, removeMember } from '../organizations/member-service.ts';
import { setTeamMember } from '../teams/team-service.ts';
import './tables.ts';

/** How long a process keeps a job to itself without a sign of life. */
const LEASE_MS = 30_000;
/** Members between two signs of life: progress is told, and rights are asked for again. */
const BATCH = 25;

const actorSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    userId: z.uuid(),
    email: z.string(),
    via: z.enum(['session', 'bearer']),
  }),
  z.object({
    kind: z.literal('token'),
    tokenId: z.uuid(),
    name: z.string(),
    organizationId: z.uuid(),
    role: z.enum(['member', 'editor', 'owner']),
    managesAccess: z.boolean(),
  }),
  z.object({ kind: z.literal('system'), name: z.string() }),
]);

interface Claimed {
  readonly id: string;
  readonly organizationId: string;
  readonly action: MemberJobAction;
  readonly actor: Actor;
  readonly sourceAddress: string | null;
}

export interface JobRunnerOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** Does what jobs ask for, one member at a time. */
export interface JobRunner {
  /** Looks for work; resolves when there is none left for this process. */
  run(): Promise<void>;
  /** Finishes the member it is at, and leaves the rest to whoever comes next. */
  stop(): Promise<void>;
}

export function createJobRunner({ db, clock, onError }: JobRunnerOptions): JobRunner {
  let running: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  const work = async (): Promise<void> => {
    do {
      again = false;
      for (let job = await claim(db, clock); job !== null && !stopped; job = await claim(db, clock))
        await runJob(db, clock, job, () => stopped);
    } while (again && !stopped);
  };
  return {
    run() {
      again = true;
      running ??= work()
        .catch(onError)
        .finally(() => {
          running = undefined;
        });
      return running;
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** Takes the oldest job that nobody works on. */
async function claim(db: Db, clock: Clock): Promise<Claimed | null> {
  const now = new Date(clock.now());
  const { rows } = await sql<{
    id: string;
    organization_id: string;
    action: unknown;
    actor: unknown;
    source_address: string | null;
  }>`update member_jobs set claimed_until = ${new Date(now.getTime() + LEASE_MS)}
      where id = (select id from member_jobs where finished_at is null and (claimed_until is null or claimed_until < ${now})
        order by created_at limit 1 for update skip locked)
     returning id, organization_id, action, actor, source_address`.execute(db);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    id: row.id,
    organizationId: row.organization_id,
    action: memberJobActionSchema.parse(row.action),
    actor: actorSchema.parse(row.actor),
    sourceAddress: row.source_address,
  };
}

async function runJob(db: Db, clock: Clock, job: Claimed, stopped: () => boolean): Promise<void> {
  for (;;) {
    const items = await db
      .selectFrom('member_job_items')
      .select('user_id')
      .where('job_id', '=', job.id)
      .where('state', '=', 'waiting')
      .orderBy('email')
      .limit(BATCH)
      .execute();
    if (items.length === 0) return finish(db, clock, job);
    const may = await mayStill(db, job, new Date(clock.now()));
    for (const { user_id: userId } of items) {
      if (stopped()) return release(db, job);
      const outcome = may ? await doOne(db, clock, job, userId) : NOT_ANY_MORE;
      await db
        .updateTable('member_job_items')
        .set(outcome)
        .where('job_id', '=', job.id)
        .where('user_id', '=', userId)
        .execute();
    }
    await extend(db, clock, job);
  }
}

interface Outcome {
  readonly state: 'done' | 'refused';
  readonly detail: string;
}

const NOT_ANY_MORE: Outcome = {
  state: 'refused',
  detail: 'Whoever asked for it is no owner of the organization any more.',
};

async function doOne(db: Db, clock: Clock, job: Claimed, userId: string): Promise<Outcome> {
  const { organizationId, action, actor, sourceAddress } = job;
  const context: ChangeContext = { actor, sourceAddress, at: new Date(clock.now()) };
  try {
    if (action.kind === 'role') await changeRole(db, context, organizationId, { userId, role: action.role });
    else if (action.kind === 'remove') await removeMember(db, context, organizationId, userId);
    else await setTeamMember(db, context, organizationId, { teamId: action.teamId, userId, present: true });
    return { state: 'done', detail: '' };
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    const { code, message, help } = error.refusal;
    // Removed by whoever was interrupted before it could be noted, or by another: either way it is so.
    if (action.kind === 'remove' && code === 'not_found') return { state: 'done', detail: '' };
    return { state: 'refused', detail: [message, help].filter((part) => part !== undefined).join(' ') };
  }
}

/** A long job ends when its author loses the right to it. */
async function mayStill(db: Db, { organizationId, actor }: Claimed, at: Date): Promise<boolean> {
  if (actor.kind === 'system') return true;
  if (actor.kind === 'token') {
    const token = await db
      .selectFrom('api_tokens')
      .select('id')
      .where('id', '=', actor.tokenId)
      .where('organization_id', '=', organizationId)
      .where('role', '=', 'owner')
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at)
      .executeTakeFirst();
    return token !== undefined;
  }
  const owner = await db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select('m.user_id')
    .where('m.organization_id', '=', organizationId)
    .where('m.user_id', '=', actor.userId)
    .where('m.role', '=', 'owner')
    .where('u.disabled_at', 'is', null)
    .executeTakeFirst();
  return owner !== undefined;
}

async function extend(db: Db, clock: Clock, { id }: Claimed): Promise<void> {
  await db
    .updateTable('member_jobs')
    .set({ claimed_until: new Date(clock.now() + LEASE_MS) })
    .where('id', '=', id)
    .execute();
}

async function release(db: Db, { id }: Claimed): Promise<void> {
  await db.updateTable('member_jobs').set({ claimed_until: null }).where('id', '=', id).execute();
}

async function finish(db: Db, clock: Clock, { id }: Claimed): Promise<void> {
  await db
    .updateTable('member_jobs')
    .set({ finished_at: new Date(clock.now()), claimed_until: null })
    .where('id', '=', id)
    .execute();
}
