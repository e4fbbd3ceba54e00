import { Buffer } from 'node:buffer';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { PlainResponse } from 'got';
import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import type { CertificateAuthorities } from './certificate-authorities.ts';
import type { HubAnswer, HubFailure, HubFailureKind, HubRequest, HubTimeouts } from './hub-http.ts';
import type { Route } from './proxy-routes.ts';

/** What one request needs beside itself and its way. */
export interface RequestTools {
  readonly authorities: CertificateAuthorities;
  readonly timeouts: HubTimeouts;
  readonly userAgent: string;
  readonly lookup?: LookupFunction;
}

/**
 * One request over one way. Redirects are not followed, bodies are counted after decompression and cut at the
 * bound, and a web page where the hub should speak is told apart: that is what captive portals and blocking proxies
 * answer, with any status they like. The failure's message is a clause: "the connection was refused".
 */
export async function requestOver(
  request: HubRequest,
  route: Route,
  tools: RequestTools,
  expect: 'hub' | 'anything' = 'hub',
): Promise<HubAnswer> {
  const [{ default: got }, agents, trust] = await Promise.all([
    import('got'),
    agentsFor(request.url, route, tools),
    request.url.protocol === 'https:' ? tools.authorities.context() : { problem: null },
  ]);
  const { connect, response, total } = tools.timeouts;
  const stream = got.stream(request.url, {
    method: request.method,
    headers: { 'user-agent': tools.userAgent, ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    agent: agents,
    timeout: { lookup: connect, connect, secureConnect: connect, response, request: total },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: true,
    ...(tools.lookup === undefined ? {} : { dnsLookup: tools.lookup }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  // Such a call may have a body, and the library waits for it.
  if (request.method !== 'GET' && request.body === undefined) stream.end();
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream) {
      const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      size += bytes.length;
      if (size > request.maxBytes)
        return failed('too_large', `the answer is larger than ${request.maxBytes} bytes`, true);
      chunks.push(bytes);
    }
    return readAnswer(stream.response, Buffer.concat(chunks).toString('utf8'), expect);
  } catch (error) {
    const failure = failureOf(error, route, {
      caProblem: trust.problem,
      calledOff: request.signal?.aborted === true,
    });
    if (failure.kind === 'untrusted_certificate') tools.authorities.forget();
    return { ok: false, failure };
  } finally {
    stream.destroy();
    agents.http?.destroy();
    agents.https?.destroy();
  }
}

function readAnswer(
  response: PlainResponse | undefined,
  body: string,
  expect: 'hub' | 'anything',
): HubAnswer {
  if (response === undefined) return failed('broken_answer', 'the answer broke off', true);
  const headers = headersOf(response);
  const misled = misledBy(response.statusCode, headers, body, expect);
  if (misled !== null) return { ok: false, failure: misled };
  return { ok: true, status: response.statusCode, headers, body };
}

/** Headers by lower-case name, repeated ones joined. */
export function headersOf(response: Pick<PlainResponse, 'headers'>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** Why an answer cannot be the hub's own; `null`: it can. */
export function misledBy(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  expect: 'hub' | 'anything',
): HubFailure | null {
  if (status >= 300 && status < 400 && status !== 304) {
    const where = headers.location === undefined ? '' : ` to ${originOf(headers.location)}`;
    const message = `the answer was a redirect${where}, which a hub never sends here`;
    return { kind: 'redirected', message, maybeSent: true };
  }
  if (expect === 'hub' && status < 500 && isWebPage(headers['content-type'], body)) {
    const message =
      'the network answered with a web page instead of the hub (a sign-in page of this network, or a proxy that blocks)';
    return { kind: 'web_page', message, maybeSent: true };
  }
  return null;
}

function isWebPage(contentType: string | undefined, body: string): boolean {
  if (contentType !== undefined && /\b(text\/html|application\/xhtml\+xml)\b/i.test(contentType)) return true;
  return /^\s*(<!doctype html|<html[\s>])/i.test(body.slice(0, 200));
}

/** A redirect's target may carry anything in its path: only the origin is told. */
function originOf(location: string): string {
  return URL.canParse(location) ? maskUserInfo(new URL(location).origin) : 'another path';
}

interface Agents {
  readonly http?: HttpAgent;
  readonly https?: HttpsAgent;
}

interface ProxyRequest {
  readonly headers: Record<string, string>;
  readonly secureContext: SecureContext;
  /** Ends the asking for a tunnel; one that stands is not touched by it. */
  readonly signal: AbortSignal;
}

/** Agents of their own for each request, closed after it: one call an hour is worth no idle connection. */
export async function agentsFor(url: URL, route: Route, tools: RequestTools): Promise<Agents> {
  if (url.protocol === 'http:' && route.proxy === null) return { http: new HttpAgent({ keepAlive: false }) };
  const { secureContext } = await tools.authorities.context();
  if (route.proxy === null) return { https: new HttpsAgent({ keepAlive: false, secureContext }) };
  const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent');
  // The library's own bound is for silence: a proxy that drips a byte now and then would take the whole request's time.
  const proxyRequestOptions: ProxyRequest = {
    headers: { 'user-agent': tools.userAgent },
    secureContext,
    signal: AbortSignal.timeout(tools.timeouts.connect),
  };
  const common = {
    keepAlive: false,
    proxy: route.proxy,
    proxyRequestOptions,
    timeout: tools.timeouts.connect,
  };
  if (url.protocol === 'http:') return { http: new HttpProxyAgent(common) };
  return { https: new HttpsProxyAgent({ ...common, secureContext }) };
}

/** Errors raised before a byte of the request can have left for the hub, in words. */
const BEFORE_SENDING: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name is not known here',
  EAI_AGAIN: 'names cannot be looked up at present',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'the host cannot be reached from here',
  ENETUNREACH: 'there is no network',
  EADDRNOTAVAIL: 'there is no network',
};

const CERTIFICATE = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/;

/**
 * What went wrong, told apart by what the caller and the person can do about it.
 * @param calledOff whether the caller's own signal has ended the request: else it was the bound for the proxy's tunnel
 */
export function failureOf(
  error: unknown,
  route: Route,
  { caProblem, calledOff }: { readonly caProblem: string | null; readonly calledOff: boolean },
): HubFailure {
  const { name, code, message, event } = facts(error);
  const aborted = name === 'AbortError' || code === 'ERR_ABORTED' || code === 'ABORT_ERR';
  if (aborted && (calledOff || route.proxy === null)) {
    return { kind: 'aborted', message: 'it was called off', maybeSent: true };
  }
  const before = BEFORE_SENDING[code];
  if (before !== undefined) return { kind: 'unreachable', message: before, maybeSent: false };
  const refusedBy = /^Bad response: (\d{3})$/.exec(message)?.[1];
  if (route.proxy !== null && refusedBy !== undefined) {
    const why =
      refusedBy === '407'
        ? 'the proxy wants a user name and password (407)'
        : `the proxy refused (${refusedBy})`;
    return { kind: 'unreachable', message: why, maybeSent: false };
  }
  if (route.proxy !== null && (aborted || message === 'Proxy timeout')) {
    return { kind: 'timeout', message: 'the proxy did not answer in time', maybeSent: false };
  }
  if (CERTIFICATE.test(code)) {
    const note =
      caProblem === null
        ? '; if your organization has an authority of its own, name its certificate in MOORING_CA_FILE'
        : `. ${caProblem}`;
    return {
      kind: 'untrusted_certificate',
      message: `its certificate is not trusted (${code})${note}`,
      maybeSent: false,
    };
  }
  if (name === 'TimeoutError') {
    const early = event === 'lookup' || event === 'connect' || event === 'secureConnect';
    return { kind: 'timeout', message: 'there was no answer in time', maybeSent: !early };
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return { kind: 'unreachable', message: 'no secure connection (TLS) came about', maybeSent: false };
  }
  if (code.startsWith('HPE_') || code.startsWith('Z_') || code.startsWith('ERR__ERROR')) {
    return { kind: 'broken_answer', message: 'the answer was not readable', maybeSent: true };
  }
  return { kind: 'unreachable', message: 'the connection broke off', maybeSent: true };
}

/** What there is to know about an error, whoever threw it. got wraps what Node said and keeps it as the cause. */
function facts(error: unknown): { name: string; code: string; message: string; event: string } {
  const text = (holder: unknown, key: string): string => {
    if (typeof holder !== 'object' || holder === null) return '';
    const value: unknown = Reflect.get(holder, key);
    return typeof value === 'string' ? value : '';
  };
  const own = text(error, 'code');
  const cause = error instanceof Error ? text(error.cause, 'code') : '';
  return {
    name: text(error, 'name'),
    code: own === '' || cause !== '' ? cause : own,
    message: text(error, 'message'),
    event: text(error, 'event'),
  };
}

function failed(kind: HubFailureKind, message: string, maybeSent: boolean): HubAnswer {
  return { ok: false, failure: { kind, message, maybeSent } };
}
