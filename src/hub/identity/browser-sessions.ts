import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { SessionEnd } from '../../shared/contracts/agent-api.ts';
import type { Authenticate } from '../authentication.ts';
import { enforcedFor } from '../connections/enforced-domains.ts';
import type { Reader } from '../database/connection.ts';
import type { OidcStore } from './oidc-store.ts';
import type { ProvedPerson } from './proved-person.ts';

/** A session in a browser ends this long after sign-in (docs/identity.md section 1). */
const BROWSER_SESSION_SECONDS = 24 * 3600;

/** Who is signed in in this browser. */
export interface BrowserSession {
  /** Names the row; is no secret. */
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly expiresAt: Date;
  /** A desktop that is signed in with it ends by then, as the identity provider said. */
  readonly desktopUntil: Date | null;
  /** The connection that it came by; `null`: a local password. */
  readonly connectionId: string | null;
  /** When this person last proved who they are. */
  readonly provedAt: Date;
}

/** How a session came to be, where it was not by a local password. */
export interface SessionOrigin {
  /** The identity provider that vouched for it. */
  readonly connectionId?: string;
  readonly sessionMinutes?: number | null;
  /** By a link made on the hub's own machine. */
  readonly recovery?: boolean;
  /** When its person last proved who they are; left out: a moment ago. */
  readonly provedAt?: Date;
}

/** Sessions of the hub's own pages and of the Admin Console: an opaque cookie over rows that can be deleted. */
export interface BrowserSessions {
  /** The session that came with the request; `null` when there is none, it ended, or its account is disabled. */
  read(request: FastifyRequest): Promise<BrowserSession | null>;
  /**
   * Begins a session under a new id and sets its cookie. The one that came with the request, whoever made it, is
   * ended: an id planted before sign-in is worth nothing after it. Answers its id; `null` where the proof is worth
   * nothing any more: the account's sessions were ended meanwhile, it is disabled, or its password is refused because
   * single sign-on is required.
   */
  begin(
    request: FastifyRequest,
    reply: FastifyReply,
    person: ProvedPerson,
    origin?: SessionOrigin,
  ): Promise<string | null>;
  /** Why the session that came with the request was ended, where the person should be told. */
  endedBecause(request: FastifyRequest): Promise<SessionEnd | null>;
  /** Ends the session of the request and clears the cookie. */
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Proves who sent a request to the administrators' API. */
  readonly authenticate: Authenticate;
}

export function createBrowserSessions(
  store: OidcStore,
  options: { readonly publicUrl: string },
): BrowserSessions {
  const { db, secret, now } = store;
  const secure = options.publicUrl.startsWith('https:');
  // The prefix makes browsers refuse one set by a neighbour domain or over http (RFC 6265bis section 4.1.3.2).
  const name = secure ? '__Host-mooring_session' : 'mooring_session';
  const attributes = { path: '/', httpOnly: true, secure, sameSite: 'lax' as const };
  const hash = (id: string) => secret.digest('browser-session', id);

  const presented = (request: FastifyRequest): string | undefined => {
    const value = request.cookies[name];
    return value === undefined || value.length > 100 ? undefined : value;
  };
  const drop = async (request: FastifyRequest, reader: Reader): Promise<void> => {
    const id = presented(request);
    if (id !== undefined)
      await reader.deleteFrom('browser_sessions').where('id_hash', '=', hash(id)).execute();
  };
  const read = async (request: FastifyRequest): Promise<BrowserSession | null> => {
    const id = presented(request);
    if (id === undefined) return null;
    const row = await db
      .selectFrom('browser_sessions')
      .innerJoin('users', 'users.id', 'browser_sessions.user_id')
      .select([
        'users.id',
        'browser_sessions.id as session_id',
        'users.email',
        'users.name',
        'browser_sessions.created_at',
        'browser_sessions.expires_at',
        'browser_sessions.device_minutes',
        'browser_sessions.connection_id',
        'browser_sessions.proved_at',
      ])
      .where('id_hash', '=', hash(id))
      .where('browser_sessions.expires_at', '>', now())
      .where('browser_sessions.ended_reason', 'is', null)
      .where('users.disabled_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) return null;
    const minutes = row.device_minutes;
    const desktopUntil = minutes === null ? null : new Date(row.created_at.getTime() + minutes * 60_000);
    return {
      id: row.session_id,
      userId: row.id,
      email: row.email,
      name: row.name,
      expiresAt: row.expires_at,
      desktopUntil,
      connectionId: row.connection_id,
      provedAt: row.proved_at,
    };
  };

  return {
    read,
    async begin(request, reply, { userId, epoch }, origin) {
      await drop(request, db);
      const id = randomBytes(32).toString('base64url');
      const at = now();
      const minutes = origin?.sessionMinutes ?? null;
      const seconds = Math.min(
        BROWSER_SESSION_SECONDS,
        minutes === null ? Number.POSITIVE_INFINITY : minutes * 60,
      );
      const recovery = origin?.recovery ?? false;
      const byPassword = origin?.connectionId === undefined && !recovery;
      // Under a lock of the account: whoever ends its sessions sees this one, or has ended the proof of it before.
      const { rows } = await sql<{ id: string }>`
        insert into browser_sessions (id_hash, user_id, address, user_agent, created_at, expires_at, connection_id,
                                      device_minutes, proved_at, recovery)
        select ${hash(id)}, u.id, ${request.ip}, ${request.headers['user-agent']?.slice(0, 500) ?? null}, ${at},
               ${new Date(at.getTime() + seconds * 1000)}, ${origin?.connectionId ?? null}, ${minutes}::int, ${origin?.provedAt ?? at},
               ${recovery}
          from users u
         where u.id = ${userId} and u.sign_in_epoch = ${epoch} and u.disabled_at is null
           and not (${byPassword} and ${enforcedFor(sql`u.email`)})
           for share of u
        returning id`.execute(db);
      const [begun] = rows;
      if (begun === undefined) return null;
      reply.setCookie(name, id, { ...attributes, maxAge: seconds });
      return begun.id;
    },
    async endedBecause(request) {
      const id = presented(request);
      if (id === undefined) return null;
      const row = await db
        .selectFrom('browser_sessions')
        .select('ended_reason')
        .where('id_hash', '=', hash(id))
        .executeTakeFirst();
      return row?.ended_reason ?? null;
    },
    async end(request, reply) {
      await drop(request, db);
      reply.clearCookie(name, attributes);
    },
    authenticate: async (request) => {
      const session = await read(request);
      return session === null
        ? null
        : {
            kind: 'user',
            userId: session.userId,
            email: session.email,
            via: 'session',
            provedAt: session.provedAt,
          };
    },
  };
}
