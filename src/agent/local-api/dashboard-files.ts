import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

/** Serves the built dashboard. */
export interface DashboardFiles {
  /** Answers a GET of a path that is not of the API. */
  serve(pathname: string): Promise<Response>;
}

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** Nothing but the page's own files, neither inline scripts nor inline styles, and no framing. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sent with every answer of the browser's door. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/**
 * `folder` is what the build wrote, or `null`. Only files that a listing of the folder found are ever opened, by the
 * name the listing gave: no request can name another file, however it is written.
 */
export function dashboardFiles(folder: string | null): DashboardFiles {
  let listing: Promise<ReadonlyMap<string, string>> | null = null;
  return {
    serve: async (pathname) => {
      if (folder === null) return notBuilt();
      listing ??= listFiles(folder);
      const files = await listing;
      const index = files.get('/index.html');
      if (index === undefined) {
        // Looked for again next time: it may be built by then.
        listing = null;
        return notBuilt();
      }
      // The page's own addresses (no extension) are all the one page.
      const file = files.get(pathname) ?? (extname(pathname) === '' ? index : undefined);
      if (file === undefined) return page(404, 'Not found', 'The dashboard has no such file.');
      return sendFile(file, file === index);
    },
  };
}

async function listFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return new Map(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]),
    );
  } catch {
    return new Map();
  }
}

async function sendFile(file: string, isPage: boolean): Promise<Response> {
  const type = MEDIA_TYPES[extname(file)] ?? 'application/octet-stream';
  // The build names every other file by its content.
  const cache = isPage ? 'no-store' : 'private, max-age=31536000, immutable';
  return new Response(new Uint8Array(await readFile(file)), {
    headers: { 'content-type': type, 'cache-control': cache },
  });
}

function notBuilt(): Response {
  return page(
    503,
    'The dashboard is not built',
    'This copy of Mooring has no dashboard files. From a checkout, run "npm run build" and load this page again.',
  );
}

/** Fixed texts only: nothing from a request is ever written into a page. */
function page(status: number, title: string, text: string): Response {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`;
  return new Response(html, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });
}
