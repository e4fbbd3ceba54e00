import type { FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import type { HubServer } from '../server.ts';
import { PROVIDER_ROUTES } from './open-id-provider.ts';

/** Everything below these belongs to the provider. */
const ADDRESSES = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  ...Object.values(PROVIDER_ROUTES),
  `${PROVIDER_ROUTES.authorization}/:uid`,
  `${PROVIDER_ROUTES.code_verification}/:uid`,
];

/**
 * Asked by every desktop, thousands from one address, and with nothing short enough to guess: no limit by address.
 */
const BY_PROGRAMS: ReadonlySet<string> = new Set([
  '/.well-known/openid-configuration',
  PROVIDER_ROUTES.token,
  PROVIDER_ROUTES.jwks,
]);

/**
 * Hands the provider's addresses to it on the raw request: it reads the body and writes the answer itself, so
 * Fastify's parsers and serializers stay out of the way. Call in a scope of its own.
 */
export function mountProvider(
  app: HubServer,
  provider: Provider,
  options: { readonly publicUrl: string },
): void {
  const handle = provider.callback();
  const { protocol, host } = new URL(options.publicUrl);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    // Written by us over whatever was sent, so that the provider may believe them.
    request.raw.headers['x-forwarded-proto'] = protocol.slice(0, -1);
    request.raw.headers['x-forwarded-host'] = host;
    request.raw.headers['x-forwarded-for'] = request.ip;
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    await handle(request.raw, reply.raw);
  };
  for (const url of new Set(ADDRESSES)) {
    app.route({
      method: ['GET', 'POST', 'OPTIONS'],
      url,
      // The hub's own limit passes over routes that judge for themselves: those that anybody may ask, and that write, count.
      config: { requires: 'own-check', rateLimit: BY_PROGRAMS.has(url) ? false : { allowList: [] } },
      schema: { hide: true },
      handler: serve,
    });
  }
}
