import { html } from './html.ts';
import { field, hidden, type Page } from './page.ts';
import { TEXTS } from './texts.ts';

const texts = TEXTS.link;

/** The page behind a one-time link: name the first owner, or choose a password. */
export function linkPage(options: {
  readonly action: string;
  readonly formToken: string;
  readonly purpose: 'owner' | 'password';
  /** Display name of the organization that the first owner is for. */
  readonly organization: string | undefined;
  /** Address of the account, where it exists already. */
  readonly email: string | undefined;
  readonly entered: { readonly email: string; readonly name: string };
  readonly problem?:
    | { readonly field: 'email' | 'name' | 'password' | 'form'; readonly text: string }
    | undefined;
}): Page {
  const wrong = options.problem?.field;
  const owner = options.purpose === 'owner';
  return {
    title: owner ? texts.setUpTitle : texts.passwordTitle,
    problem: options.problem?.text,
    body: html`<p>${owner ? texts.setUpLead : texts.passwordLead} <span class="who">${(owner ? options.organization : undefined) ?? options.email ?? ''}</span>.</p>
<form method="post" action="${options.action}">
${hidden('form_token', options.formToken)}
${
  options.email === undefined
    ? field({
        name: 'email',
        label: texts.email,
        type: 'email',
        autocomplete: 'username',
        value: options.entered.email,
        focus: wrong === undefined || wrong === 'email',
        invalid: wrong === 'email',
      })
    : field({
        name: 'email',
        label: texts.email,
        type: 'email',
        autocomplete: 'username',
        value: options.email,
        readonly: true,
      })
}
${owner && field({ name: 'name', label: texts.name, type: 'text', autocomplete: 'name', value: options.entered.name, maxLength: 200, focus: wrong === 'name', invalid: wrong === 'name' })}
${field({ name: 'password', label: texts.password, type: 'password', autocomplete: 'new-password', hint: texts.passwordHint, maxLength: 1024, focus: wrong === 'password', invalid: wrong === 'password' })}
${field({ name: 'repeat', label: texts.repeat, type: 'password', autocomplete: 'new-password', maxLength: 1024, invalid: wrong === 'password' })}
<button class="primary" type="submit">${texts.submit}</button>
</form>`,
  };
}
