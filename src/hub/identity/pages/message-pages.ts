import type { Refusal } from '../../../shared/contracts/refusal.ts';
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

/** Nothing is at this address. The path is whatever was typed. */
export function lostPage(path: string): Page {
  const { title, what, todo, console, account } = TEXTS.lost;
  const shown = path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path;
  return {
    title,
    body: html`<p>${what} <code>${shown}</code>.</p>
<p>${todo}</p>
<ul>
<li><a href="/">${console}</a></li>
<li><a href="/account">${account}</a></li>
</ul>`,
  };
}

/** A refusal that a person meets in a browser: what happened, and what to do. */
export function refusalPage({ message, help }: Pick<Refusal, 'message' | 'help'>): Page {
  return {
    title: texts.title,
    body: html`<div class="problem" role="alert"><p>${message}</p></div>
<p>${help ?? texts.again}</p>`,
  };
}

const LONGEST_PATH = 120;
