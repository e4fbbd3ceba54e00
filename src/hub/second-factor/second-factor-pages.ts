import { encode } from 'uqr';
import { type Html, html } from '../identity/pages/html.ts';
import { field, hidden, type Page, problemBox } from '../identity/pages/page.ts';
import { cancel, carried, otherAccount, type SignInForm } from '../identity/pages/sign-in-pages.ts';
import type { Enrolment } from './second-factor.ts';

/** What the browser is asked to do with a passkey, and the script that asks it. */
export interface PasskeyAsking {
  /** JSON for the browser. */
  readonly options: string;
  readonly script: string;
}

const TEXTS = {
  codeTitle: 'Confirm your sign-in',
  code: 'Code',
  appHint: 'Six digits of your authenticator app, or a recovery code',
  firstHint: 'Six digits',
  recoveryHint: 'One of your recovery codes',
  usePasskey: 'Use a passkey',
  or: 'or',
  next: 'Continue',
  failed: 'The passkey was not used. Try again, or use another way.',
  known: 'This device holds a passkey of yours already.',
  needsScript: 'Passkeys need JavaScript, which is off in this browser.',
  enrolTitle: 'Set up an authenticator app',
  enrolNeeded:
    'Your organization asks its owners for a second factor. Scan this with an authenticator app, then enter the code that it shows.',
  enrolOwn:
    'Scan this with an authenticator app, then enter the code that it shows. From then on a code is asked for when you sign in with your password.',
  enrolPasskey: 'Or use a passkey of this device, or a security key:',
  addPasskey: 'Add a passkey',
  keyLead: 'If you cannot scan it, enter this key:',
  openApp: 'Open in an app on this device',
  qr: 'QR code of the key below',
  passkeyTitle: 'Add a passkey',
  passkeyLead:
    'Your browser asks for a fingerprint, a PIN or a security key. From then on a passkey can confirm your sign-in after the password.',
  passkeyName: 'Name',
  passkeyNameHint: 'So that you know it again, like “Laptop” or “Blue key”',
  keepTitle: 'Keep your recovery codes',
  keep: 'Each opens your account once, when you do not have your second factor. They are not shown again.',
} as const;

const codeField = (label: string, hint: string, invalid: boolean, focus = true) =>
  field({
    name: 'code',
    label,
    type: 'text',
    autocomplete: 'one-time-code',
    hint,
    maxLength: 20,
    focus,
    invalid,
  });

/** Below the picture and the key, which are looked at first: the page must not begin further down than its heading. */
const firstCode = (problem: string | undefined) =>
  html`${problemBox(problem)}${codeField(TEXTS.code, TEXTS.firstHint, problem !== undefined, problem !== undefined)}`;

/** The password was right: the code of the app, a passkey, or a recovery code. `proof` says so. */
export function codePage(
  form: SignInForm,
  proof: string,
  factors: { readonly app: boolean; readonly passkey: PasskeyAsking | null },
): Page {
  const { passkey } = factors;
  const invalid = form.problem !== undefined;
  return {
    title: TEXTS.codeTitle,
    problem: form.problem,
    scripts: passkey === null ? undefined : [passkey.script],
    body: html`${
      passkey !== null &&
      html`${passkeyForm({
        action: form.action,
        asking: { ...passkey, kind: 'sign-in' },
        fields: html`${carried(form, 'passkey')}${hidden('proof', proof)}`,
        submit: TEXTS.usePasskey,
      })}<p class="or">${TEXTS.or}</p>`
    }<form method="post" action="${form.action}">
${carried(form, 'code')}${hidden('proof', proof)}
${codeField(TEXTS.code, factors.app ? TEXTS.appHint : TEXTS.recoveryHint, invalid, passkey === null || invalid)}
<button class="${passkey === null ? 'primary' : 'plain'}" type="submit">${TEXTS.next}</button>
</form>
${form.asking.kind !== 'confirm' && otherAccount(form)}
${cancel(form)}`,
  };
}

