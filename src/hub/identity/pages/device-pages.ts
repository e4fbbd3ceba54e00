import { html } from './html.ts';
import { field, hidden, type Page } from './page.ts';
import { TEXTS } from './texts.ts';

const texts = TEXTS.device;

/** Where the code of a device is entered. A code that came with the address is filled in, never sent by itself. */
export function deviceCodePage(options: {
  readonly action: string;
  readonly xsrf: string;
  readonly code: string;
  readonly problem?: string | undefined;
}): Page {
  return {
    title: texts.enterTitle,
    problem: options.problem,
    body: html`<p class="soft">${texts.enterLead}</p>
<form method="post" action="${options.action}">
${hidden('xsrf', options.xsrf)}
${field({ name: 'user_code', label: texts.code, type: 'text', autocomplete: 'one-time-code', value: options.code, hint: texts.codeHint, maxLength: 20, className: 'code', focus: true, invalid: options.problem !== undefined })}
<button class="primary" type="submit">${texts.submit}</button>
</form>`,
  };
}

/** Shows which device asks, so that nobody allows one that is not theirs (RFC 8628 section 5.4). */
export function deviceConfirmPage(options: {
  readonly action: string;
  readonly xsrf: string;
  readonly code: string;
  readonly deviceName: string | undefined;
  readonly userAgent: string | undefined;
  readonly address: string | undefined;
}): Page {
  const fact = (label: string, value: string | undefined) =>
    html`<dt>${label}</dt><dd>${value === undefined || value === '' ? texts.unknown : value}</dd>`;
  return {
    title: texts.confirmTitle,
    body: html`<p>${texts.confirmLead}</p>
<p class="code-shown">${options.code}</p>
<dl>${fact(texts.name, options.deviceName)}${fact(texts.program, options.userAgent)}${fact(texts.address, options.address)}</dl>
<form method="post" action="${options.action}">
${hidden('xsrf', options.xsrf)}${hidden('user_code', options.code)}
<button class="primary" type="submit" name="confirm" value="yes">${texts.allow}</button>
<button class="plain" type="submit" name="abort" value="yes">${texts.deny}</button>
</form>`,
  };
}

export function deviceDonePage(): Page {
  return { title: texts.doneTitle, body: html`<p>${texts.done}</p>` };
}

export function deviceDeniedPage(): Page {
  return { title: texts.deniedTitle, body: html`<p>${texts.denied}</p>` };
}
