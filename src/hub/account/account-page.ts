import { type Html, html } from '../identity/pages/html.ts';
import { field, hidden, type Page } from '../identity/pages/page.ts';
import { TEXTS as PAGE_TEXTS } from '../identity/pages/texts.ts';
import type { Passkey } from '../second-factor/passkeys.ts';
import type { OwnSession } from './own-sessions.ts';

/** What the page of one's own account shows. */
export interface AccountView {
  readonly email: string;
  readonly name: string;
  readonly organizations: readonly { readonly displayName: string; readonly role: string }[];
  /** It signs in with a password here; otherwise at its organization's identity provider. */
  readonly local: boolean;
  readonly appSince: Date | null;
  readonly codesLeft: number;
  readonly passkeys: readonly Passkey[];
  readonly passkeysAvailable: boolean;
  readonly sessions: readonly OwnSession[];
  /** The session that looks. */
  readonly sessionId: string;
}

/** What was just done, or went wrong, above the page. */
export type AccountNotice = keyof typeof TEXTS.notices;

const TEXTS = {
  title: 'Your account',
  console: 'Open the Admin Console',
  organizations: 'Organizations',
  none: 'You are in no organization. An owner of one can invite you.',
  roles: { member: 'Member', editor: 'Editor', owner: 'Owner' } as Readonly<Record<string, string>>,
  elsewhere:
    'You sign in at your organization’s identity provider; password and second factor are kept there.',
  password: 'Password',
  changePassword: 'Change the password',
  current: 'Present password',
  fresh: 'New password',
  repeat: 'New password, again',
  save: 'Save the new password',
  passwordNote: 'Every other session of yours ends.',
  factor: 'Second factor',
  factorOff: 'Only your password protects this account. Add an authenticator app or a passkey.',
  app: 'Authenticator app',
  since: 'Since',
  setUpApp: 'Set up an authenticator app',
  addPasskey: 'Add a passkey',
  noPasskeys: 'Passkeys need a hub with a name; this one is called by a number.',
  rename: 'Rename',
  newName: 'New name',
  remove: 'Remove',
  lastUsed: 'last used',
  neverUsed: 'not used yet',
  codesLeft: (count: number) =>
    count === 1 ? 'One recovery code is left.' : `${count} recovery codes are left.`,
  newCodes: 'Make new recovery codes',
  sessions: 'Where you are signed in',
  here: 'This browser',
  browser: 'Browser',
  device: 'Device',
  unknown: 'Unknown',
  end: 'End',
  endOthers: 'End all the others',
  notices: {
    password: 'The password was changed. Every other session of yours was ended.',
    'passkey-added': 'The passkey was added.',
    'passkey-renamed': 'The passkey was renamed.',
    removed: 'It was removed.',
    ended: 'Ended.',
    'needs-factor':
      'This is your last second factor, and your organization asks its owners for one. Add another one first.',
    gone: 'That is not there any more.',
  },
} as const;

const PROBLEMS: ReadonlySet<AccountNotice> = new Set(['needs-factor', 'gone']);

/** Whether a word from an address is a notice. */
export function isNotice(word: string): word is AccountNotice {
  return Object.hasOwn(TEXTS.notices, word);
}

/** One's own account: organizations, password, second factor, sessions. */
export function accountPage(
  view: AccountView,
  formToken: string,
  notice: AccountNotice | null,
  passwordProblem?: string,
): Page {
  const bad = notice !== null && PROBLEMS.has(notice);
  return {
    title: TEXTS.title,
    problem: passwordProblem ?? (bad ? TEXTS.notices[notice] : undefined),
    body: html`${notice !== null && !bad && html`<p class="done" role="status">${TEXTS.notices[notice]}</p>`}
<p><span class="who">${view.email}</span>${view.name !== view.email && html`<br><span class="soft">${view.name}</span>`}</p>
${organizationsOf(view)}
${view.local ? html`${passwordOf(formToken, view.email, passwordProblem !== undefined)}${factorOf(view, formToken)}` : html`<p>${TEXTS.elsewhere}</p>`}
${sessionsOf(view, formToken)}
<form method="post" action="/sign-out">
${hidden('form_token', formToken)}
<button class="plain" type="submit">${PAGE_TEXTS.signOut.submit}</button>
</form>`,
  };
}

function organizationsOf({ organizations }: AccountView): Html {
  if (organizations.length === 0) return html`<p class="soft">${TEXTS.none}</p>`;
  return html`<h2>${TEXTS.organizations}</h2>
<ul class="rows">${organizations.map(
    (each) =>
      html`<li><span class="what">${each.displayName}</span><span class="soft">${TEXTS.roles[each.role] ?? each.role}</span></li>`,
  )}</ul>
<p><a href="/">${TEXTS.console}</a></p>`;
}

