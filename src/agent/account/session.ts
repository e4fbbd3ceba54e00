import { z } from 'zod';
import type { SessionEnd } from '../../shared/contracts/agent-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { SESSION_ENDED } from '../../shared/text/session-ends.ts';
import type { Clock } from '../clock.ts';
import type { AccessToken } from './account-service.ts';
import type { HubOidc, OidcProblem, OidcResult, Tokens } from './hub-oidc.ts';
import type { Keychain } from './keychain.ts';

/** Where the refresh token of this session is kept, and why not in the keychain. */
export interface SessionStorage {
  readonly kind: 'keychain' | 'memory';
  readonly reason: string | null;
}

/** The session of one user at one hub on this device. */
export interface Session {
  /** A valid access token; asks the hub for one when needed, one question at a time. */
  accessToken(rejected?: string): Promise<AccessToken>;
  /** False once the hub refused it for good, or while no refresh token can be had. */
  alive(): boolean;
  /** Why the hub ended it, where the hub said. */
  endedBecause(): SessionEnd | null;
  storage(): SessionStorage;
  /** The refresh token for revoking it, `null` where there is none to be had. */
  refreshToken(): Promise<string | null>;
}

/** What a session stands on. */
export interface SessionParts {
  readonly clock: Clock;
  readonly keychain: Keychain;
  /** Name of the keychain entry: hub and device. */
  readonly entry: string;
  readonly userId: string;
  readonly oidc: () => Promise<OidcResult<HubOidc>>;
  /** The session became usable, ended, or changed where it is kept. */
  readonly onChange: () => void;
}

/** The keychain holds whose token it is, so that one account's token is never used for another's. */
const secretSchema = z.object({ userId: z.string(), refreshToken: z.string() });
export type Secret = z.infer<typeof secretSchema>;

/** The same access token is not used in its last half minute: it would end on the way. */
const MARGIN_MS = 30_000;

interface Access {
  readonly token: string;
  readonly wall: number;
  readonly monotonic: number;
}

/** `kept`: the token is in the keychain, to be read at the first use. */
export type SessionStart =
  | {
      readonly from: 'tokens';
      readonly refreshToken: string;
      readonly storage: SessionStorage;
      readonly tokens: Tokens;
    }
  | { readonly from: 'keychain' }
  | { readonly from: 'ended'; readonly storage: SessionStorage; readonly because: SessionEnd | null };

