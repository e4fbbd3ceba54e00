import type { FastifyReply, FastifyRequest } from 'fastify';
import { REFUSALS, type Refusal } from '../../shared/contracts/refusal.ts';

/** The organization that a request of an agent names by `?org=`; `''` when it names none that could exist. */
export function organizationNamed(request: FastifyRequest): string {
  const { query } = request;
  if (typeof query !== 'object' || query === null || !('org' in query)) return '';
  return typeof query.org === 'string' && !query.org.includes('\0') ? query.org : '';
}

/** RFC 6750: no proof, or one that has ended. */
export const UNAUTHENTICATED: Refusal = {
  code: 'unauthenticated',
  message: 'The access token is missing, has ended, or was withdrawn.',
  help: 'Refresh it; when that is refused, sign in again: mooring login',
};
/** The query does not name an organization. */
export const NO_ORGANIZATION: Refusal = {
  code: 'bad_request',
  message: 'Say which organization: ?org=<name>.',
  help: 'The organizations of this account are listed by /v1/agent/account.',
};

/** Not a member, and no such organization: the two cannot be told apart. */
export function notMember(organization: string): Refusal {
  return {
    code: 'forbidden',
    message: `You are not a member of "${organization.slice(0, 100)}", or it does not exist.`,
    help: 'An owner of the organization can add you. Your organizations: mooring org list',
  };
}

/** Answers a refusal with the status of its code. */
export function refuse(reply: FastifyReply, refusal: Refusal): void {
  if (refusal.code === 'unauthenticated') {
    // RFC 6750 section 3.
    void reply.header('www-authenticate', 'Bearer realm="mooring", error="invalid_token"');
  }
  void reply.header('cache-control', 'no-store');
  void reply
    .code(REFUSALS[refusal.code].status)
    .type('application/json')
    .send({ error: { ...refusal } });
}
