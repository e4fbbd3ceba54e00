import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Secrets of the browser's door, all in memory: they end with the agent. */
export interface BrowserSessions {
  /** A token good once, within `TOKEN_LIFE_MS`. */
  issueToken(): { readonly token: string; readonly expiresAt: number };
  /** Exchanges a token for a bearer; `null` when it is wrong, used or too old. */
  exchange(token: string): string | null;
  /** Whether a bearer is valid now; using it keeps it alive. */
  accepts(bearer: string): boolean;
}

const TOKEN_LIFE_MS = 60_000;
/** A page left open keeps asking; one that was closed loses its bearer in time. */
const BEARER_IDLE_MS = 12 * 60 * 60_000;
/** Bounds on what a caller can pile up; the oldest goes first. */
const MOST_TOKENS = 16;
const MOST_BEARERS = 64;

/** `now`: milliseconds since 1970. */
export function createBrowserSessions(now: () => number): BrowserSessions {
  const tokens: Secret[] = [];
  const bearers: Secret[] = [];
  return {
    issueToken: () => {
      const token = newSecret();
      const expiresAt = now() + TOKEN_LIFE_MS;
      add(tokens, token, expiresAt, MOST_TOKENS);
      return { token, expiresAt };
    },
    exchange: (token) => {
      const found = find(tokens, token);
      if (found === null) return null;
      tokens.splice(tokens.indexOf(found), 1);
      if (found.expiresAt <= now()) return null;
      const bearer = newSecret();
      add(bearers, bearer, now() + BEARER_IDLE_MS, MOST_BEARERS);
      return bearer;
    },
    accepts: (bearer) => {
      const found = find(bearers, bearer);
      if (found === null || found.expiresAt <= now()) return false;
      found.expiresAt = now() + BEARER_IDLE_MS;
      return true;
    },
  };
}

/** Only digests are kept, and compared in constant time: neither memory nor timing gives a secret away. */
interface Secret {
  readonly digest: Buffer;
  expiresAt: number;
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function add(secrets: Secret[], secret: string, expiresAt: number, most: number): void {
  secrets.push({ digest: digestOf(secret), expiresAt });
  if (secrets.length > most) secrets.shift();
}

function find(secrets: readonly Secret[], secret: string): Secret | null {
  const digest = digestOf(secret);
  let found: Secret | null = null;
  for (const each of secrets) if (timingSafeEqual(each.digest, digest)) found = each;
  return found;
}