/** Opens a session after a sign-in, or again at launch. Nothing is asked before the first use. */
export function openSession(parts: SessionParts, start: SessionStart): Session {
  const { clock, keychain } = parts;
  let refreshToken: string | null = start.from === 'tokens' ? start.refreshToken : null;
  let access: Access | null = start.from === 'tokens' ? accessOf(start.tokens, clock) : null;
  let storage: SessionStorage =
    start.from === 'keychain' ? { kind: 'keychain', reason: null } : start.storage;
  let alive = start.from !== 'ended';
  let because: SessionEnd | null = start.from === 'ended' ? start.because : null;
  let refreshing: Promise<AccessToken> | null = null;

  const become = (change: { alive?: boolean; storage?: SessionStorage }): void => {
    const next = { alive: change.alive ?? alive, storage: change.storage ?? storage };
    if (next.alive === alive && next.storage.kind === storage.kind && next.storage.reason === storage.reason)
      return;
    ({ alive, storage } = next);
    parts.onChange();
  };

  /** The refresh token, from memory or the keychain; the reason where it cannot be had. */
  const obtain = async (): Promise<string | null> => {
    if (refreshToken !== null) return refreshToken;
    // A session that was in memory only ended with the process that had it.
    if (start.from === 'ended' && storage.kind === 'memory') return null;
    const read = await keychain.read(parts.entry);
    if (!read.ok) {
      become({ alive: false, storage: { kind: 'memory', reason: read.reason } });
      return null;
    }
    const secret = read.secret === null ? null : parseSecret(read.secret);
    refreshToken = secret?.userId === parts.userId ? secret.refreshToken : null;
    // A locked keyring of Linux says the same as an empty one.
    const reason =
      refreshToken === null ? 'The keychain holds no session of this account, or it is locked.' : null;
    become({ alive: refreshToken !== null, storage: { kind: 'keychain', reason } });
    return refreshToken;
  };

  /** Stored first, used after: from here on the hub may forget the one before (docs/identity.md section 1). */
  const rotate = async (next: string): Promise<void> => {
    const kept = await storeSecret(keychain, parts.entry, { userId: parts.userId, refreshToken: next });
    refreshToken = next;
    become({ storage: kept });
  };

  const end = async (reason: SessionEnd | null): Promise<Refusal> => {
    because = reason;
    refreshToken = null;
    access = null;
    await keychain.remove(parts.entry);
    become({ alive: false });
    return signInAgain(because);
  };

  const refresh = async (): Promise<AccessToken> => {
    const token = await obtain();
    if (token === null) return { ok: false, refusal: signInAgain(because) };
    const found = await parts.oidc();
    if (!found.ok) return { ok: false, refusal: unreachable(found.problem) };
    let result = await found.value.refresh(token);
    // The answer may have been lost on its way: the hub accepts the same token again for a while, and only for a while.
    if (!result.ok && result.problem.kind === 'network' && result.problem.failure.maybeSent) {
      result = await found.value.refresh(token);
    }
    if (!result.ok) {
      if (result.problem.kind !== 'refused' || result.problem.error !== 'invalid_grant') {
        return { ok: false, refusal: unreachable(result.problem) };
      }
      return { ok: false, refusal: await end(result.problem.sessionEnd) };
    }
    const tokens = result.value;
    if (tokens.subject !== null && tokens.subject !== parts.userId) {
      return { ok: false, refusal: await end(null) };
    }
    if (tokens.refreshToken !== null && tokens.refreshToken !== token) await rotate(tokens.refreshToken);
    else if (storage.kind === 'memory') await rotate(token);
    access = accessOf(tokens, clock);
    because = null;
    become({ alive: true });
    return { ok: true, token: tokens.accessToken };
  };

  return {
    async accessToken(rejected) {
      if (access !== null && access.token === rejected) access = null;
      if (access !== null && clock.wall() < access.wall && clock.monotonic() < access.monotonic) {
        return { ok: true, token: access.token };
      }
      refreshing ??= refresh().finally(() => {
        refreshing = null;
      });
      return refreshing;
    },
    alive: () => alive,
    endedBecause: () => because,
    storage: () => storage,
    async refreshToken() {
      await refreshing?.catch(() => {});
      return obtain();
    },
  };
}

/** Puts the token into the keychain; where that fails, no older one may stay behind, for it would be a replay. */
export async function storeSecret(
  keychain: Keychain,
  entry: string,
  secret: Secret,
): Promise<SessionStorage> {
  const written = await keychain.write(entry, JSON.stringify(secret));
  if (written.ok) return { kind: 'keychain', reason: null };
  await keychain.remove(entry);
  return { kind: 'memory', reason: written.reason };
}

/** The entry's text, or `null` where it is not ours to read. */
export function parseSecret(text: string): Secret | null {
  try {
    return secretSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function accessOf(tokens: Tokens, clock: Clock): Access {
  const usable = Math.max(0, tokens.lifetimeMs - Math.min(MARGIN_MS, tokens.lifetimeMs / 2));
  return { token: tokens.accessToken, wall: clock.wall() + usable, monotonic: clock.monotonic() + usable };
}

function signInAgain(because: SessionEnd | null): Refusal {
  const ended =
    because === null
      ? { what: 'The session at the hub has ended.', todo: 'Sign in again.' }
      : SESSION_ENDED[because];
  return {
    code: 'sign_in_required',
    message: ended.what,
    help: `${ended.todo} Until then the last policy stays in force.`,
  };
}

/** A problem on the way, as a refusal: nothing is lost by it. */
export function unreachable(problem: OidcProblem): Refusal {
  return { code: 'unreachable', message: describeProblem(problem), help: 'Check the network and try again.' };
}

/** The problem in words, without anything secret. */
export function describeProblem(problem: OidcProblem): string {
  switch (problem.kind) {
    case 'network':
      return problem.failure.message;
    case 'refused':
      return `The hub refused (${problem.error})${problem.description === '' ? '' : `: ${problem.description}`}.`;
    case 'broken':
      return problem.message;
  }
}
