import { z } from 'zod';
import { BODY_LIMIT } from '../../agent/local-api/http-answer.ts';
import { matchRoute } from '../../agent/local-api/router.ts';
import { LOCAL_ROUTES, type LocalRoute } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';

/**
 * What a window may not ask: `stop` ends the agent beneath it, `session` and `dashboard` are the browser's way in,
 * and `events` has its own channel, because an answer that never ends fits into no answer.
 */
const WITHHELD: readonly LocalRoute[] = ['stop', 'session', 'dashboard', 'events'];

/** The longest path with its query, in characters. */
const PATH_LIMIT = 2048;

const requestSchema = z.strictObject({
  method: z.enum([...new Set(Object.values(LOCAL_ROUTES).map(({ method }) => method))]),
  // One leading slash: two would name another host.
  path: z
    .string()
    .max(PATH_LIMIT)
    .regex(/^\/v1\/[\w\-.~%/]*(?:\?[\w\-.~%=&]*)?$/),
  body: z.string().max(BODY_LIMIT).nullable(),
});

/** The same following in both directions. */
export const followingSchema = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

export type ReadRequest =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly refusal: Refusal };

/** Reads what came over IPC: of unknown shape and size until it has passed here. */
export function readBridgeRequest(value: unknown): ReadRequest {
  const parsed = requestSchema.safeParse(value);
  if (!parsed.success) return refused(parsed.error, value);
  const { method, path, body } = parsed.data;
  const url = new URL(path, 'http://agent');
  const found = matchRoute(method, url.pathname);
  if (found.ok && WITHHELD.includes(found.route)) {
    const message = `A window of Mooring may not ask for ${method} ${url.pathname}.`;
    return { ok: false, refusal: { code: 'forbidden', message } };
  }
  const carried = body === null ? {} : { body, headers: { 'content-type': 'application/json' } };
  if (method === 'GET' && body !== null) return { ok: false, refusal: WITH_BODY };
  return { ok: true, request: new Request(url, { method, ...carried }) };
}

const WITH_BODY: Refusal = { code: 'bad_request', message: 'A request that only reads has no body.' };

function refused(error: z.ZodError, value: unknown): ReadRequest {
  if (error.issues.some(({ code, path }) => code === 'too_big' && path[0] === 'body')) {
    const message = `The body of the request is larger than ${BODY_LIMIT} bytes.`;
    return { ok: false, refusal: { code: 'too_large', message } };
  }
  const where = error.issues[0]?.path.join('.') ?? '';
  const what = value !== null && typeof value === 'object' && where !== '' ? `"${where}"` : 'the request';
  const message = `The window asked for something that the app does not understand: ${what} is not as expected.`;
  return { ok: false, refusal: { code: 'bad_request', message } };
}
