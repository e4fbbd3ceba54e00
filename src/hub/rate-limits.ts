import type { RateLimitPluginOptions } from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RefusalError } from '../shared/contracts/refusal.ts';
import type { HubServer } from './hub-plugin.ts';
import { addressSubject } from './identity/attempts.ts';

/**
 * A thousand requests a minute for each caller, or each address where nobody is known. Routes that judge for
 * themselves are not counted: a whole office of devices may share one address.
 */
export const RATE_LIMIT: RateLimitPluginOptions = {
  global: true,
  max: 1000,
  timeWindow: '1 minute',
  keyGenerator: ({ actor, ip }) => {
    if (actor?.kind === 'user') return `user ${actor.userId}`;
    return actor?.kind === 'token' ? `token ${actor.tokenId}` : addressSubject(ip);
  },
  allowList: (request) => request.routeOptions.config.requires === 'own-check',
};

/** What a caller who has to wait can do. */
export const WAIT_HELP =
  'Wait a minute, or as long as Retry-After says, then try again; many requests in a row want a pause.';

type AccessCheck = (request: FastifyRequest) => Promise<void>;

/**
 * Counts what the check refuses as well: whoever guesses at tokens, or at organizations, never gets as far as the limit
 * of requests that were let in. Counted apart from those, so that a script whose token ended does not shut out the
 * people at its address.
 */
export function limitRefused(
  app: HubServer,
  check: AccessCheck,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const count = app.createRateLimit({});
  return async (request, reply) => {
    try {
      await check(request);
    } catch (refusal) {
      const counted = await count(request);
      if (counted.isAllowed || !counted.isExceeded) throw refusal;
      void reply.header('retry-after', counted.ttlInSeconds);
      throw new RefusalError({
        code: 'rate_limited',
        message: `More than ${counted.max} requests of yours were refused within a minute.`,
        help: WAIT_HELP,
      });
    }
  };
}
