import type { FastifyReply, FastifyRequest } from 'fastify';
import { REFUSALS, RefusalError } from '../../shared/contracts/refusal.ts';
import { ScimError } from './scim-error.ts';

/** Media type of every SCIM answer (RFC 7644 section 3.1). */
export const SCIM_MEDIA_TYPE = 'application/scim+json';

/** A full push of 20,000 members is larger than any other body of the hub. */
export const BODY_LIMIT = 16 * 1024 * 1024;

/** Answers with an error in SCIM's shape. */
export function sendError(reply: FastifyReply, error: ScimError): FastifyReply {
  if (error.status === 401) void reply.header('www-authenticate', 'Bearer realm="SCIM"');
  return reply
    .code(error.status)
    .header('content-type', `${SCIM_MEDIA_TYPE}; charset=utf-8`)
    .send(JSON.stringify(error.body()));
}

/** Whatever went wrong, as SCIM clients know it. */
export function asScimError(error: unknown, request: FastifyRequest): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof RefusalError && REFUSALS[error.refusal.code].status < 500)
    return new ScimError(REFUSALS[error.refusal.code].status, error.message);
  const status =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
      ? error.statusCode
      : 500;
  if (status === 413) return new ScimError(413, `The body is larger than ${BODY_LIMIT / 1024 / 1024} MiB.`);
  if (status === 429)
    return new ScimError(429, 'Too many requests with this token; wait as Retry-After says.');
  if (status === 415) return new ScimError(415, `Send ${SCIM_MEDIA_TYPE} or application/json.`);
  if (status >= 400 && status < 500 && error instanceof Error)
    return new ScimError(status, error.message, status === 400 ? 'invalidSyntax' : undefined);
  request.log.error({ err: error, reference: request.id }, 'SCIM request failed');
  return new ScimError(
    500,
    `Something went wrong in the hub (reference ${request.id}); nothing was changed. Try again later.`,
  );
}
