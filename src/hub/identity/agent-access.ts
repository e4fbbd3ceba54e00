import { sql } from 'kysely';
import { createBatchedRead } from '../batched-reads.ts';
import type { Announcements } from '../database/announcements.ts';
import { createShortMemory } from '../short-memory.ts';
import { type OidcStore, oidcHash, openPayload } from './oidc-store.ts';

/** Whose desktop a bearer belongs to. */
export interface AgentBearer {
  readonly userId: string;
  /** Row of `device_sessions`: as long as it is there, this device is signed in. */
  readonly sessionId: string;
  /** When the session of this device ends whatever it does. */
  readonly sessionExpiresAt: Date;
}

/** Verifies the opaque access tokens of desktops. */
export interface AgentAccess {
  /**
   * The bearer of an `Authorization` header; `null` when it is none of ours, has ended, or its account is disabled.
   * Answers synchronously from memory where it can: every desktop asks each hour, and most often nothing changed.
   */
  verify(authorization: string | undefined): AgentBearer | null | Promise<AgentBearer | null>;
  stop(): void;
}

/** A bearer is believed this long without asking the database again; ended sessions are forgotten at once. */
const BELIEVED_MS = 5_000;
const SCOPE = 'agent';
const BEARER = /^Bearer ([A-Za-z0-9_-]{20,200})$/i;

export function createAgentAccess(store: OidcStore, announcements: Announcements): AgentAccess {
  const memory = createShortMemory<VerifiedToken>({ now: () => store.now().getTime(), forMs: BELIEVED_MS });
  const unsubscribe = announcements.subscribe(({ channel, payload }) => {
    if (channel === 'connected') memory.forget();
    else if (channel === 'mooring_access') memory.forget(({ bearer }) => bearer.userId === payload);
  });
  const readOne = createBatchedRead((tokens) => readTokens(store, tokens));
  const ask = async (authorization: string): Promise<AgentBearer | null> => {
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return null;
    return (await memory.read(authorization, () => readOne(token)))?.bearer ?? null;
  };
  return {
    verify(authorization) {
      if (authorization === undefined) return null;
      const remembered = memory.get(authorization);
      if (remembered === undefined) return ask(authorization);
      return remembered.endsAt > store.now().getTime() ? remembered.bearer : null;
    },
    stop: unsubscribe,
  };
}

interface VerifiedToken {
  readonly bearer: AgentBearer;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/** The tokens that are good, by themselves: with one statement for however many ask at the same moment. */
async function readTokens(
  store: OidcStore,
  tokens: readonly string[],
): Promise<ReadonlyMap<string, VerifiedToken>> {
  const at = store.now();
  const byHash = new Map(
    tokens.map((token) => [oidcHash(store, 'AccessToken', token).toString('hex'), token]),
  );
  const rows = await store.db
    .selectFrom('oidc_entities as e')
    .innerJoin('device_sessions as d', 'd.grant_hash', 'e.grant_hash')
    .innerJoin('users as u', 'u.id', 'd.user_id')
    .select([
      'e.id_hash',
      'e.sealed',
      'e.expires_at',
      'd.user_id',
      'd.id as session_id',
      'd.expires_at as session_expires_at',
    ])
    .where('e.model', '=', 'AccessToken')
    .where(
      'e.id_hash',
      '=',
      sql<Buffer>`any(${[...byHash.keys()].map((hex) => Buffer.from(hex, 'hex'))}::bytea[])`,
    )
    .where('e.expires_at', '>', at)
    .where('d.expires_at', '>', at)
    .where('u.disabled_at', 'is', null)
    .execute();
  const verified = new Map<string, VerifiedToken>();
  for (const row of rows) {
    const token = byHash.get(row.id_hash.toString('hex'));
    const scope = openPayload(store, 'AccessToken', row.sealed)?.scope;
    if (token === undefined || row.expires_at === null) continue;
    if (scope === undefined || !scope.split(' ').includes(SCOPE)) continue;
    verified.set(token, {
      bearer: { userId: row.user_id, sessionId: row.session_id, sessionExpiresAt: row.session_expires_at },
      endsAt: row.expires_at.getTime(),
    });
  }
  return verified;
}
