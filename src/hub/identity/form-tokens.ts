import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HubSecret } from '../secrets/hub-secret.ts';

/**
 * Proof that a form was shown by this hub in this browser. Signing in needs it as much as anything else does: with
 * it nobody can be signed in to somebody else's account from a foreign page.
 */
export interface FormTokens {
  /** The token for forms of this answer; sets the cookie it belongs to when there is none. */
  issue(request: FastifyRequest, reply: FastifyReply): string;
  /** True when the token fits the cookie and the form was not sent from another site. */
  check(request: FastifyRequest, token: string | undefined): boolean;
  /** Digest that tells this browser from others, for what begins here and comes back by way of another site. */
  binding(request: FastifyRequest, reply: FastifyReply): Buffer;
}

const COOKIE = /^[A-Za-z0-9_-]{43}$/;

export function createFormTokens(secret: HubSecret, options: { readonly publicUrl: string }): FormTokens {
  const secure = options.publicUrl.startsWith('https:');
  const name = secure ? '__Host-mooring_form' : 'mooring_form';
  const token = (cookie: string) => secret.digest('form', cookie).toString('base64url');
  const presented = (request: FastifyRequest): string | undefined => {
    const value = request.cookies[name];
    return value !== undefined && COOKIE.test(value) ? value : undefined;
  };
  // One for each answer, however often it is asked for while the answer is made.
  const made = new WeakMap<FastifyRequest, string>();
  const cookieOf = (request: FastifyRequest, reply: FastifyReply): string => {
    const cookie = made.get(request) ?? presented(request) ?? randomBytes(32).toString('base64url');
    made.set(request, cookie);
    reply.setCookie(name, cookie, { path: '/', httpOnly: true, secure, sameSite: 'lax' });
    return cookie;
  };
  return {
    issue: (request, reply) => token(cookieOf(request, reply)),
    binding: (request, reply) => secret.digest('browser', cookieOf(request, reply)),
    check(request, given) {
      const cookie = presented(request);
      if (cookie === undefined || given === undefined) return false;
      if (request.headers['sec-fetch-site'] === 'cross-site') return false;
      const expected = Buffer.from(token(cookie));
      const actual = Buffer.from(given);
      return expected.length === actual.length && timingSafeEqual(expected, actual);
    },
  };
}
