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
  /** What it was verified by. */
  readonly proof: BearerProof;
}

/** An access token that was good when it was looked at. */
export interface BearerProof {
  /** The header that carried it. */
  readonly authorization: string;
  /** Under what the token is kept: 32 bytes, as hexadecimal digits. */
  readonly idHash: string;
  /** When the token ends by itself, in milliseconds since 1970. */
  readonly endsAt: number;
}

/** Verifies the opaque access tokens of desktops. */
export interface AgentAccess {
  /**
   * The bearer of an `Authorization` header; `null` when it is none of ours, has ended, or its account is disabled.
   * Answers synchronously from memory where it can: every desktop asks each hour, and most often nothing changed.
   */
  verify(authorization: string | undefined): AgentBearer | null | Promise<AgentBearer | null>;
  /**
   * Looks again at bearers that were verified before and are about to call, with one statement for all: those that are
   * still good are then answered from memory. The others, and all of them where the database does not answer, are asked
   * about when they call.
   */
  renew(bearers: readonly AgentBearer[]): Promise<void>;
  stop(): void;
}

/** A bearer is believed this long without asking the database again; ended sessions are forgotten at once. */
const BELIEVED_MS = 5_000;
const SCOPE = 'agent';
const BEARER = /^Bearer ([A-Za-z0-9_-]{20,200})$/i;

export function createAgentAccess(store: OidcStore, announcements: Announcements): AgentAccess {
  const memory = createShortMemory<AgentBearer>({ now: () => store.now().getTime(), forMs: BELIEVED_MS });
  const unsubscribe = announcements.subscribe(({ channel, payload }) => {
    if (channel === 'connected') memory.forget();
    else if (channel === 'mooring_access') memory.forget(({ userId }) => userId === payload);
  });
  const readOne = createBatchedRead((tokens) => readTokens(store, tokens));
  const ask = async (authorization: string): Promise<AgentBearer | null> => {
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return null;
    return memory.read(authorization, () => readOne(token));
  };
  return {
    verify(authorization) {
      if (authorization === undefined) return null;
      const remembered = memory.get(authorization);
      if (remembered === undefined) return ask(authorization);
      return remembered.proof.endsAt > store.now().getTime() ? remembered : null;
    },
    renew: (bearers) => memory.readAll(() => readGood(store, bearers)).catch(() => undefined),
    stop: unsubscribe,
  };
}

/** The tokens that are good, by themselves: with one statement for however many ask at the same moment. */
async function readTokens(
  store: OidcStore,
  tokens: readonly string[],
): Promise<ReadonlyMap<string, AgentBearer>> {
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
  const verified = new Map<string, AgentBearer>();
  for (const row of rows) {
    const token = byHash.get(row.id_hash.toString('hex'));
    const scope = openPayload(store, 'AccessToken', row.sealed)?.scope;
    if (token === undefined || row.expires_at === null) continue;
    if (scope === undefined || !scope.split(' ').includes(SCOPE)) continue;
    verified.set(token, {
      ...{ userId: row.user_id, sessionId: row.session_id, sessionExpiresAt: row.session_expires_at },
      proof: {
        authorization: `Bearer ${token}`,
        idHash: row.id_hash.toString('hex'),
        endsAt: row.expires_at.getTime(),
      },
    });
  }
  return verified;
}

/**
 * Which of these are still good, by the header that brings them. What a token allows never changes: whether it is there,
 * with the session and the account it belongs to, is all there is to ask. The hashes travel as one value: thousands of
 * parameters cost more than their rows. One row is looked up for each, whatever the planner knows of the tables.
 */
async function readGood(
  store: OidcStore,
  bearers: readonly AgentBearer[],
): Promise<ReadonlyMap<string, AgentBearer>> {
  const at = store.now();
  const asked = bearers.filter(({ proof }) => proof.endsAt > at.getTime());
  if (asked.length === 0) return new Map();
  const hashes = Buffer.from(asked.map(({ proof }) => proof.idHash).join(''), 'hex');
  const { rows } = await sql<{ good: readonly number[] | null }>`
    select array_agg(n) as good
      from generate_series(0, ${asked.length - 1}::integer) n
     cross join lateral (
       select e.grant_hash from oidc_entities e
        where e.model = 'AccessToken' and e.id_hash = substring(${hashes}::bytea, n * 32 + 1, 32)
          and e.expires_at > ${at} offset 0) e
     cross join lateral (
       select d.user_id from device_sessions d
        where d.grant_hash = e.grant_hash and d.expires_at > ${at} offset 0) d
     cross join lateral (
       select 1 from users u where u.id = d.user_id and u.disabled_at is null offset 0) u
  `.execute(store.db);
  const good = new Map<string, AgentBearer>();
  for (const index of rows[0]?.good ?? []) {
    const bearer = asked[index];
    if (bearer !== undefined) good.set(bearer.proof.authorization, bearer);
  }
  return good;
}
