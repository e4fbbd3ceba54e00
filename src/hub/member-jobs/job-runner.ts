import { sql } from 'kysely';
import { type MemberJobAction, memberJobActionSchema } from '../../shared/contracts/hub-member-jobs.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { Actor } from '../authentication.ts';
import { type BackgroundRunner, createBackgroundRunner, LEASE_MS } from '../background-work.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../database/connection.ts';
import { authorSchema, mayStill, NO_OWNER_ANY_MORE } from '../on-behalf.ts';
import { changeRole, removeMember } from '../organizations/member-service.ts';
import { setTeamMember } from '../teams/team-service.ts';
import './tables.ts';

/** Members between two signs of life: progress is told, and rights are asked for again. */
const BATCH = 25;

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
export function createJobRunner({ db, clock, onError }: JobRunnerOptions): BackgroundRunner {
  return createBackgroundRunner({
    claim: () => claim(db, clock),
    work: (job, stopped) => runJob(db, clock, job, stopped),
    onError,
  });
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
    actor: authorSchema.parse(row.actor),
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
  detail: NO_OWNER_ANY_MORE,
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
