import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { HubPlugin, HubServer } from '../server.ts';

/** Where the build puts what its pages load (console.vite.config.ts, `base`). */
const ASSETS = '/console/';
/** Addresses of the console's own pages: `/o/acme/policies`. */
const PAGES = ['/', '/o', '/o/*'];

const open = { config: { requires: 'nothing' as const }, schema: { hide: true } };

/**
 * Headers of the document. Nothing inline, nothing from elsewhere, in no frame; asked for anew each time, so that a
 * newer build is met at once.
 */
const DOCUMENT_HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

const filePathSchema = z.object({ '*': z.string().min(1) });

/** The Admin Console at `/`: one document for all its pages, and files whose names change with their content. */
export function consoleRoutes(folder: string | null): HubPlugin {
  return async (app) => {
    if (folder === null) {
      app.get('/', open, () => {
        throw notBuilt();
      });
      return;
    }
    await serveFiles(app, folder);
  };
}

async function serveFiles(app: HubServer, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false, preCompressed: true, etag: true });
  const sendDocument = (reply: FastifyReply) =>
    reply.headers(DOCUMENT_HEADERS).sendFile('index.html', { cacheControl: false });
  for (const path of PAGES) app.get(path, open, (_request, reply) => sendDocument(reply));
  app.get(`${ASSETS}*`, { ...open, schema: { hide: true, params: filePathSchema } }, (request, reply) =>
    // The name carries a hash of the content, so what is kept is never out of date.
    reply.sendFile(request.params['*'], { maxAge: '365d', immutable: true }),
  );
}

function notBuilt(): RefusalError {
  return new RefusalError({
    code: 'not_found',
    message: 'The Admin Console was not built, so this hub serves its API alone.',
    help: 'Build it with: npm run build. The API is described in /openapi.json.',
  });
}
