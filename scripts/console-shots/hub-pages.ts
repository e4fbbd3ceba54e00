import type { Browser, Page as BrowserPage } from '@playwright/test';
import { type AccountView, accountPage } from '../../src/hub/account/account-page.ts';
import {
  deviceCodePage,
  deviceConfirmPage,
  deviceDeniedPage,
  deviceDonePage,
} from '../../src/hub/identity/pages/device-pages.ts';
import { linkPage } from '../../src/hub/identity/pages/link-pages.ts';
import { MARK_SVG } from '../../src/hub/identity/pages/mark.ts';
import {
  lostPage,
  messagePage,
  providerErrorPage,
  refusalPage,
} from '../../src/hub/identity/pages/message-pages.ts';
import { type Page, renderPage } from '../../src/hub/identity/pages/page.ts';
import {
  confirmPage,
  continuePage,
  emailPage,
  letterSentPage,
  passwordPage,
  type SignInForm,
  signedInPage,
  signedOutPage,
  signOutPage,
} from '../../src/hub/identity/pages/sign-in-pages.ts';
import { STYLE, STYLE_PATH } from '../../src/hub/identity/pages/style.ts';
import { TEXTS } from '../../src/hub/identity/pages/texts.ts';
import { acceptancePage } from '../../src/hub/invitations/acceptance-pages.ts';
import { WAIT_HELP } from '../../src/hub/rate-limits.ts';
import {
  addPasskeyPage,
  codePage,
  enrolPage,
  ownEnrolPage,
  recoveryCodesPage,
} from '../../src/hub/second-factor/second-factor-pages.ts';
import {
  choosePage,
  leavePage,
  otherAccountPage,
  ssoFailurePage,
  testDonePage,
} from '../../src/hub/sso/sso-pages.ts';
import type { Album } from './album.ts';

const EMAIL = 'olivia@acme.example';
const LONG_EMAIL = 'an.address.of.eighty.characters.as.some.directories.make.them.up@post.acme.example';
const DEVICE = 'A laptop with a name as long as people sometimes give them';
const at = new Date('2026-03-01T09:30:00Z');
const form: SignInForm = { action: '/sign-in', formToken: 'x', next: '', asking: { kind: 'hub' } };
const desktop: SignInForm = { ...form, asking: { kind: 'desktop', deviceName: DEVICE } };
const confirm: SignInForm = { ...form, asking: { kind: 'confirm' } };
const enrolment = {
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Mooring:olivia@acme.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Mooring',
};
const passkey = { options: '{}', script: '/passkeys.js' };
const codes = Array.from({ length: 10 }, (_, index) => `ABCDE-FGH${index}J`);
const link = { action: '/setup/x', formToken: 'x', entered: { email: '', name: '' } } as const;
const invitation = {
  action: '/invitations/x',
  formToken: 'x',
  signedIn: false,
  entered: { name: '' },
} as const;
const invited = {
  organization: 'Acme',
  email: EMAIL,
  accountExists: false,
  signsInElsewhere: false,
  madeElsewhere: false,
};
const account: AccountView = {
  email: EMAIL,
  name: 'Olivia Owner',
  organizations: [
    { displayName: 'Acme', role: 'owner' },
    { displayName: 'The Acme Company for Works of Every Kind, Research and Trade, Limited', role: 'member' },
  ],
  local: true,
  appSince: at,
  codesLeft: 9,
  passkeys: [
    { id: 'a', name: 'Blue key', createdAt: at, lastUsedAt: at },
    {
      id: 'b',
      name: 'The laptop at home that nobody else is allowed to use, ever',
      createdAt: at,
      lastUsedAt: null,
    },
  ],
  passkeysAvailable: true,
  sessions: [
    {
      kind: 'browser',
      id: 'here',
      name: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
      address: '192.0.2.7',
      at,
    },
    {
      kind: 'browser',
      id: 'other',
      name: 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0',
      address: '2001:db8::1',
      at,
    },
    { kind: 'device', id: 'device', name: DEVICE, address: null, at },
  ],
  sessionId: 'here',
};
const bare: AccountView = {
  ...account,
  ...{ organizations: [], appSince: null, passkeys: [], passkeysAvailable: false },
  sessions: account.sessions.slice(0, 1),
};

