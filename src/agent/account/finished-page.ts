import { createHash } from 'node:crypto';
import { acceptedLanguages } from '../../shared/text/accepted-languages.ts';
import { spokenDe } from '../../shared/text/agent/de/spoken.ts';
import { spoken } from '../../shared/text/agent/spoken.ts';
import { finishedDe } from '../../shared/text/de/finished.ts';
import { finished } from '../../shared/text/en-finished.ts';
import { createRetell, type Told } from '../../shared/text/retell.ts';
import { createTranslate } from '../../shared/text/text.ts';
import { writingLocale } from '../../shared/text/writing-locale.ts';

type PageText = keyof typeof finished;

/** What the browser shows at the end of its part of a sign-in. */
export interface FinishedPage {
  readonly status: number;
  readonly title: PageText;
  /** A text of the catalog, or what the agent says of this one case, in English. */
  readonly text: PageText | { readonly words: string };
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

/**
 * The page as HTML, in the first of the browser's languages (its `Accept-Language`) that there is. Its texts may hold
 * what others wrote: they are escaped.
 */
export function renderFinishedPage(page: FinishedPage, accepted: string | undefined): string {
  const locale = writingLocale(acceptedLanguages(accepted), ['en', 'de']);
  const german = new Intl.Locale(locale).language === 'de';
  const t = createTranslate(finished, locale, german ? finishedDe : {});
  const title = escapeHtml(t(page.title));
  const text =
    typeof page.text === 'string'
      ? escapeHtml(t(page.text))
      : german
        ? createRetell(spoken, spokenDe, {})(page.text.words).map(markUp).join('')
        : escapeHtml(page.text.words);
  return `<!doctype html>
<html lang="${escapeHtml(locale)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} – Mooring</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1><p>${text}</p></main></body>
</html>
`;
}

function markUp({ text, left }: Told): string {
  return left ? `<span lang="en">${escapeHtml(text)}</span>` : escapeHtml(text);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
