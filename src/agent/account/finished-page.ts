import { createHash } from 'node:crypto';

/** What the browser shows at the end of its part of a sign-in. */
export interface FinishedPage {
  readonly status: number;
  readonly title: string;
  /** One or two plain sentences. */
  readonly text: string;
}

const STYLE = `:root{color-scheme:light dark;font-family:system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem}
main{max-width:32rem}h1{font-size:1.4rem;margin:0 0 .75rem}p{line-height:1.5;margin:0}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Headers of the page: it loads nothing, runs nothing, is framed by nobody, and its address is not passed on. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  connection: 'close',
};

/** The page as HTML. Its texts may hold what others wrote: they are escaped. */
export function renderFinishedPage(page: FinishedPage): string {
  const title = escapeHtml(page.title);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} – Mooring</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1><p>${escapeHtml(page.text)}</p></main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
