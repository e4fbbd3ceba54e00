import { type RawBuilder, sql } from 'kysely';
import type { Provider } from 'oidc-provider';
import type { EndedGrant, SessionEnd } from '../../shared/contracts/agent-api.ts';
import type { Trx } from '../database/connection.ts';
import { type OidcStore, oidcHash } from './oidc-store.ts';
import './tables.ts';

const MODEL = 'RefreshToken';

/** What ends sessions. */
interface Ending {
  readonly reason: SessionEnd;
  readonly at: Date;
}

/**
 * Ends sessions of these people (`users.id in …`), in browsers and on devices, and with them every sign-in that is
 * under way: whoever proved themselves before and has no session yet gets none. `only` narrows the sessions, not the
 * people. Answers how many ended. The order is what makes it whole:
 * - a session begins under a share lock of its account and only at the epoch of its proof
 *   (`BrowserSessions.begin`), so it is committed before this counts the epoch up, and seen here, or refused;
 * - a device's session is bound to a browser's under a share lock of that row (`bindDevice`), so the same holds.
 */
export async function endSessions(
  trx: Trx,
  people: RawBuilder<unknown>,
  ending: Ending,
  only: { readonly browsers?: RawBuilder<unknown>; readonly devices?: RawBuilder<unknown> } = {},
): Promise<{ readonly browsers: number; readonly devices: number }> {
  // In one order, so that two that end sessions of the same people cannot wait for each other.
  const { rows } = await sql<{ id: string }>`
    select id from users where id in ${people} order by id for no key update`.execute(trx);
  if (rows.length === 0) return { browsers: 0, devices: 0 };
  const ids = sql`any(${rows.map(({ id }) => id)}::uuid[])`;
  await sql`update users set sign_in_epoch = sign_in_epoch + 1 where id = ${ids}`.execute(trx);
  const browsers = await sql`
    update browser_sessions set ended_reason = ${ending.reason}
     where user_id = ${ids} and ended_reason is null and (${only.browsers ?? sql`true`})`.execute(trx);
  const devices = await endDevices(trx, sql`user_id = ${ids} and (${only.devices ?? sql`true`})`, ending);
  return { browsers: Number(browsers.numAffectedRows ?? 0), devices };
}

/** Every session of one account. */
export async function endSessionsOf(trx: Trx, userId: string, ending: Ending): Promise<void> {
  await endSessions(trx, sql`(${userId}::uuid)`, ending);
}

/**
 * Ends the sessions of these devices, and keeps why under every refresh token that one of them may still hold: the
 * last, and those that a lost answer may have left it with. Answers how many ended.
 */
export async function endDevices(trx: Trx, devices: RawBuilder<unknown>, why: Ending): Promise<number> {
  // A refresh that is under way holds its device and leaves a token: waited for, so that the next statement sees it.
  const { rows } = await sql<{ grant_hash: Buffer }>`
    select grant_hash from device_sessions where ${devices} order by grant_hash for update`.execute(trx);
  if (rows.length === 0) return 0;
  const ended = sql`any(${rows.map((row) => row.grant_hash)}::bytea[])`;
  await sql`
    insert into session_ends (token_hash, reason, ended_at)
    select e.id_hash, ${why.reason}, ${why.at} from oidc_entities e
     where e.model = ${MODEL} and e.grant_hash = ${ended}
       and (e.consumed_at is null or e.consumed_at > ${new Date(why.at.getTime() - LOST_ANSWER_MS)})
    on conflict do nothing`.execute(trx);
  await sql`delete from device_sessions where grant_hash = ${ended}`.execute(trx);
  return rows.length;
}

/** Ends one session in a browser; `false`: this account has no such session. */
export async function endBrowser(
  trx: Trx,
  session: { readonly userId: string; readonly id: string },
  why: Pick<Ending, 'reason'>,
): Promise<boolean> {
  const ended = await trx
    .updateTable('browser_sessions')
    .set({ ended_reason: why.reason })
    .where('user_id', '=', session.userId)
    .where('id', '=', session.id)
    .where('ended_reason', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return ended !== undefined;
}

/** Why the session of this refresh token ended; `null`: by itself, by its person, or nobody knows of it. */
async function whyEnded(store: OidcStore, refreshToken: string): Promise<SessionEnd | null> {
  const row = await store.db
    .selectFrom('session_ends')
    .select('reason')
    .where('token_hash', '=', oidcHash(store, MODEL, refreshToken))
    .executeTakeFirst();
  return row?.reason ?? null;
}

/** For the OpenID provider: a device whose session the hub ended is told why, by the refresh token that it had (`endedGrantSchema`). */
export function sayingWhySessionsEnded(store: OidcStore): Parameters<Provider['use']>[0] {
  return async (ctx, next) => {
    await next();
    const { body } = ctx;
    if (ctx.oidc?.route !== 'token' || typeof body !== 'object' || body === null) return;
    if (!('error' in body) || body.error !== 'invalid_grant') return;
    const token = ctx.oidc.params?.refresh_token;
    const reason = typeof token === 'string' ? await whyEnded(store, token) : null;
    if (reason !== null) ctx.body = { ...body, session_end: reason } satisfies EndedGrant;
  };
}

/** Generous: a device that is switched off for an hour in the middle of a refresh is told as well. */
const LOST_ANSWER_MS = 3_600_000;
