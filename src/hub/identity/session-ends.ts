import { type RawBuilder, sql } from 'kysely';
import type { Provider } from 'oidc-provider';
import type { EndedGrant, SessionEnd } from '../../shared/contracts/agent-api.ts';
import type { Trx } from '../database/connection.ts';
import { type OidcStore, oidcHash } from './oidc-store.ts';
import './tables.ts';

const MODEL = 'RefreshToken';

/**
 * Ends the sessions of these devices, and keeps why under every refresh token that one of them may still hold: the
 * last, and those that a lost answer may have left it with. Answers how many ended.
 */
export async function endDevices(
  trx: Trx,
  devices: RawBuilder<unknown>,
  why: { readonly reason: SessionEnd; readonly at: Date },
): Promise<number> {
  await sql`
    insert into session_ends (token_hash, reason, ended_at)
    select e.id_hash, ${why.reason}, ${why.at} from oidc_entities e
      join device_sessions on device_sessions.grant_hash = e.grant_hash
     where e.model = ${MODEL} and (${devices})
       and (e.consumed_at is null or e.consumed_at > ${new Date(why.at.getTime() - LOST_ANSWER_MS)})
    on conflict do nothing`.execute(trx);
  const ended = await sql`delete from device_sessions where ${devices}`.execute(trx);
  return Number(ended.numAffectedRows ?? 0);
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
