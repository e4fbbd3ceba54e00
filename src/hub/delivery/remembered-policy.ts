import type { IncomingMessage, ServerResponse } from 'node:http';
import { AGENT_ROUTES } from '../../shared/contracts/agent-api.ts';
import { BUNDLE_MEDIA_TYPE } from '../../shared/contracts/bundle.ts';
import type { EarlyAnswer } from '../early-answers.ts';
import type { AgentAccess, AgentBearer } from '../identity/agent-access.ts';
import type { Bundles, Delivered } from './bundles.ts';

const ASKED = `${AGENT_ROUTES.policy.path}?org=`;

/**
 * Answers `GET /v1/agent/policy` where the bundle is in memory, as after a nudge to thousands, with what the route would
 * answer. The bearer may have to be asked for: who was idle is in no memory, and what the framework costs is as much as
 * that question, which is one statement for all who ask together. Announcements forget who was signed out and what is
 * outdated, for this as for the route; every refusal is left to the route.
 *
 * @param options.unknown is told whose bearer was asked for in vain: the route need not ask again
 */
export function answerFromMemory(options: {
  readonly access: AgentAccess;
  readonly bundles: Bundles;
  readonly unknown: WeakSet<IncomingMessage>;
}): EarlyAnswer {
  const { access, bundles, unknown } = options;
  return (request, response) => {
    const { method, url = '', headers } = request;
    // Names of organizations are never escaped: one that is, or a second parameter, is none that is in memory.
    if (method !== 'GET' || !url.startsWith(ASKED)) return null;
    const answer = (bearer: AgentBearer | null): number | null => {
      if (bearer === null) unknown.add(request);
      const delivered = bearer ? bundles.known(bearer.userId, url.slice(ASKED.length)) : undefined;
      return delivered === undefined ? null : send(request, response, delivered);
    };
    const bearer = access.verify(headers.authorization);
    return bearer instanceof Promise ? bearer.then(answer) : answer(bearer);
  };
}

/** The status of what was sent; `null`: nothing was, because the bundle is still being signed. */
function send({ headers }: IncomingMessage, response: ServerResponse, delivered: Delivered): number | null {
  if (matches(headers['if-none-match'], delivered.etag)) {
    response.writeHead(304, bundleHeaders(delivered)).end();
    return 304;
  }
  const jws = delivered.jws();
  if (jws instanceof Promise) return null;
  // A compact JWS is ASCII, so its length is its bytes.
  const length = { 'content-type': BUNDLE_MEDIA_TYPE, 'content-length': jws.length };
  response.writeHead(200, { ...bundleHeaders(delivered), ...length }).end(jws, 'latin1');
  return 200;
}

/** What is said with a bundle, and with the news that there is no other. */
export function bundleHeaders({ etag }: Delivered): {
  readonly etag: string;
  readonly 'cache-control': string;
} {
  return { etag, 'cache-control': 'private, no-cache' };
}

/** RFC 9110 section 13.1.2: a list of tags, compared weakly, or `*`. */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header === etag) return true;
  return header.split(',').some((tag) => {
    const candidate = tag.trim();
    return candidate === '*' || (candidate.startsWith('W/') ? candidate.slice(2) : candidate) === etag;
  });
}
