import type { Browser, BrowserContext, Page } from '@playwright/test';
import { generate } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseForFile } from '../src/hub/database/test-database.ts';
import { createBrowser } from '../src/hub/identity/test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  freePort,
  OPERATOR,
  PASSWORD,
  startTestHub,
  type TestHub,
  typeCredentials,
} from '../src/hub/identity/test-hub.ts';
import { changeSignInSettings } from '../src/hub/sso/sign-in-settings.ts';
import { violationsOf } from './accessibility.ts';
import { launchBrowser } from './browser.ts';

/*
 * The hub's own pages in a real browser: passkeys, and the page of one's account. What must be refused, whoever sends it,
 * is in src/hub/account and src/hub/second-factor.
 */
const database = databaseForFile();
let hub: TestHub;
let url: string;
let browser: Browser;
beforeAll(async () => {
  const port = await freePort();
  // Passkeys belong to names: none are made for 127.0.0.1.
  url = `http://localhost:${port}`;
  hub = await startTestHub(database, { port, publicUrl: url });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

it('the back button and reloading lead through signing in without sending a form once more', async () => {
  await createAccount(database, 'back@example.com');
  const { page, context } = await person();
  await page.goto(`${url}/sign-in`);
  await page.locator('input[name="email"]').fill('back@example.com');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.locator('input[name="password"]').fill('a wrong password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('alert').waitFor();
  const [reloaded] = await Promise.all([page.waitForRequest(page.url()), page.reload()]);
  expect(reloaded.method()).toBe('GET');
  await page.getByRole('alert').waitFor();
  await page.goBack();
  await page.locator('input[name="password"]').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
  await page.goBack();
  await page.goBack();
  expect(new URL(page.url()).pathname).toMatch(/^\/sign(ed)?-in$/);
  await context.close();
});

interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
  /** A security key that answers by itself; `null`: none is plugged in. */
  key(present: boolean): Promise<void>;
}

/** A browser of somebody's own, whose page complains where the content security policy stops something. */
async function person(options: Parameters<Browser['newContext']>[0] = {}): Promise<Person> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  await page.exposeFunction('reportViolation', (text: string) => complaints.push(text));
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => reportViolation(event.violatedDirective + ' ' + event.blockedURI))`,
  );
  page.on('pageerror', (error) => complaints.push(String(error)));
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  let authenticatorId: string | undefined;
  return {
    page,
    context,
    complaints,
    key: async (present) => {
      if (authenticatorId !== undefined) {
        await devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: present });
        return;
      }
      const made = await devtools.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'usb',
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: present,
        },
      });
      authenticatorId = made.authenticatorId;
    },
  };
}

/** Types address and password, up to whatever comes next. */
async function typePassword(page: Page, email: string, start = '/sign-in?next=/account'): Promise<void> {
  await page.goto(`${url}${start}`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
/** A session of this account, begun elsewhere; its cookies. */
async function openSession(email: string) {
  const elsewhere = createBrowser(url);
  await typeCredentials(elsewhere, `${url}/sign-in`, email);
  return [...elsewhere.cookies].map(([name, { value, path }]) => ({
    name,
    value,
    path,
    domain: 'localhost',
  }));
}
/** The page of the account, signed in without typing: that is tested once. */
async function signedIn(page: Page, email: string): Promise<void> {
  await page.context().addCookies(await openSession(email));
  await page.goto(`${url}/account`);
}
const heading = (page: Page) => page.getByRole('heading', { level: 1 });

async function addPasskey(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
}

/** Adds a first passkey and answers the recovery codes. */
async function firstPasskey(page: Page, name: string): Promise<readonly string[]> {
  await addPasskey(page, name);
  await heading(page).filter({ hasText: 'Keep your recovery codes' }).waitFor();
  const codes = (await page.locator('.code-shown').allInnerTexts()).join(' ').trim().split(/\s+/);
  await page.getByRole('link', { name: 'Continue' }).click();
  return codes;
}

describe('a passkey', () => {
  it('is made, named, used to sign in after the password, renamed and removed', async () => {
    const account = await createAccount(database, 'key@local.example');
    const { page, key, context, complaints } = await person();
    await key(true);
    await typePassword(page, account.email);
    const codes = await firstPasskey(page, 'Blue key');
    expect(new Set(codes).size).toBe(10);
    await page.getByText('The passkey was added.').waitFor();
    await page.getByText('Blue key').waitFor();

    await context.clearCookies();
    await typePassword(page, account.email);
    await heading(page).filter({ hasText: 'Confirm your sign-in' }).waitFor();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await heading(page).filter({ hasText: 'Your account' }).waitFor();
    expect(await page.getByText('last used').count()).toBe(1);

    // The same key once more: the browser knows that it holds one already.
    await addPasskey(page, 'Again');
    await page.getByText('This device holds a passkey of yours already.').waitFor();

    await page.goto(`${url}/account`);
    await page.getByText('Rename').first().click();
    await page.getByLabel('New name').fill('Green <b>key</b>');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByText('Green <b>key</b>').waitFor();
    await page.getByRole('button', { name: 'Remove Green <b>key</b>' }).click();
    await page.getByText('It was removed.').waitFor();
    await context.clearCookies();
    await typePassword(page, account.email);
    await heading(page).filter({ hasText: 'Your account' }).waitFor();
    const actions = await database.db
      .selectFrom('audit_events')
      .select('action')
      .where('action', 'like', 'account.passkey%')
      .orderBy('id')
      .execute();
    expect(actions.map((each) => each.action)).toEqual([
      'account.passkey-add',
      'account.passkey-rename',
      'account.passkey-remove',
    ]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('is not asked of a key that nobody touches; a recovery code opens instead', async () => {
    const account = await createAccount(database, 'untouched@local.example');
    const { page, key, context } = await person();
    await key(true);
    await signedIn(page, account.email);
    const [code = ''] = await firstPasskey(page, 'Key');
    await context.clearCookies();
    await page.addInitScript(
      `navigator.credentials.get = async () => { throw new DOMException('no', 'NotAllowedError'); }`,
    );
    await typePassword(page, account.email);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('alert').filter({ hasText: 'The passkey was not used' }).waitFor();
    await page.getByLabel('Code').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page).filter({ hasText: 'Your account' }).waitFor();
    await page.getByText('9 recovery codes are left.').waitFor();
    await context.close();
  });

  it('can be the second factor that an organization asks its owners for, and the last one stays', async () => {
    const account = await createAccount(database, 'needs-key@local.example');
    const organization = await createTestOrganization(database, 'needs-key', [account]);
    await database.db
      .updateTable('memberships')
      .set({ role: 'owner' })
      .where('user_id', '=', account.id)
      .execute();
    await changeSignInSettings(database.db, OPERATOR, organization.id, { ownersNeedSecondFactor: true });
    const { page, key, context } = await person();
    await key(true);
    await typePassword(page, account.email);
    await heading(page).filter({ hasText: 'Set up an authenticator app' }).waitFor();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await heading(page).filter({ hasText: 'Keep your recovery codes' }).waitFor();
    await page.getByRole('link', { name: 'Continue' }).click();
    await heading(page).filter({ hasText: 'Your account' }).waitFor();
    await page.getByRole('button', { name: 'Remove First passkey' }).click();
    await page.getByRole('alert').filter({ hasText: 'This is your last second factor' }).waitFor();
    await context.close();
  });
});

describe('the page of an account', () => {
  it('sets an authenticator app up from its picture or its key', async () => {
    const account = await createAccount(database, 'app@local.example');
    const { page, context } = await person();
    await signedIn(page, account.email);
    await page.getByRole('link', { name: 'Set up an authenticator app' }).click();
    const picture = page.getByRole('img', { name: 'QR code of the key below' });
    const box = await picture.boundingBox();
    expect(box?.width).toBeGreaterThan(150);
    const secret = (await page.locator('.code-shown').allInnerTexts()).join(' ').trim();
    await page.getByRole('textbox', { name: 'Code' }).fill(await generate({ secret }));
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page).filter({ hasText: 'Keep your recovery codes' }).waitFor();
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.getByText('10 recovery codes are left.').waitFor();
    await page.getByRole('button', { name: 'Make new recovery codes' }).click();
    await heading(page).filter({ hasText: 'Keep your recovery codes' }).waitFor();
    await context.close();
  });

  it('changes the password, and ends the other sessions, in forms that say what was wrong', async () => {
    const account = await createAccount(database, 'change@local.example');
    await openSession(account.email);
    const { page, context } = await person();
    await signedIn(page, account.email);
    await page.getByText('this browser').waitFor();
    await page.getByRole('button', { name: 'End all the others' }).click();
    await page.getByText('Ended.').waitFor();
    expect(await page.getByRole('button', { name: /^End / }).count()).toBe(0);
    const change = async (current: string) => {
      if (!(await page.getByLabel('Present password').isVisible()))
        await page.getByText('Change the password').click();
      await page.getByLabel('Present password').fill(current);
      await page.getByLabel('New password', { exact: true }).fill('several unrelated words');
      await page.getByLabel('New password, again').fill('several unrelated words');
      await page.getByRole('button', { name: 'Save the new password' }).click();
    };
    await change('not my password');
    await page.getByRole('alert').filter({ hasText: 'The present password is not right.' }).waitFor();
    await change(PASSWORD);
    await page.getByText('The password was changed.').waitFor();
    await context.close();
  });

  it.each(['light', 'dark'] as const)(
    'is accessible and works by keyboard alone, in %s',
    async (colorScheme) => {
      const account = await createAccount(database, `axe-${colorScheme}@local.example`);
      await createTestOrganization(database, `axe-${colorScheme}`, [account]);
      const { page, key, context } = await person({ colorScheme, viewport: { width: 360, height: 740 } });
      await key(true);
      await signedIn(page, account.email);
      await firstPasskey(page, 'Key');
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await page.getByText('Change the password').focus();
      await page.keyboard.press('Enter');
      await page.getByLabel('Present password').waitFor();
      await page.getByRole('link', { name: 'Set up an authenticator app' }).focus();
      await page.keyboard.press('Enter');
      await heading(page).filter({ hasText: 'Set up an authenticator app' }).waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await page.goto(`${url}/account/passkeys`);
      expect(await violationsOf(page)).toEqual([]);
      await context.clearCookies();
      await typePassword(page, account.email);
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await page.locator('button:enabled', { hasText: 'Use a passkey' }).press('Enter');
      await heading(page).filter({ hasText: 'Your account' }).waitFor();
      await context.close();
    },
  );
});
