import type { Announcements } from '../database/announcements.ts';
import { type OidcStore, oidcHash, openPayload } from './oidc-store.ts';

/** Whose desktop a bearer belongs to. */
export interface AgentBearer {
  readonly userId: string;
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
  /** Verified bearers in memory. */
  readonly size: number;
  stop(): void;
}

interface Remembered {
  readonly bearer: AgentBearer;
  readonly until: number;
}

/**
 * A bearer is believed this long without asking the database again. Ended sessions are announced and forgotten at
 * once; this bounds how long one lives on where an announcement was lost.
 */
const BELIEVED_MS = 5_000;
const MOST_REMEMBERED = 50_000;
const SCOPE = 'agent';
const BEARER = /^Bearer ([A-Za-z0-9_-]{20,200})$/i;

export function createAgentAccess(store: OidcStore, announcements: Announcements): AgentAccess {
  const remembered = new Map<string, Remembered>();
  const byUser = new Map<string, Set<string>>();
  // Counts what was announced: an answer read before an announcement is not remembered after it.
  let generation = 0;

  const forgetAll = (): void => {
    remembered.clear();
    byUser.clear();
  };
  const forgetUser = (userId: string): void => {
    for (const key of byUser.get(userId) ?? []) remembered.delete(key);
    byUser.delete(userId);
  };
  const unsubscribe = announcements.subscribe(({ channel, payload }) => {
    if (channel !== 'connected' && channel !== 'mooring_access') return;
    generation += 1;
    if (channel === 'connected') forgetAll();
    else forgetUser(payload);
  });

  const remember = (key: string, bearer: AgentBearer, until: number): void => {
    if (remembered.size >= MOST_REMEMBERED) forgetAll();
    remembered.set(key, { bearer, until });
    const keys = byUser.get(bearer.userId);
    if (keys === undefined) byUser.set(bearer.userId, new Set([key]));
    else keys.add(key);
  };

  const ask = async (key: string): Promise<AgentBearer | null> => {
    const token = BEARER.exec(key)?.[1];
    if (token === undefined) return null;
    const before = generation;
    const found = await readToken(store, token);
    if (found === null) return null;
    const until = Math.min(found.expiresAt.getTime(), store.now().getTime() + BELIEVED_MS);
    if (before === generation) remember(key, found.bearer, until);
    return found.bearer;
  };

  return {
    verify(authorization) {
      if (authorization === undefined) return null;
      const known = remembered.get(authorization);
      if (known !== undefined) {
        if (known.until > store.now().getTime()) return known.bearer;
        remembered.delete(authorization);
        byUser.get(known.bearer.userId)?.delete(authorization);
      }
      return ask(authorization);
    },
    get size() {
      return remembered.size;
    },
    stop: unsubscribe,
  };
}

async function readToken(
  store: OidcStore,
  token: string,
): Promise<{ readonly bearer: AgentBearer; readonly expiresAt: Date } | null> {
  const at = store.now();
  const row = await store.db
    .selectFrom('oidc_entities as e')
    .innerJoin('device_sessions as d', 'd.grant_hash', 'e.grant_hash')
    .innerJoin('users as u', 'u.id', 'd.user_id')
    .select(['e.sealed', 'e.expires_at', 'd.user_id', 'd.expires_at as session_expires_at'])
    .where('e.model', '=', 'AccessToken')
    .where('e.id_hash', '=', oidcHash(store, 'AccessToken', token))
    .where('e.expires_at', '>', at)
    .where('d.expires_at', '>', at)
    .where('u.disabled_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined || row.expires_at === null) return null;
  const scope = openPayload(store, 'AccessToken', row.sealed)?.scope;
  if (scope === undefined || !scope.split(' ').includes(SCOPE)) return null;
  return {
    bearer: { userId: row.user_id, sessionExpiresAt: row.session_expires_at },
    expiresAt: row.expires_at,
  };
}
