import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Trx } from '../database/connection.ts';
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
  return db.transaction().execute(async (trx) => {
    const table = session.kind === 'browser' ? 'browser_sessions' : 'device_sessions';
    const ended = await trx
      .deleteFrom(table)
      .where('user_id', '=', userId)
      .where('id', '=', session.id)
      .returning('id')
      .executeTakeFirst();
    if (ended === undefined) return false;
    await record(trx, context, userId, { [session.kind]: 1 });
    return true;
  });
}

/** Ends every session of this account but the one that asks. */
export async function endOtherSessions(
  db: Db,
  context: ChangeContext,
  userId: string,
  keptId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const browser = await trx
      .deleteFrom('browser_sessions')
      .where('user_id', '=', userId)
      .where('id', '!=', keptId)
      .executeTakeFirst();
    const device = await trx.deleteFrom('device_sessions').where('user_id', '=', userId).executeTakeFirst();
    const ended = { browser: Number(browser.numDeletedRows), device: Number(device.numDeletedRows) };
    if (ended.browser + ended.device > 0) await record(trx, context, userId, ended);
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
