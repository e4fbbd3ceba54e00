import { html } from './html.ts';
import type { Page } from './page.ts';
import { TEXTS } from './texts.ts';

const texts = TEXTS.problem;

/** A page that only says something: what happened and what to do. */
export function messagePage(title: string, text: string): Page {
  return { title, body: html`<p>${text}</p>` };
}

/** An error of the OpenID provider that cannot be sent back to the program that asked. */
export function providerErrorPage(code: string, description: string | undefined): Page {
  return {
    title: texts.title,
    body: html`<div class="problem" role="alert"><p>${texts.provider} ${description ?? code}</p></div>
<p>${texts.again}</p>
<p class="soft small">${code}</p>`,
  };
}
