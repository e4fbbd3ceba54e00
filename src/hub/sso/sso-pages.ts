import type { SsoFailureClass } from '../../shared/contracts/hub-sso.ts';
import { html } from '../identity/pages/html.ts';
import { hidden, type Page } from '../identity/pages/page.ts';
import { cancel, carried, otherAccount, type SignInForm } from '../identity/pages/sign-in-pages.ts';

/** Sends the browser on to the identity provider: not by a redirect, which the page's rules for forms would stop. */
export function leavePage(
  connection: { readonly name: string },
  url: string,
  passwordUrl: string | null,
): Page {
  return {
    title: 'Continue at your organization',
    goTo: url,
    body: html`<p>You sign in with <span class="who">${connection.name}</span>.</p>
<p><a class="button" href="${url}" rel="noreferrer">Continue</a></p>
${passwordUrl !== null && html`<p class="soft small"><a href="${passwordUrl}">Use a password instead</a></p>`}`,
  };
}

/** Several identity providers serve the address: the person chooses. */
export function choosePage(
  form: SignInForm,
  email: string,
  connections: readonly { readonly id: string; readonly name: string }[],
  passwordUrl: string | null,
): Page {
  return {
    kept: true,
    title: 'Choose how to sign in',
    problem: form.problem,
    body: html`<p class="soft">${email}</p>
${connections.map(
  (each) => html`<form method="post" action="${form.action}">
${carried(form, 'sso')}${hidden('email', email)}${hidden('connection', each.id)}
<button class="primary" type="submit">Continue with ${each.name}</button>
</form>`,
)}${passwordUrl !== null && html`<p class="soft small"><a href="${passwordUrl}">Use a password instead</a></p>`}
${form.asking.kind !== 'confirm' && otherAccount(form)}
${cancel(form)}`,
  };
}

const TEXTS: Readonly<Partial<Record<SsoFailureClass, string>>> = {
  not_assigned:
    'Access denied. You are neither a member of this organization nor invited. Ask an administrator of your organization for an invitation.',
  idp_initiated:
    'Sign-in cannot begin at your identity provider. Open Mooring Desktop, or this hub, and sign in from there.',
  session_lost:
    'This sign-in was left for too long, was answered already, or began in another browser. Start it again.',
  deactivated: 'Your account was deactivated. Ask an administrator of your organization.',
  domain_not_verified:
    'Your organization has not verified the domain of your e-mail address. Ask an administrator of your organization.',
  refused_by_provider:
    'Your identity provider did not sign you in. Ask an administrator whether the application is assigned to you.',
  provider_unreachable: 'Your identity provider could not be reached. Try again later.',
  replayed: 'This answer was used already. Start the sign-in again.',
  email_not_verified:
    'Your identity provider has not verified your e-mail address, or this is a personal account.',
};

/** Tells the person; the details are for the owners, in the connection's log. */
export function ssoFailurePage(failureClass: SsoFailureClass): Page {
  const text =
    TEXTS[failureClass] ??
    'The answer of your identity provider could not be accepted. Ask an administrator of your organization: the connection keeps a log of failures.';
  return {
    title: failureClass === 'not_assigned' ? 'Access denied' : 'Signing in did not work',
    problem: text,
    body: html`<p class="soft small">${failureClass}</p><p><a href="/sign-in">Sign in</a></p>`,
  };
}

/** Somebody else came back from the identity provider than who was to prove themselves. */
export function otherAccountPage(): Page {
  return {
    title: 'Signing in did not work',
    problem:
      'You signed in with another account than the one that is signed in here, so nothing was confirmed.',
    body: html`<p><a href="/sign-in/confirm">Confirm it is you</a></p>`,
  };
}

/** The end of a test: what came is shown to the owner where the test was begun. */
export function testDonePage(failure: { readonly class: string; readonly detail: string } | null): Page {
  if (failure === null) {
    return {
      title: 'The test worked',
      body: html`<p>Nobody was signed in. Close this page; the attributes are shown where you began the test.</p>`,
    };
  }
  return {
    title: 'The test did not work',
    problem: failure.detail,
    body: html`<p class="soft small">${failure.class}</p><p>Close this page; more is shown where you began the test.</p>`,
  };
}
