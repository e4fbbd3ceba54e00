import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { REFUSALS, type Refusal, RefusalError } from '../shared/contracts/refusal.ts';
import type { HubServer } from './hub-plugin.ts';
import { lostPage, refusalPage } from './identity/pages/message-pages.ts';
import { sendPage } from './identity/send-page.ts';
import { WAIT_HELP } from './rate-limits.ts';

/**
 * Every answer that is not a success has the shape of `errorBodySchema`, with the status of its code; a person who
 * meets one in a browser gets a page.
 */
export function answerErrors(app: HubServer): void {
  app.setNotFoundHandler((request, reply) =>
    isForPeople(request)
      ? sendPage(reply, lostPage(path(request)), 404, false)
      : reply.code(404).send(
          errorBody({
            code: 'not_found',
            message: `The hub has nothing at ${request.method} ${path(request)}.`,
          }),
        ),
  );
  app.setErrorHandler((error: FastifyError | RefusalError, request, reply) => {
    const refusal = refusalOf(error, request);
    const { status } = REFUSALS[refusal.code];
    if (isForPeople(request)) return sendPage(reply, refusalPage(refusal), status, false);
    if (refusal.code === 'unauthenticated') void reply.header('www-authenticate', 'Bearer');
    return reply.code(status).send(errorBody(refusal));
  });
}

/** What programs ask: their answers are JSON whoever asks. */
const OF_PROGRAMS = /^\/(v1|scim|v2)(\/|$)/;

/** Whether a person in a browser waits for this answer: only those ask for HTML by name. */
export function isForPeople(request: FastifyRequest): boolean {
  return /\btext\/html\b/.test(request.headers.accept ?? '') && !OF_PROGRAMS.test(path(request));
}

/** A refusal as the body of an answer. */
export function errorBody(refusal: Refusal) {
  return { error: { ...refusal } };
}

function path(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

/** Fastify's own errors by status. */
export const BY_STATUS: Readonly<Record<number, Refusal['code']>> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  412: 'precondition_failed',
  413: 'too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
};

/** Something may be said after it. */
const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

function refusalOf(error: FastifyError | RefusalError, request: FastifyRequest): Refusal {
  if (error instanceof RefusalError) return error.refusal;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const issues = error.validation.map(({ instancePath, message }) => ({
      path: instancePath.replace(/^\//, '').replaceAll('/', '.'),
      message: message ?? 'is not valid',
    }));
    const first = issues[0];
    return {
      code: 'bad_request',
      message: sentence(
        `The request is not in the expected shape: ${first === undefined ? error.message : `${first.path || 'the whole'}: ${first.message}`}`,
      ),
      help: 'The shapes are described in /openapi.json.',
      details: { in: error.validationContext ?? 'request', issues },
    };
  }
  const code = BY_STATUS[error.statusCode ?? 500];
  if (code === 'rate_limited') {
    return { code, message: error.message, help: WAIT_HELP };
  }
  if (code === 'too_large')
    return {
      code,
      message: 'The request is larger than the hub takes at once.',
      help: 'Leave out what is not needed, or send it in parts.',
    };
  if (code !== undefined) return { code, message: error.message };
  const reference = randomUUID();
  request.log.error({ err: error, reference }, 'request failed');
  return {
    code: 'internal',
    message: `Something went wrong in the hub (reference ${reference}).`,
    help: 'Try again; if it stays, give the reference to whoever runs the hub: the log holds the cause.',
    details: { reference },
  };
}
