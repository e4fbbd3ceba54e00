import { isIPv6 } from 'node:net';
import { sql } from 'kysely';
import type { OidcStore } from './oidc-store.ts';

/** What is counted: the kind of guess, and the most of them in one window. */
export interface AttemptLimit {
  readonly kind: string;
  readonly most: number;
  readonly windowSeconds: number;
}

/** Guesses at one account's password, from anywhere. */
export const PER_ACCOUNT: AttemptLimit = { kind: 'password:account', most: 10, windowSeconds: 900 };
/** Guesses at any password from one address; an office shares one, so it is wider. */
export const PER_ADDRESS: AttemptLimit = { kind: 'password:address', most: 100, windowSeconds: 900 };
/** User codes tried from one address (RFC 8628 section 5.1). */
export const DEVICE_CODES: AttemptLimit = { kind: 'device-code:address', most: 100, windowSeconds: 600 };
/** One-time links opened from one address. */
export const LINKS: AttemptLimit = { kind: 'link:address', most: 30, windowSeconds: 600 };

/** Counters in the database: every hub process counts together, and a restart forgets nothing. */
export interface Attempts {
  /**
   * Counts one attempt before it is made, so that many at once cannot slip through. Answers the seconds to wait
   * when the limit is passed, otherwise `null`.
   */
  take(limit: AttemptLimit, subject: string): Promise<number | null>;
  /** The attempt was a success: this one does not count. */
  giveBack(limit: AttemptLimit, subject: string): Promise<void>;
  /** Forgets the subject's attempts. */
  clear(limit: AttemptLimit, subject: string): Promise<void>;
}

export function createAttempts(store: OidcStore): Attempts {
  const { db, now, secret } = store;
  const key = (limit: AttemptLimit, subject: string) => secret.digest(`attempts:${limit.kind}`, subject);
  return {
    async take(limit, subject) {
      const at = now();
      const ends = new Date(at.getTime() + limit.windowSeconds * 1000);
      const { rows } = await sql<{ count: number; window_ends_at: Date }>`
        insert into attempt_counters (key, count, window_ends_at) values (${key(limit, subject)}, 1, ${ends})
        on conflict (key) do update set
          count = case when attempt_counters.window_ends_at <= ${at} then 1 else attempt_counters.count + 1 end,
          window_ends_at = case when attempt_counters.window_ends_at <= ${at} then ${ends} else attempt_counters.window_ends_at end
        returning count, window_ends_at`.execute(db);
      const row = rows[0];
      if (row === undefined || row.count <= limit.most) return null;
      return Math.max(1, Math.ceil((row.window_ends_at.getTime() - at.getTime()) / 1000));
    },
    async giveBack(limit, subject) {
      await db
        .updateTable('attempt_counters')
        .set((set) => ({ count: set('count', '-', 1) }))
        .where('key', '=', key(limit, subject))
        .where('count', '>', 0)
        .execute();
    },
    async clear(limit, subject) {
      await db.deleteFrom('attempt_counters').where('key', '=', key(limit, subject)).execute();
    },
  };
}

/** An address as it is counted: one host of IPv4, one /64 of IPv6, which is what a single person is given. */
export function addressSubject(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [''];
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const filled =
    tail === undefined
      ? groups
      : [...groups, ...Array(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest];
  return filled
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