/** Every page that the hub serves without the console, with what it may say; held by test/hub-pages.test.ts as well. */
export const HUB_PAGES: Readonly<Record<string, Page>> = {
  'sign-in': emailPage(form, ''),
  'sign-in-desktop': emailPage({ ...desktop, problem: TEXTS.problem.emailShape }, 'olivia'),
  'sign-in-ended': emailPage({ ...form, notice: TEXTS.ended.sso_required }, ''),
  password: passwordPage({ ...desktop, problem: TEXTS.problem.wrongPassword }, LONG_EMAIL, true),
  'password-no-letters': passwordPage(form, EMAIL, false),
  'letter-sent': letterSentPage(form, LONG_EMAIL),
  confirm: passwordPage(confirm, EMAIL, true),
  'confirm-elsewhere': confirmPage(confirm, EMAIL),
  'confirm-done': messagePage(TEXTS.confirm.doneTitle, TEXTS.confirm.done),
  continue: continuePage(desktop, LONG_EMAIL),
  'signed-in': signedInPage({ email: EMAIL, formToken: 'x' }),
  'sign-out': signOutPage('x'),
  'signed-out': signedOutPage(),
  'sso-leave': leavePage({ name: 'Acme Login' }, 'https://idp.test', '/sign-in?method=password'),
  'sso-choose': choosePage(
    desktop,
    EMAIL,
    [
      { id: 'a', name: 'Acme Login' },
      { id: 'b', name: 'The identity provider of the research department, for guests as well' },
    ],
    '/sign-in?method=password',
  ),
  'sso-denied': ssoFailurePage('not_assigned'),
  'sso-failed': ssoFailurePage('replayed'),
  'sso-other-account': otherAccountPage(),
  'sso-test-worked': testDonePage(null),
  'sso-test-failed': testDonePage({ class: 'email_not_verified', detail: 'The address is not verified.' }),
  code: codePage(desktop, 'x', { app: true, passkey }),
  'code-wrong': codePage({ ...form, problem: TEXTS.problem.codeWrong }, 'x', { app: true, passkey: null }),
  enrol: enrolPage(form, 'x', enrolment, passkey),
  'enrol-own': ownEnrolPage('x', enrolment, TEXTS.problem.codeWrong),
  'passkey-add': addPasskeyPage('x', passkey, { name: '' }),
  'recovery-codes': recoveryCodesPage(codes, '/account'),
  device: deviceCodePage({ action: '/device', xsrf: 'x', code: '', problem: TEXTS.problem.codeUnknown }),
  'device-confirm': deviceConfirmPage({
    ...{ action: '/device', xsrf: 'x', code: 'BCDF-GHJK', deviceName: DEVICE, address: '2001:db8::1' },
    userAgent: 'mooring/1.0 (linux; x64)',
  }),
  'device-done': deviceDonePage(),
  'device-denied': deviceDeniedPage(),
  'link-owner': linkPage({ ...link, purpose: 'owner', organization: 'Acme', email: undefined }),
  'link-password': linkPage({
    ...{ ...link, purpose: 'password', organization: undefined, email: LONG_EMAIL },
    problem: { field: 'password', text: TEXTS.problem.passwordShort },
  }),
  invitation: acceptancePage({ ...invitation, invitation: invited }),
  'invitation-known': acceptancePage({ ...invitation, invitation: { ...invited, accountExists: true } }),
  'invitation-signed-in': acceptancePage({ ...invitation, signedIn: true, invitation: invited }),
  account: accountPage(account, 'x', 'passkey-added'),
  'account-new': accountPage(bare, 'x', null),
  'account-elsewhere': accountPage({ ...account, local: false }, 'x', 'gone'),
  'account-password': accountPage(account, 'x', null, TEXTS.problem.currentWrong),
  lost: lostPage('/o/acme/some/where/that/is/not'),
  refused: refusalPage({ message: 'The hub is busy.', help: WAIT_HELP }),
  'provider-error': providerErrorPage('invalid_client', 'The program that asks is not known here.'),
};

const HUB = 'http://hub.example';

/** Draws one of them with the hub's own style sheet. */
export async function showHubPage(page: BrowserPage, shown: Page): Promise<void> {
  await page.route(`${HUB}/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === STYLE_PATH) return route.fulfill({ contentType: 'text/css', body: STYLE });
    if (pathname.endsWith('.svg')) return route.fulfill({ contentType: 'image/svg+xml', body: MARK_SVG });
    if (pathname !== '/') return route.abort();
    return route.fulfill({ contentType: 'text/html', body: renderPage({ ...shown, goTo: undefined }) });
  });
  await page.goto(`${HUB}/`);
}

/** Takes each of them. */
export async function takeHubPages(album: Album, browser: Browser): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
  const page = await context.newPage();
  for (const [name, shown] of Object.entries(HUB_PAGES))
    await album.reach(page, `hub-${name}`, () => showHubPage(page, shown));
  await context.close();
}
