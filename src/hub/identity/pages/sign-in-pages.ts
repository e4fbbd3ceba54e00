import { type Html, html } from './html.ts';
import { field, hidden, type Page } from './page.ts';
import { TEXTS } from './texts.ts';

/** What every step of signing in carries along. */
export interface SignInForm {
  /** Where the form is sent. */
  readonly action: string;
  /** Proves that the form was shown by this hub in this browser. */
  readonly formToken: string;
  /** Path to go on to; empty inside an OpenID Connect interaction. */
  readonly next: string;
  /** `password`: the person wants to use one although an identity provider serves the address. */
  readonly method?: string | undefined;
  /** Who asked: a desktop, a named device, or the hub's own pages. */
  readonly asking:
    | { readonly kind: 'hub' }
    /** Somebody who is signed in proves it again. */
    | { readonly kind: 'confirm' }
    | { readonly kind: 'desktop'; readonly deviceName: string | undefined };
  readonly problem?: string | undefined;
  /** Said above the form although nothing that was entered is wrong. */
  readonly notice?: string | undefined;
}

const texts = TEXTS.signIn;

/** First step: the e-mail address. */
export function emailPage(form: SignInForm, email: string): Page {
  return {
    kept: true,
    title: texts.title,
    problem: form.problem ?? form.notice,
    body: html`${lead(form)}
<form method="post" action="${form.action}">
${carried(form, 'email')}
${field({ name: 'email', label: texts.email, type: 'email', autocomplete: 'username', value: email, focus: true, invalid: form.problem !== undefined })}
<button class="primary" type="submit">${texts.next}</button>
</form>
${cancel(form)}
<p class="soft small">${texts.noAccount}</p>`,
  };
}

/** Second step: the password, the same for every address, known or not. `sendsLinks`: a letter can be asked for. */
export function passwordPage(form: SignInForm, email: string, sendsLinks: boolean): Page {
  return {
    kept: true,
    title: form.asking.kind === 'confirm' ? TEXTS.confirm.title : texts.title,
    problem: form.problem,
    body: html`${lead(form)}
<form method="post" action="${form.action}">
${carried(form, 'password')}
${field({ name: 'email', label: texts.email, type: 'email', autocomplete: 'username', value: email, readonly: true })}
${field({ name: 'password', label: texts.password, type: 'password', autocomplete: 'current-password', maxLength: 1024, focus: true, invalid: form.problem !== undefined })}
<button class="primary" type="submit">${form.asking.kind === 'confirm' ? TEXTS.confirm.submit : texts.submit}</button>
</form>
${form.asking.kind !== 'confirm' && otherAccount(form)}
${cancel(form)}
${sendsLinks ? askLetter(form, email) : html`<p class="soft small">${texts.forgotten}</p>`}`,
  };
}

function askLetter(form: SignInForm, email: string): Html {
  return html`<form method="post" action="${form.action}">
${carried(form, 'forgotten')}${hidden('email', email)}
<button class="plain" type="submit">${texts.askLetter}</button>
</form>`;
}

/** After a letter was asked for: the same whether or not there is an account. */
export function letterSentPage(form: SignInForm, email: string): Page {
  return {
    kept: true,
    title: texts.sentTitle,
    body: html`<p>${texts.sentTo} <span class="who">${email}</span></p>
<p>${texts.sent}</p>
<p class="soft small">${texts.notSent}</p>
${form.asking.kind !== 'confirm' && otherAccount(form)}
${cancel(form)}`,
  };
}

/** Where somebody who is signed in goes on to what proves them: the identity provider. */
export function confirmPage(form: SignInForm, email: string): Page {
  return {
    kept: true,
    title: TEXTS.confirm.title,
    problem: form.problem,
    body: html`${lead(form)}
<p>${TEXTS.confirm.account} <span class="who">${email}</span>.</p>
<form method="post" action="${form.action}">
${carried(form, 'email')}
<button class="primary" type="submit">${TEXTS.confirm.submit}</button>
</form>`,
  };
}

/** Shown when somebody is signed in here already: nothing is handed to a program without a press of a button. */
export function continuePage(form: SignInForm, email: string): Page {
  return {
    kept: true,
    title: `${texts.continueTitle} ${email}`,
    problem: form.problem,
    body: html`${lead(form)}
<p>${texts.continueLead}</p>
<form method="post" action="${form.action}">
${carried(form, 'continue')}
<button class="primary" type="submit">${texts.continueSubmit}</button>
</form>
${otherAccount(form)}
${cancel(form)}`,
  };
}

/** Where a sign-in of the hub's own pages ends when nothing else was asked for. */
export function signedInPage(options: { readonly email: string; readonly formToken: string }): Page {
  return {
    title: TEXTS.signedIn.title,
    body: html`<p>${TEXTS.signedIn.as} <span class="who">${options.email}</span>.</p>
<p class="soft">${TEXTS.signedIn.close}</p>
<p><a href="/">${TEXTS.lost.console}</a><br><a href="/account">${TEXTS.signedIn.account}</a></p>
${signOutForm(options.formToken, 'plain')}`,
  };
}

/** Asks before signing out: a link elsewhere cannot do it. */
export function signOutPage(formToken: string): Page {
  return {
    title: TEXTS.signOut.title,
    body: html`<p>${TEXTS.signOut.lead}</p>
${signOutForm(formToken, 'primary')}`,
  };
}

export function signedOutPage(): Page {
  return {
    title: TEXTS.signOut.doneTitle,
    body: html`<p class="soft">${TEXTS.signOut.done}</p>
<p><a href="/sign-in">${TEXTS.signOut.again}</a></p>`,
  };
}

function signOutForm(formToken: string, className: string): Html {
  return html`<form method="post" action="/sign-out">
${hidden('form_token', formToken)}
<button class="${className}" type="submit">${TEXTS.signOut.submit}</button>
</form>`;
}

/** The way to another address. */
export function otherAccount(form: SignInForm): Html {
  return html`<form method="post" action="${form.action}">
${carried(form, 'other')}
<button class="plain" type="submit">${texts.otherAccount}</button>
</form>`;
}

function lead(form: SignInForm): Html {
  if (form.asking.kind === 'confirm') return html`<p class="soft">${TEXTS.confirm.lead}</p>`;
  if (form.asking.kind === 'hub') return html`<p class="soft">${texts.lead}</p>`;
  if (form.asking.deviceName === undefined) return html`<p class="soft">${texts.leadDesktop}</p>`;
  return html`<p class="soft">${texts.leadDevice} <span class="who">${form.asking.deviceName}</span></p>`;
}

/** What every form of signing in carries along. */
export function carried(form: SignInForm, step: string): Html {
  return html`${hidden('form_token', form.formToken)}${hidden('step', step)}${form.next !== '' && hidden('next', form.next)}${form.method === 'password' && hidden('method', 'password')}`;
}

/** The way out, for a program that waits; nothing elsewhere. */
export function cancel(form: SignInForm): Html | null {
  if (form.asking.kind !== 'desktop') return null;
  return html`<form method="post" action="${form.action}">
${carried(form, 'cancel')}
<button class="plain" type="submit">${texts.cancel}</button>
</form>`;
}
