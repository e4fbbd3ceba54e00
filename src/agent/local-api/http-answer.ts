import type { z } from 'zod';
import { DEEPEST_BODY, isNestedDeeper } from '../../shared/contracts/json-limits.ts';
import type { ErrorBody } from '../../shared/contracts/local-api.ts';
import { REFUSALS, type Refusal, type RefusalCode } from '../../shared/contracts/refusal.ts';

/** A handler's outcome: the body of a success, or the refusal. */
export type Handled<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly refusal: Refusal };

/** The largest request body taken, in bytes: a signed bundle that came by file is the largest that is sent. */
export const BODY_LIMIT = 4 * 1024 * 1024;

const COMMON_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  // Answers hold settings and the account: no cache, no sniffing, in whatever carries them.
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** The HTTP status of a refusal. */
export function refuse(code: RefusalCode): number {
  return REFUSALS[code].status;
}

/** A JSON answer. */
export function answerJson(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...COMMON_HEADERS, ...headers } });
}

/** A refusal as every surface reads it. */
export function answerError(refusal: Refusal, headers: Record<string, string> = {}): Response {
  return answerJson(errorBody(refusal), refuse(refusal.code), headers);
}

/** The contract's error body; details that are not JSON are left out rather than sent broken. */
export function errorBody(refusal: Refusal): ErrorBody {
  const { code, message, help, setting, details } = refusal;
  const safe: ErrorBody['error']['details'] =
    details === undefined ? undefined : JSON.parse(JSON.stringify(details));
  return {
    error: {
      code,
      message,
      ...(help === undefined ? {} : { help }),
      ...(setting === undefined ? {} : { setting }),
      ...(safe === undefined ? {} : { details: safe }),
    },
  };
}

/**
 * Reads a JSON body of at most `limit` bytes and checks its shape. Refuses with `unsupported_media_type`,
 * `too_large` or `bad_request`; never reads more than the limit into memory.
 */
export async function readJsonBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  limit = BODY_LIMIT,
): Promise<Handled<T>> {
  const mediaType = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    const message = 'This address takes JSON only: send the header "Content-Type: application/json".';
    return { ok: false, refusal: { code: 'unsupported_media_type', message } };
  }
  const text = await readBounded(request, limit);
  if (!text.ok) return text;
  let value: unknown;
  try {
    value = JSON.parse(text.body);
  } catch {
    return { ok: false, refusal: { code: 'bad_request', message: 'The body of the request is not JSON.' } };
  }
  // What checks the shape goes down with it, to the end of the stack.
  if (isNestedDeeper(value, DEEPEST_BODY)) {
    const message = `The body of the request is nested more than ${DEEPEST_BODY} deep.`;
    return { ok: false, refusal: { code: 'bad_request', message } };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, body: parsed.data };
  const issue = parsed.error.issues[0];
  const path = issue?.path.join('.').slice(0, LONGEST_PATH) ?? '';
  const where = path === '' ? 'the body' : `"${path}"`;
  const message = `The request does not have the expected shape: ${where}: ${issue?.message ?? 'unknown'}.`;
  return { ok: false, refusal: { code: 'bad_request', message } };
}

/** A name in the body is the caller's text: no more of it is repeated. */
const LONGEST_PATH = 100;

async function readBounded(request: Request, limit: number): Promise<Handled<string>> {
  const tooLarge: Handled<string> = {
    ok: false,
    refusal: { code: 'too_large', message: `The body of the request is larger than ${limit} bytes.` },
  };
  const announced = Number(request.headers.get('content-length') ?? '0');
  if (announced > limit) return tooLarge;
  if (request.body === null) return { ok: true, body: '' };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limit) return tooLarge;
    chunks.push(chunk);
  }
  try {
    return { ok: true, body: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { ok: false, refusal: { code: 'bad_request', message: 'The body of the request is not UTF-8.' } };
  }
}