function passwordOf(formToken: string, email: string, open: boolean): Html {
  return html`<h2>${TEXTS.password}</h2>
<details${open && html` open`}><summary>${TEXTS.changePassword}</summary>
<form method="post" action="/account/password">
${hidden('form_token', formToken)}
<input type="hidden" name="username" value="${email}" autocomplete="username">
${field({ name: 'current', label: TEXTS.current, type: 'password', autocomplete: 'current-password', maxLength: 1024, invalid: open })}
${field({ name: 'password', label: TEXTS.fresh, type: 'password', autocomplete: 'new-password', hint: PAGE_TEXTS.link.passwordHint, maxLength: 1024 })}
${field({ name: 'repeat', label: TEXTS.repeat, type: 'password', autocomplete: 'new-password', maxLength: 1024 })}
<p class="soft small">${TEXTS.passwordNote}</p>
<button class="primary" type="submit">${TEXTS.save}</button>
</form></details>`;
}

function factorOf(view: AccountView, formToken: string): Html {
  const { appSince, passkeys } = view;
  const none = appSince === null && passkeys.length === 0;
  const remove = (factor: string, name: string) =>
    smallForm('/account/second-factor/remove', formToken, { factor }, TEXTS.remove, name);
  return html`<h2>${TEXTS.factor}</h2>
${none && html`<p>${TEXTS.factorOff}</p>`}
<ul class="rows">
${appSince !== null && html`<li><span class="what">${TEXTS.app}<small>${TEXTS.since} ${when(appSince)}</small></span>${remove('app', TEXTS.app)}</li>`}
${passkeys.map(
  (each) =>
    html`<li><span class="what">${each.name}<small>${TEXTS.since} ${when(each.createdAt)}, ${
      each.lastUsedAt === null ? TEXTS.neverUsed : html`${TEXTS.lastUsed} ${when(each.lastUsedAt)}`
    }</small></span>${remove(each.id, each.name)}${renameOf(each, formToken)}</li>`,
)}
</ul>
${appSince === null && html`<p><a href="/account/second-factor">${TEXTS.setUpApp}</a></p>`}
${view.passkeysAvailable ? html`<p><a href="/account/passkeys">${TEXTS.addPasskey}</a></p>` : html`<p class="soft small">${TEXTS.noPasskeys}</p>`}
${
  !none &&
  html`<p>${TEXTS.codesLeft(view.codesLeft)}</p>
<form method="post" action="/account/recovery-codes">${hidden('form_token', formToken)}
<button class="plain small" type="submit">${TEXTS.newCodes}</button></form>`
}`;
}

function renameOf(passkey: Passkey, formToken: string): Html {
  const id = `name-${passkey.id}`;
  return html`<details><summary aria-label="${TEXTS.rename} ${passkey.name}">${TEXTS.rename}</summary>
<form method="post" action="/account/passkeys/rename">${hidden('form_token', formToken)}${hidden('factor', passkey.id)}
<div class="field"><label for="${id}">${TEXTS.newName}</label>
<input id="${id}" name="name" type="text" value="${passkey.name}" maxlength="60" autocomplete="off" required></div>
<button class="plain small" type="submit">${TEXTS.rename}</button></form></details>`;
}

function sessionsOf({ sessions, sessionId }: AccountView, formToken: string): Html {
  return html`<h2>${TEXTS.sessions}</h2>
<ul class="rows">${sessions.map((each) => {
    const name = each.name ?? TEXTS.unknown;
    const kind = each.kind === 'browser' ? TEXTS.browser : TEXTS.device;
    const here = each.id === sessionId;
    return html`<li><span class="what">${each.kind === 'browser' ? browserName(name) : name}<small>${here ? TEXTS.here : kind}${each.address !== null && `, ${each.address}`}, ${when(each.at)}</small></span>${
      !here &&
      smallForm('/account/sessions/end', formToken, { kind: each.kind, session: each.id }, TEXTS.end, name)
    }</li>`;
  })}</ul>
${
  sessions.length > 1 &&
  html`<form method="post" action="/account/sessions/end">${hidden('form_token', formToken)}${hidden('kind', 'others')}
<button class="plain" type="submit">${TEXTS.endOthers}</button></form>`
}`;
}

function smallForm(
  action: string,
  formToken: string,
  fields: Readonly<Record<string, string>>,
  submit: string,
  what: string,
): Html {
  return html`<form method="post" action="${action}">${hidden('form_token', formToken)}${Object.entries(fields).map(([name, value]) => hidden(name, value))}
<button class="plain small" type="submit" aria-label="${submit} ${what}">${submit}</button></form>`;
}

/** "Firefox", "Chrome" and the like: what a browser calls itself is long, and full of other browsers' names. */
function browserName(agent: string): string {
  const known = [
    ['Edg/', 'Edge'],
    ['OPR/', 'Opera'],
    ['Firefox/', 'Firefox'],
    ['HeadlessChrome/', 'Chrome'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ] as const;
  const browser = known.find(([mark]) => agent.includes(mark))?.[1];
  const system = /Windows|Mac OS X|Android|iPhone|iPad|Linux/.exec(agent)?.[0].replace('Mac OS X', 'macOS');
  if (browser === undefined) return agent.slice(0, 60);
  return system === undefined ? browser : `${browser} (${system})`;
}

function when(at: Date): Html {
  const text = at.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 16)} UTC</time>`;
}
