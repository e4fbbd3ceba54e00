import { type Html, html } from './html.ts';
import { STYLE_PATH } from './style.ts';
import { TEXTS } from './texts.ts';

/** One page: its heading, its content, and what went wrong before it was shown. */
export interface Page {
  readonly title: string;
  /** Shown above everything and announced; the title of the tab says it as well. */
  readonly problem?: string | undefined;
  /** The body shows it itself (`problemBox`), beside a field that stands too far down for the top of the page. */
  readonly problemBelow?: true | undefined;
  /** Address that the browser goes on to by itself. */
  readonly goTo?: string | undefined;
  /** Scripts of our own that the page needs; every other page allows none. */
  readonly scripts?: readonly string[] | undefined;
  /** Holds nothing that must not be kept: the back button may show it again without sending a form once more. */
  readonly kept?: true | undefined;
  readonly body: Html;
}

/** The whole document. */
export function renderPage(page: Page): string {
  const tab = page.problem === undefined ? page.title : `${TEXTS.problem.title}: ${page.title}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${page.goTo !== undefined && html`<meta http-equiv="refresh" content="0; url=${page.goTo}">`}
<title>${tab} · ${TEXTS.product}</title>
<link rel="icon" href="/sign-in/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<main>
<p class="brand"><img src="/sign-in/mark.svg" width="30" height="30" alt=""><span>${TEXTS.product}</span></p>
<h1>${page.title}</h1>
${page.problemBelow !== true && problemBox(page.problem)}
${page.body}
</main>
${page.scripts?.map((path) => html`<script src="${path}" defer></script>`)}
</body>
</html>
`.markup;
}

/** What went wrong; nothing where nothing did. The fields that are to blame refer to it. */
export function problemBox(problem: string | undefined): Html | false {
  return (
    problem !== undefined && html`<div class="problem" role="alert" id="problem"><p>${problem}</p></div>`
  );
}

/** Headers of every page. `redirectsToLoopback`: the form's answer leads on to the program that asked. */
export function pageHeaders(
  options: {
    readonly redirectsToLoopback?: boolean;
    readonly scripts?: boolean;
    readonly kept?: boolean;
  } = {},
): Readonly<Record<string, string>> {
  const formAction = options.redirectsToLoopback === true ? "'self' http://127.0.0.1:*" : "'self'";
  const scripts = options.scripts === true ? " script-src 'self';" : '';
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': options.kept === true ? 'private, no-cache' : 'no-store',
    'content-security-policy': `default-src 'none';${scripts} style-src 'self'; img-src 'self'; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
  };
}

/** One labelled field. `invalid` ties it to the problem shown above and puts the cursor there. */
export function field(options: {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'email' | 'password';
  readonly autocomplete: string;
  readonly value?: string | undefined;
  readonly hint?: string | undefined;
  readonly focus?: boolean;
  readonly invalid?: boolean;
  readonly readonly?: boolean;
  readonly maxLength?: number;
  readonly className?: string;
}): Html {
  const { name, invalid = false, hint } = options;
  const described = [invalid ? 'problem' : '', hint === undefined ? '' : `${name}-hint`]
    .filter(Boolean)
    .join(' ');
  return html`<div class="field">
<label for="${name}">${options.label}</label>
<input id="${name}" name="${name}" type="${options.type}" autocomplete="${options.autocomplete}" maxlength="${options.maxLength ?? 254}"${
    options.value !== undefined && html` value="${options.value}"`
  }${options.className !== undefined && html` class="${options.className}"`}${
    described !== '' && html` aria-describedby="${described}"`
  }${invalid && html` aria-invalid="true"`}${options.focus === true && html` autofocus`}${
    options.readonly === true && html` readonly`
  }${options.type !== 'password' && html` autocapitalize="none" spellcheck="false"`} required>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
</div>`;
}

/** A value that travels with the form unseen. */
export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}