/** An organization asks its owners for a second factor: it is set up before the sign-in goes on. */
export function enrolPage(
  form: SignInForm,
  proof: string,
  enrolment: Enrolment,
  passkey: PasskeyAsking | null,
): Page {
  return {
    title: TEXTS.enrolTitle,
    problem: form.problem,
    problemBelow: true,
    scripts: passkey === null ? undefined : [passkey.script],
    body: html`<p>${TEXTS.enrolNeeded}</p>
${keyOf(enrolment)}
<form method="post" action="${form.action}">
${carried(form, 'enrol')}${hidden('proof', proof)}
${firstCode(form.problem)}
<button class="primary" type="submit">${TEXTS.next}</button>
</form>
${
  passkey !== null &&
  html`<p class="or">${TEXTS.enrolPasskey}</p>${passkeyForm({
    action: form.action,
    asking: { ...passkey, kind: 'register' },
    fields: html`${carried(form, 'enrol-passkey')}${hidden('proof', proof)}`,
    submit: TEXTS.addPasskey,
    quiet: true,
  })}`
}`,
  };
}

/** The same of one's own will, by somebody who is signed in. */
export function ownEnrolPage(formToken: string, enrolment: Enrolment, problem?: string): Page {
  return {
    title: TEXTS.enrolTitle,
    problem,
    problemBelow: true,
    body: html`<p>${TEXTS.enrolOwn}</p>
${keyOf(enrolment)}
<form method="post" action="/account/second-factor">
${hidden('form_token', formToken)}
${firstCode(problem)}
<button class="primary" type="submit">${TEXTS.next}</button>
</form>
${BACK}`,
  };
}

/** Somebody who is signed in adds a passkey and names it. */
export function addPasskeyPage(
  formToken: string,
  asking: PasskeyAsking,
  entered: { readonly name: string; readonly problem?: string },
): Page {
  const name = field({
    name: 'name',
    label: TEXTS.passkeyName,
    type: 'text',
    autocomplete: 'off',
    hint: TEXTS.passkeyNameHint,
    value: entered.name,
    maxLength: 60,
    focus: true,
    invalid: entered.problem !== undefined,
  });
  return {
    title: TEXTS.passkeyTitle,
    problem: entered.problem,
    scripts: [asking.script],
    body: html`<p>${TEXTS.passkeyLead}</p>
${passkeyForm({
  action: '/account/passkeys',
  asking: { ...asking, kind: 'register' },
  fields: html`${hidden('form_token', formToken)}${name}`,
  submit: TEXTS.addPasskey,
})}
${BACK}`,
  };
}

/** Shown once. */
export function recoveryCodesPage(codes: readonly string[], next: string): Page {
  return {
    title: TEXTS.keepTitle,
    body: html`<p>${TEXTS.keep}</p>
<p class="code-shown">${codes.map((code) => html`${code}<br>`)}</p>
<p><a class="button" href="${next}">${TEXTS.next}</a></p>`,
  };
}

const BACK = html`<p class="small"><a href="/account">Back to your account</a></p>`;

function passkeyForm(options: {
  readonly action: string;
  readonly asking: PasskeyAsking & { readonly kind: 'register' | 'sign-in' };
  readonly fields: Html;
  readonly submit: string;
  readonly quiet?: boolean;
}): Html {
  const { asking } = options;
  return html`<noscript><p class="problem">${TEXTS.needsScript}</p></noscript>
<form method="post" action="${options.action}" data-passkey="${asking.kind}" data-options="${asking.options}" data-failed="${TEXTS.failed}" data-known="${TEXTS.known}">
${options.fields}${hidden('passkey', '')}
<p class="problem" role="alert" hidden></p>
<button class="${options.quiet === true ? 'plain' : 'primary'}" type="submit" disabled>${options.submit}</button>
</form>`;
}

/** The key as a picture to scan, and as text for who cannot see or scan it. */
function keyOf(enrolment: Enrolment): Html {
  return html`${qrCode(enrolment.uri)}
<p class="soft small">${TEXTS.keyLead}</p>
<p class="code-shown">${inFours(enrolment.secret)}</p>
<p><a href="${enrolment.uri}">${TEXTS.openApp}</a></p>`;
}

/** As people read it to each other; copied, it has no gaps. */
function inFours(key: string): readonly Html[] {
  return (key.match(/.{1,4}/g) ?? []).map((four) => html`<span class="four">${four}</span><wbr>`);
}

/** Black on white in the dark as well: not every scanner reads it the other way round. */
function qrCode(text: string): Html {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const squares = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return html`<svg class="qr" role="img" aria-label="${TEXTS.qr}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${squares}" fill="#000"/></svg>`;
}
