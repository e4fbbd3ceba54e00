import { sql } from 'kysely';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Trx } from '../database/connection.ts';
import { endBrowser, endDevices, endSessions } from '../identity/session-ends.ts';
import '../identity/tables.ts';

/** One place where an account is signed in. */
export interface OwnSession {
  readonly kind: 'browser' | 'device';
  readonly id: string;
  /** What it called itself: a claim. */
  readonly name: string | null;
  readonly address: string | null;
  /** When it began, or of a device when it was last heard of. */
  readonly at: Date;
}

/** Where this account is signed in, newest first. */
export async function listOwnSessions(db: Db, userId: string, now: Date): Promise<readonly OwnSession[]> {
  const browsers = await db
    .selectFrom('browser_sessions')
    .select(['id', 'user_agent as name', 'address', 'created_at as at'])
    .where('user_id', '=', userId)
    .where('ended_reason', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .execute();
  const devices = await db
    .selectFrom('device_sessions')
    .select(['id', 'device_name', 'user_agent', 'address', 'last_used_at as at'])
    .where('user_id', '=', userId)
    .where('expires_at', '>', now)
    .orderBy('last_used_at', 'desc')
    .execute();
  return [
    ...browsers.map((row) => ({ kind: 'browser' as const, ...row })),
    ...devices.map(({ device_name: device, user_agent: program, ...row }) => ({
      kind: 'device' as const,
      ...row,
      name: device ?? program,
    })),
  ];
}

/** Ends one session of this account; `false`: it has no such session. */
export async function endOwnSession(
  db: Db,
  context: ChangeContext,
  userId: string,
  session: Pick<OwnSession, 'kind' | 'id'>,
): Promise<boolean> {
  const { id } = session;
  return db.transaction().execute(async (trx) => {
    const ended =
      session.kind === 'browser'
        ? await endBrowser(trx, { userId, id }, signedOut(context))
        : (await endDevices(trx, sql`user_id = ${userId} and id = ${id}`, signedOut(context))) > 0;
    if (ended) await record(trx, context, userId, { [session.kind]: 1 });
    return ended;
  });
}

function signedOut({ at }: ChangeContext) {
  return { reason: 'signed_out' as const, at };
}

/** Ends every session of this account but the one that asks. */
export async function endOtherSessions(
  db: Db,
  context: ChangeContext,
  userId: string,
  keptId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const ended = await endSessions(trx, sql`(${userId}::uuid)`, signedOut(context), {
      browsers: sql`id <> ${keptId}`,
    });
    if (ended.browsers + ended.devices > 0)
      await record(trx, context, userId, { browser: ended.browsers, device: ended.devices });
  });
}

async function record(
  trx: Trx,
  context: ChangeContext,
  userId: string,
  ended: { readonly [kind: string]: number },
): Promise<void> {
  const label = context.actor.kind === 'user' ? context.actor.email : userId;
  await recordChange(trx, context, {
    organizationId: null,
    action: 'account.end-sessions',
    target: { kind: 'user', id: userId, label },
    after: { ...ended },
  });
}
