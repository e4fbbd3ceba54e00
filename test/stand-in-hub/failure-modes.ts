import type { IncomingMessage, ServerResponse } from 'node:http';
import { AGENT_ROUTES } from '../../src/shared/contracts/agent-api.ts';
import {
  BUNDLE_MEDIA_TYPE,
  type BundlePayload,
  bundlePayloadSchema,
} from '../../src/shared/contracts/bundle.ts';
import { type StandInHub, standInKey } from '../stand-in-hub.ts';

/** What can be wrong with a hub, or with the network before it. */
export const FAILURE_MODES = [
  'none',
  'malformed',
  'wrong_signature',
  'rolled_back',
  'clock_skew',
  'slow',
  'disconnecting',
  'server_error',
  'captive_portal',
  'redirect_loop',
  'huge_body',
] as const;

export type FailureMode = (typeof FAILURE_MODES)[number];

/** Modes in which the hub speaks as it should, and only the policy it gives is wrong. */
const CONTENT_MODES: readonly FailureMode[] = ['malformed', 'wrong_signature', 'rolled_back', 'clock_skew'];
/** How far ahead the clock of `clock_skew` is. */
export const TWO_DAYS_SECONDS = 2 * 86_400;
const CHUNK = 'x'.repeat(64 * 1024);

/**
 * Puts the stand-in into a failure mode until it is put into another.
 * @param paths `policy`: signing in still works; `everything`: nothing does
 */
export async function failAs(
  hub: StandInHub,
  mode: FailureMode,
  paths: 'policy' | 'everything' = 'policy',
): Promise<void> {
  if (mode === 'none') {
    hub.intercept = null;
    return;
  }
  const answers = CONTENT_MODES.includes(mode) ? await wrongContent(hub, mode) : null;
  hub.intercept = (request, response) => {
    const path = new URL(request.url ?? '/', hub.url).pathname;
    if (answers !== null) {
      const jws = path === AGENT_ROUTES.policy.path ? answers(request) : null;
      if (jws === null) return false;
      const etag = `"${mode}"`;
      response.writeHead(200, { 'content-type': BUNDLE_MEDIA_TYPE, etag, ...skewed(mode) }).end(jws);
      return true;
    }
    const hit = paths === 'everything' || POLICY_PATHS.includes(path);
    if (hit) answerWrongly(mode, request, response, hub);
    return hit;
  };
}

const POLICY_PATHS: readonly string[] = [
  AGENT_ROUTES.policy.path,
  AGENT_ROUTES.events.path,
  AGENT_ROUTES.reports.path,
];

function skewed(mode: FailureMode): Record<string, string> {
  if (mode !== 'clock_skew') return {};
  return { date: new Date(Date.now() + TWO_DAYS_SECONDS * 1000).toUTCString() };
}

/** Every bundle of the hub, spoilt; by user and organization, told by what the request asks for. */
async function wrongContent(
  hub: StandInHub,
  mode: FailureMode,
): Promise<(request: IncomingMessage) => string | null> {
  const forger = await standInKey(undefined, hub.keys[0]?.jwk.kid);
  const spoilt = new Map<string, string>();
  for (const [name, { jws }] of hub.policies) {
    const payload = payloadOf(jws);
    const sign = hub.keys[0]?.sign ?? forger.sign;
    const [organization = ''] = name.split(' ').slice(1);
    if (mode === 'malformed') spoilt.set(organization, `${jws.slice(0, 40)}!${jws.slice(40)}`);
    if (mode === 'wrong_signature') spoilt.set(organization, await forger.sign(payload));
    if (mode === 'rolled_back') spoilt.set(organization, await sign({ ...payload, seq: 1 }));
    if (mode === 'clock_skew') {
      const { iat, seq } = payload;
      const ahead = { iat: iat + TWO_DAYS_SECONDS, seq: seq + TWO_DAYS_SECONDS * 1000 };
      spoilt.set(organization, await sign({ ...payload, ...ahead }));
    }
  }
  return (request) => {
    const url = new URL(request.url ?? '/', hub.url);
    return spoilt.get(url.searchParams.get('org') ?? '') ?? null;
  };
}

function payloadOf(jws: string): BundlePayload {
  const text = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8');
  return bundlePayloadSchema.parse(JSON.parse(text));
}

function answerWrongly(
  mode: FailureMode,
  request: IncomingMessage,
  response: ServerResponse,
  hub: StandInHub,
): void {
  switch (mode) {
    case 'slow':
      // One header line, and then nothing: the connection stands until the caller gives up.
      response.flushHeaders();
      return;
    case 'disconnecting':
      response.writeHead(200, { 'content-type': BUNDLE_MEDIA_TYPE, 'content-length': '100000' });
      response.write('eyJ', () => request.socket.destroy());
      return;
    case 'server_error':
      response.writeHead(500, { 'content-type': 'text/html' }).end('<html>Internal Server Error</html>');
      return;
    case 'captive_portal':
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end('<!doctype html><title>Welcome</title><p>Please accept the terms of this network.</p>');
      return;
    case 'redirect_loop':
      response.writeHead(302, { location: `${hub.url}${request.url ?? '/'}` }).end();
      return;
    case 'huge_body':
      response.writeHead(200, { 'content-type': BUNDLE_MEDIA_TYPE });
      pourOut(response);
      return;
    default:
      response.writeHead(500).end();
  }
}

/** As much as the other side takes. */
function pourOut(response: ServerResponse): void {
  const pour = () => {
    while (!response.destroyed && response.write(CHUNK));
  };
  response.on('drain', pour);
  pour();
}
