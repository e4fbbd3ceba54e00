import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HubConfig } from './hub-plugin.ts';

/*
 * What every answer says to a browser. Pages bring a content security policy of their own, with what they load
 * (identity/pages/page.ts, console/console-routes.ts); whatever else is answered is data, and loads nothing.
 */

const YEAR_SECONDS = 31_536_000;

/** Of data that a browser was led to: nothing in it runs, is styled, sends, or is shown in a frame. */
const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Whether browsers reach the hub by https, and have to keep to that. */
const isSecure = ({ publicUrl }: Pick<HubConfig, 'publicUrl'>): boolean => publicUrl.startsWith('https:');

/** For the plugin that puts the headers on every answer which the framework sends. */
export function answerHeaders(config: Pick<HubConfig, 'publicUrl'>): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isSecure(config) ? { maxAge: YEAR_SECONDS, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    crossOriginEmbedderPolicy: false,
  };
}

/** The same by hand, for the answers to what cannot be read: no hook of the framework runs for those. */
export function headersAlone(config: Pick<HubConfig, 'publicUrl'>): Readonly<Record<string, string>> {
  return {
    'content-security-policy': DATA_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
    ...(isSecure(config) ? { 'strict-transport-security': `max-age=${YEAR_SECONDS}` } : {}),
  };
}

/**
 * Answers of the API are about people, and are asked for with a cookie, which alone keeps no shared cache from storing
 * them (RFC 9111, section 3.5 speaks of `Authorization` only). Routes whose answers may be kept say so themselves.
 */
export function keepNoData(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (request.url.startsWith('/v1/')) void reply.header('cache-control', 'no-store');
  done();
}
