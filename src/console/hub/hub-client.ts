import type { z } from 'zod';
import { errorBodySchema } from '../../shared/contracts/hub-api.ts';

/** A refusal as the hub words it. */
export type HubRefusal = z.infer<typeof errorBodySchema>['error'];

/** Why a request brought nothing. */
export type Failure =
  /** The hub was not reached. Nothing was changed, as far as this page can know. */
  | { readonly kind: 'offline' }
  | { readonly kind: 'signed-out' }
  /** The answer has another shape than this page expects. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'refused'; readonly status: number; readonly refusal: HubRefusal };

export type Answer<T> =
  /** `tag`: the entity tag, to send back as `ifMatch`. `status`: 201 for what was made by the request. */
  | { readonly ok: true; readonly value: T; readonly tag: string | null; readonly status: number }
  | { readonly ok: false; readonly failure: Failure };

export interface HubRequest<Schema extends z.ZodType> {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root: `/v1/orgs`. */
  readonly path: string;
  /** Left out, empty and undefined values are not sent. */
  readonly query?: { readonly [name: string]: string | number | undefined };
  readonly body?: unknown;
  readonly ifMatch?: string;
  /** Shape of the answer. */
  readonly answer: Schema;
  readonly signal?: AbortSignal;
}

/** Asks the hub that served this page. Never throws but for an abort. */
export async function askHub<Schema extends z.ZodType>(
  request: HubRequest<Schema>,
): Promise<Answer<z.output<Schema>>> {
  const response = await reach(request);
  if (response === null) return { ok: false, failure: { kind: 'offline' } };
  const body = await readBody(response);
  if (!response.ok) return { ok: false, failure: failureOf(response.status, body) };
  const parsed = request.answer.safeParse(body);
  if (!parsed.success) return { ok: false, failure: { kind: 'unreadable' } };
  return { ok: true, value: parsed.data, tag: response.headers.get('etag'), status: response.status };
}

/** Address of a file of the hub's, for a link that saves it. */
export function fileAddress(path: string, query: HubRequest<z.ZodType>['query']): string {
  return path + written(query);
}

/** Asks for a file. Never throws. */
export async function askHubForFile(
  request: Pick<HubRequest<z.ZodType>, 'method' | 'path' | 'query' | 'body'>,
): Promise<Answer<Blob>> {
  const response = await reach(request);
  if (response === null) return { ok: false, failure: { kind: 'offline' } };
  if (!response.ok) return { ok: false, failure: failureOf(response.status, await readBody(response)) };
  const value = await response.blob().catch(() => null);
  if (value === null) return { ok: false, failure: { kind: 'offline' } };
  return { ok: true, value, tag: response.headers.get('etag'), status: response.status };
}

/** A path with its parts encoded: `at('/v1/orgs', name, 'members')`. */
export function at(...parts: readonly string[]): string {
  const [first = '', ...rest] = parts;
  return [first, ...rest.map(encodeURIComponent)].join('/');
}

async function reach(request: Omit<HubRequest<z.ZodType>, 'answer'>): Promise<Response | null> {
  const { method = 'GET', path, body, ifMatch, signal } = request;
  const headers = new Headers({ accept: 'application/json' });
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (ifMatch !== undefined) headers.set('if-match', ifMatch);
  try {
    return await fetch(path + written(request.query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return null;
  }
}

function written(query: HubRequest<z.ZodType>['query']): string {
  const sent = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') sent.set(name, String(value));
  }
  return sent.size === 0 ? '' : `?${sent}`;
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text().catch(() => '');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failureOf(status: number, body: unknown): Failure {
  const parsed = errorBodySchema.safeParse(body);
  if (status === 401) return { kind: 'signed-out' };
  // A proxy between us answers with pages of its own: to a person that is a hub out of reach.
  if (!parsed.success) return { kind: status >= 500 ? 'offline' : 'unreadable' };
  return { kind: 'refused', status, refusal: parsed.data.error };
}
