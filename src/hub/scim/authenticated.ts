import type { FastifyRequest } from 'fastify';
import type { HubContext } from '../server.ts';
import { withoutStanding } from './token-standing.ts';
import { holderOfToken, noteTokenUse, type ScimConnection } from './tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The connection whose token came with the request; on routes of SCIM. */
    scimConnection: ScimConnection | null;
    /** Whose token it was, though it may open nothing any more. */
    scimConnectionId: string | null;
  }
}

/** RFC 6750 section 2.1; the scheme is compared without case (RFC 9110 section 11.1). */
const BEARER = /^bearer +([^ ]+) *$/i;

/**
 * Finds the connection of a request's token. Throws 401 without a valid one, 403 where SCIM is off; whose token it
 * was is then known all the same, for the owners to read.
 */
export function authenticated(context: HubContext): (request: FastifyRequest) => Promise<ScimConnection> {
  return async (request) => {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
    const holder = token === undefined ? null : await holderOfToken(context.db, token);
    if (holder?.standing === 'valid') {
      const { connection } = holder;
      request.scimConnectionId = connection.id;
      await noteTokenUse(context.db, connection, new Date(context.clock.now()));
      return connection;
    }
    request.scimConnectionId = holder?.connectionId ?? null;
    throw withoutStanding(holder?.standing ?? 'unknown');
  };
}
