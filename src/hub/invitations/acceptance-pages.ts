import { html } from '../identity/pages/html.ts';
import { field, hidden, type Page } from '../identity/pages/page.ts';
import { TEXTS as PAGE_TEXTS } from '../identity/pages/texts.ts';
import { mayMakeAccount, type OpenInvitation } from './acceptance.ts';

const TEXTS = {
  title: 'Join an organization',
  invited: 'You are invited to',
  as: 'as',
  signInFirst: 'There is an account for this address. Sign in to it, and the invitation waits here.',
  signInElsewhere: 'Your organization signs in with its own identity provider. Sign in there to join.',
  madeElsewhere:
    'Your address belongs to another organization of this hub: its owners make your account, or its identity provider does when you sign in. Sign in to join.',
  signIn: 'Sign in',
  accept: 'Join',
  name: 'Your name',
  join: 'Set password and join',
};

/** What is wrong with what was entered. */
export interface AcceptanceProblem {
  readonly field: 'name' | 'password' | 'form';
  readonly text: string;
}

/** The page behind the link of an invitation. `signedIn`: this very account is signed in in this browser. */
export function acceptancePage(options: {
  readonly action: string;
  readonly formToken: string;
  readonly invitation: OpenInvitation;
  readonly signedIn: boolean;
  readonly entered: { readonly name: string };
  readonly problem?: AcceptanceProblem | undefined;
}): Page {
  const { invitation, problem, action } = options;
  const lead = html`<p>${TEXTS.invited} <span class="who">${invitation.organization}</span> ${TEXTS.as} <span class="who">${invitation.email}</span>.</p>`;
  const page = { title: TEXTS.title, problem: problem?.text };
  const signInAddress = `/sign-in?next=${encodeURIComponent(action)}`;
  if (options.signedIn) {
    return {
      ...page,
      body: html`${lead}<form method="post" action="${action}">${hidden('form_token', options.formToken)}
<button class="primary" type="submit">${TEXTS.accept}</button></form>`,
    };
  }
  if (!mayMakeAccount(invitation)) {
    const text = whySignIn(invitation);
    return {
      ...page,
      body: html`${lead}<p>${text}</p><p><a class="button" href="${signInAddress}">${TEXTS.signIn}</a></p>`,
    };
  }
  const wrong = problem?.field;
  return {
    ...page,
    body: html`${lead}
<form method="post" action="${action}">
${hidden('form_token', options.formToken)}
${field({ name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'username', value: invitation.email, readonly: true })}
${field({ name: 'name', label: TEXTS.name, type: 'text', autocomplete: 'name', value: options.entered.name, maxLength: 200, focus: wrong === undefined || wrong === 'name', invalid: wrong === 'name' })}
${field({ name: 'password', label: PAGE_TEXTS.link.password, type: 'password', autocomplete: 'new-password', hint: PAGE_TEXTS.link.passwordHint, maxLength: 1024, focus: wrong === 'password', invalid: wrong === 'password' })}
${field({ name: 'repeat', label: PAGE_TEXTS.link.repeat, type: 'password', autocomplete: 'new-password', maxLength: 1024, invalid: wrong === 'password' })}
<button class="primary" type="submit">${TEXTS.join}</button>
</form>`,
  };
}

function whySignIn({ accountExists, signsInElsewhere }: OpenInvitation): string {
  if (accountExists) return TEXTS.signInFirst;
  return signsInElsewhere ? TEXTS.signInElsewhere : TEXTS.madeElsewhere;
}
