import { html } from '../identity/pages/html.ts';
import { field, hidden, type Page } from '../identity/pages/page.ts';
import { carried, type SignInForm } from '../identity/pages/sign-in-pages.ts';
import type { Enrolment } from './second-factor.ts';

const codeField = (invalid: boolean) =>
  field({
    name: 'code',
    label: 'Code',
    type: 'text',
    autocomplete: 'one-time-code',
    hint: 'Six digits of your authenticator app, or a recovery code',
    maxLength: 20,
    focus: true,
    invalid,
  });

/** The password was right: the code of the app. `proof` says so. */
export function codePage(form: SignInForm, proof: string): Page {
  return {
    title: 'Enter your code',
    problem: form.problem,
    body: html`<form method="post" action="${form.action}">
${carried(form, 'code')}${hidden('proof', proof)}
${codeField(form.problem !== undefined)}
<button class="primary" type="submit">Continue</button>
</form>`,
  };
}

/** An organization asks its owners for a second factor: it is set up before the sign-in goes on. */
export function enrolPage(form: SignInForm, proof: string, enrolment: Enrolment): Page {
  return {
    title: 'Set up an authenticator app',
    problem: form.problem,
    body: html`<p>Your organization asks its owners for a second factor. Add this key to an authenticator app, then enter the code that it shows.</p>
<p class="code-shown">${enrolment.secret}</p>
<p><a href="${enrolment.uri}">Open in an app on this device</a></p>
<form method="post" action="${form.action}">
${carried(form, 'enrol')}${hidden('proof', proof)}
${codeField(form.problem !== undefined)}
<button class="primary" type="submit">Continue</button>
</form>`,
  };
}

/** The same of one's own will, by somebody who is signed in. */
export function ownEnrolPage(formToken: string, enrolment: Enrolment, problem?: string): Page {
  return {
    title: 'Set up an authenticator app',
    problem,
    body: html`<p>Add this key to an authenticator app, then enter the code that it shows. From then on a code is asked for when you sign in with your password.</p>
<p class="code-shown">${enrolment.secret}</p>
<p><a href="${enrolment.uri}">Open in an app on this device</a></p>
<form method="post" action="/account/second-factor">
${hidden('form_token', formToken)}
${codeField(problem !== undefined)}
<button class="primary" type="submit">Continue</button>
</form>`,
  };
}

export function alreadyOnPage(): Page {
  return {
    title: 'Your second factor is on',
    body: html`<p>A code of your authenticator app is asked for when you sign in. To use another app, ask whoever runs the hub to recover the account.</p>`,
  };
}

/** Shown once. */
export function recoveryCodesPage(codes: readonly string[], next: string): Page {
  return {
    title: 'Keep your recovery codes',
    body: html`<p>Each opens your account once, when you do not have the app. They are not shown again.</p>
<p class="code-shown">${codes.map((code) => html`${code}<br>`)}</p>
<p><a class="primary" href="${next}">Continue</a></p>`,
  };
}
