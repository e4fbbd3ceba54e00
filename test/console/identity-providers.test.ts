import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { parse as parseCsv } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { IDP_ONE, IDP_TWO } from '../../src/hub/connections/test-certificates.ts';
import { metadataOf } from '../../src/hub/connections/test-metadata.ts';
import {
  startTestProvider,
  type TestPerson,
  type TestProvider,
} from '../../src/hub/sso/test-openid-provider.ts';
import { violationsInBothSchemes } from '../accessibility.ts';
import { consoleForFile, type OpenConsole } from './open-console.ts';

/* Identity providers in the console, with a second OpenID provider that is real: set-up, test, sign-in, SCIM, the move. */

const { hub, browser, open } = consoleForFile(() => ['--idp-network', '127.0.0.0/8']);
let provider: TestProvider | undefined;

// Opened before any connection serves their addresses: from then on their sign-in goes elsewhere.
let owner: OpenConsole;
let secondOwner: OpenConsole;

beforeAll(async () => {
  [owner, secondOwner] = [await open('owner'), await open('secondOwner')];
});
afterAll(async () => {
  await provider?.stop();
});

/** Whatever somebody does, the browser has nothing to complain of. */
async function visit(
  who: 'owner' | 'secondOwner',
  act: (console: OpenConsole) => Promise<void>,
): Promise<void> {
  const opened = who === 'owner' ? owner : secondOwner;
  await act(opened);
  expect(opened.complaints).toEqual([]);
}

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const inDialog = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true });
/** Presses a button of a dialog that `every-dialog.test.ts` cannot reach, and looks at the dialog first. */
async function agree(page: Page, name: string): Promise<void> {
  await inDialog(page, name).waitFor();
  expect(await violationsInBothSchemes(page, '[role="dialog"]')).toEqual([]);
  await inDialog(page, name).click();
}
/** What a field is described by where it is marked as wrong; nothing where it is not. */
async function problemOf(page: Page, label: string): Promise<string> {
  const field = page.getByLabel(label, { exact: true }).last();
  if ((await field.getAttribute('aria-invalid')) !== 'true') return '';
  const ids = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
  const texts = ids.map(async (id) => (await page.locator(`[id="${id}"]`).textContent()) ?? '');
  return (await Promise.all(texts)).join(' ');
}
const connections = z.object({
  connections: z.array(
    z.object({ id: z.string(), name: z.string(), enforced: z.boolean(), jit: z.boolean() }),
  ),
});
const connectionNamed = async ({ api }: Pick<OpenConsole, 'api'>, name: string) => {
  const list = connections.parse(await api('GET', '/connections')).connections;
  const found = list.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no connection ${name}`);
  return found;
};
const person = (name: string, claims: Record<string, unknown> = {}): TestPerson => ({
  subject: name,
  claims: {
    email: `${name}@acme.example`,
    email_verified: true,
    given_name: 'Given',
    family_name: name,
    ...claims,
  },
});
const theProvider = (): TestProvider => {
  if (provider === undefined) throw new Error('the provider is made by the first test');
  return provider;
};

/** Signs a person in at the hub by the provider, in a browser of their own; answers what the last page says. */
async function signInBySso(who: TestPerson): Promise<string> {
  theProvider().seat(who);
  const context = await browser().newContext({ baseURL: hub.said.url });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.locator('input[name="email"]').fill(String(who.claims.email).replace('elsewhere', 'acme'));
  await page.locator('form:has(input[name="email"]) button[type="submit"]').first().click();
  await page
    .getByRole('heading', { name: /Signed in|You are signed in|did not work|Access denied/i })
    .or(page.getByRole('navigation', { name: 'Pages', exact: true }))
    .first()
    .waitFor();
  const text = (await page.locator('body').textContent()) ?? '';
  await context.close();
  return text;
}

describe('single sign-on', () => {
  test('OpenID Connect: made, given its address, set up, tested; the test shows what came and survives a reload', async () => {
    await visit('owner', async (opened) => {
      const { page, go, context } = opened;
      await go('sso');
      await button(page, 'Connect an identity provider').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Identity provider').selectOption('other');
      await dialog.getByLabel('Protocol').selectOption('oidc');
      await inDialog(page, 'Connect an identity provider').click();
      // The hub would refuse it as well: nothing was sent, and the field says why.
      await dialog.getByRole('alert').waitFor();
      await dialog.getByRole('textbox', { name: 'Name' }).fill('Second provider');
      await inDialog(page, 'Connect an identity provider').click();
      await page.getByRole('heading', { level: 1, name: 'Second provider' }).waitFor();
      const redirectUri = (await page.locator('dd code').first().textContent()) ?? '';
      provider = await startTestProvider([redirectUri]);
      await page.getByLabel('Client ID').fill(provider.clientId);
      await page.getByLabel('Client secret').fill(provider.clientSecret);
      await page.getByLabel('Issuer').fill('http://login.acme.example');
      await button(page, 'Save the values').click();
      // What only the hub knows of an issuer stands at the issuer, once, and what was typed stays.
      await page.getByText('The issuer must be an https address').waitFor();
      expect(await problemOf(page, 'Issuer')).toContain('"http://login.acme.example" is not one.');
      expect(await page.getByText('The issuer must be an https address').count()).toBe(1);
      expect(await page.getByLabel('Client secret').inputValue()).toBe(provider.clientSecret);
      await page.getByLabel('Issuer').fill(provider.issuer);
      await button(page, 'Save the values').click();
      await page.getByText('Saved.', { exact: true }).waitFor();
      expect(await page.getByLabel('Client secret').inputValue()).toBe('');

      await page.getByRole('link', { name: 'Go to the test' }).click();
      await button(page, 'Begin a test').click();
      await page.getByText('Waiting for the answer of the identity provider…').waitFor();
      provider.seat(person('ada', { upn: 'a.lovelace@acme.example' }));
      const [tab] = await Promise.all([
        context.waitForEvent('page'),
        page.getByRole('link', { name: 'Open the identity provider' }).click(),
      ]);
      await tab.getByRole('heading', { name: 'The test worked' }).waitFor();
      await tab.close();
      await page.getByText('The test worked').waitFor();
      // It works once: what is used up is not offered again.
      expect(await page.getByRole('link', { name: 'Open the identity provider' }).count()).toBe(0);
      await page.getByRole('row', { name: /^family_name ada$/ }).waitFor();
      // The addresses differ, and the first present one counts.
      await page.getByText('a.lovelace@acme.example').first().waitFor();
      expect(await page.locator('[data-tone="warn"]').filter({ hasText: 'ada@acme.example' }).count()).toBe(
        1,
      );
      await page.reload();
      await page.getByRole('row', { name: /^family_name ada$/ }).waitFor();
      expect(page.url()).not.toContain('/sso/test/');
    });
  });

  test('a person who signs in becomes a member; who may not is explained to the owner by class', async () => {
    expect(await signInBySso(person('jo-jit'))).not.toContain('did not work');
    expect(await signInBySso(person('kim-jit'))).not.toContain('did not work');
    expect(await signInBySso(person('eve', { email: 'eve@elsewhere.example' }))).toContain(
      'domain_not_verified',
    );
    await visit('owner', async (opened) => {
      const { page, go, api } = opened;
      const { id } = await connectionNamed(opened, 'Second provider');
      await go(`sso/${id}/errors`);
      const byClass = page.getByRole('table', { name: 'By class' });
      await byClass.getByRole('row', { name: /domain_not_verified/ }).waitFor();
      await byClass
        .getByText('The address is of a domain that is not verified, or not of this connection.')
        .waitFor();
      await page.getByLabel('Class', { exact: true }).selectOption('domain_not_verified');
      expect(page.url()).toContain('class=domain_not_verified');
      await page
        .getByRole('table', { name: 'Failed sign-ins' })
        .getByRole('row', { name: /eve@elsewhere/ })
        .waitFor();
      const found = z.object({ members: z.array(z.object({ email: z.string() })) });
      const { members } = found.parse(await api('GET', '/members?origin=jit'));
      expect(members.map(({ email }) => email).sort()).toEqual([
        'jo-jit@acme.example',
        'kim-jit@acme.example',
      ]);
    });
  });

  test('SAML: metadata by file, then the certificate is exchanged with two at once', async () => {
    await visit('owner', async ({ page, go }) => {
      await go(`sso/${hub.said.connectionId}?guide=entra`);
      await page.getByText('In the Entra admin center open Enterprise applications').waitFor();
      await page.getByLabel('Address of the metadata').fill('https://10.0.0.1/metadata');
      await button(page, 'Fetch and apply').click();
      await page.getByText('10.0.0.1 is not an address of the public internet').waitFor();
      expect(await problemOf(page, 'Address of the metadata')).toContain('--idp-network');
      const metadata = page.getByLabel('Metadata file');
      const file = (text: string) => ({ name: 'idp.xml', mimeType: 'text/xml', buffer: Buffer.from(text) });
      await metadata.setInputFiles(file('<html/>'));
      await page.getByRole('alert').filter({ hasText: 'no SAML 2.0 metadata' }).waitFor();
      await metadata.setInputFiles(file(metadataOf([IDP_ONE.certificate])));
      const table = page.getByRole('table', { name: 'Certificates of the identity provider' });
      await table.getByRole('row', { name: /idp-one/ }).waitFor();
      expect(await button(page, 'Remove CN=idp-one.test').isDisabled()).toBe(true);
      await button(page, 'Add a certificate').click();
      await page.getByRole('dialog').getByLabel('Signing certificate').fill('MIIB');
      await inDialog(page, 'Add a certificate').click();
      await page.getByText('The certificate cannot be used').waitFor();
      expect(await problemOf(page, 'Signing certificate')).toContain('BEGIN and END lines');
      await page.getByRole('dialog').getByLabel('Signing certificate').fill(IDP_TWO.certificate);
      await inDialog(page, 'Add a certificate').click();
      await table.getByRole('row', { name: /idp-two/ }).waitFor();
      await button(page, 'Remove CN=idp-one.test').click();
      await inDialog(page, 'Remove').click();
      await table.getByRole('row', { name: /idp-one/ }).waitFor({ state: 'detached' });
      expect(await table.getByRole('row').count()).toBe(2);
      const keys = page.getByRole('table', { name: 'Keys of this hub' });
      const [old = ''] = await keys.locator('code').allTextContents();
      await button(page, 'Add a key').click();
      await inDialog(page, 'Add a key').click();
      await button(page, /^Sign with /).click();
      await agree(page, 'Sign with it');
      await keys.getByRole('row', { name: `${old} Beside it` }).waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        keys
          .getByRole('link', { name: /^Download/ })
          .first()
          .click(),
      ]);
      expect(await readFile(await download.path(), 'utf8')).toContain('BEGIN CERTIFICATE');
      await button(page, /^Retire /).click();
      await agree(page, 'Retire');
      await keys.getByText(old).waitFor({ state: 'detached' });
      expect(await keys.getByText('In use').count()).toBe(1);
      await page.getByText('Enter by hand').click();
      expect(await page.getByLabel('Entity ID of the identity provider').inputValue()).toBe(
        'https://idp.test/entity',
      );
    });
  });

  test('an organization accepts a connection of another by its id; either side ends it', async () => {
    const path = `sso/${hub.said.connectionId}/organizations`;
    await visit('secondOwner', async ({ page, go }) => {
      await go('sso');
      await button(page, 'Accept a connection').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Connection ID').fill('not one');
      await inDialog(page, 'Accept a connection').click();
      await dialog.getByText('This is not a connection id.').waitFor();
      await dialog.getByLabel('Connection ID').fill('11111111-1111-4111-8111-111111111111');
      await inDialog(page, 'Accept a connection').click();
      await dialog.getByText('No organization of this hub has a connection of that id.').waitFor();
      expect(await problemOf(page, 'Connection ID')).toContain('Ask the owner who gave it to you');
      await dialog.getByLabel('Connection ID').fill(hub.said.connectionId);
      await inDialog(page, 'Accept a connection').click();
      await page.getByRole('row', { name: /Identity provider acme/ }).waitFor();
      await visit('owner', async (acme) => {
        await acme.go(path);
        await button(acme.page, 'End for globex').click();
        await inDialog(acme.page, 'End').click();
        await acme.page.getByText('No other organization has accepted it.').waitFor();
      });
      await page.reload();
      await page.getByText('No connection of another organization may place people here.').waitFor();
    });
  });
});

describe('SCIM and the move to it', () => {
  const scim = (token: string, method: string, body?: object) =>
    fetch(`${hub.said.url}/scim/v2/Users`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  let token = '';

  test('a token is shown once and works; its successor stands beside it; a revoked one is refused at once', async () => {
    await visit('owner', async (opened) => {
      const { page, go } = opened;
      const { id } = await connectionNamed(opened, 'Second provider');
      await go(`sso/${id}/scim?guide=okta`);
      await page.getByText('The identity provider cannot sign in.', { exact: false }).waitFor();
      await button(page, 'New token').click();
      const made = page.getByRole('status').filter({ hasText: 'The token was created' });
      const first = (await made.locator('code').textContent()) ?? '';
      expect((await scim(first, 'GET')).status).toBe(200);
      await button(page, 'I have stored it').click();
      expect(await page.locator('body').textContent()).not.toContain(first);
      await button(page, 'Make a successor').click();
      token = (await made.locator('code').textContent()) ?? '';
      expect((await scim(first, 'GET')).status).toBe(200);
      await button(page, 'Revoke the token: The one before').click();
      await inDialog(page, 'Revoke').click();
      await button(page, 'Revoke the token: The one before').waitFor({ state: 'detached' });
      expect([(await scim(first, 'GET')).status, (await scim(token, 'GET')).status]).toEqual([401, 200]);
      await page.getByRole('table', { name: 'Provisioning log' }).getByText('scim.token.revoke').waitFor();
    });
  });

  test('switched off it refuses and says so, switched on it goes on; sign-in beside it makes “SCIM wins” advised', async () => {
    await visit('owner', async (opened) => {
      const { page, go } = opened;
      const { id } = await connectionNamed(opened, 'Second provider');
      await go(`sso/${id}/scim`);
      await button(page, 'Switch SCIM off').click();
      await inDialog(page, 'Switch SCIM off').click();
      await page.getByText('SCIM is off', { exact: true }).waitFor();
      expect((await scim(token, 'GET')).status).not.toBe(200);
      await button(page, 'Switch SCIM on').click();
      await page.getByText('SCIM is on', { exact: true }).waitFor();
      expect((await scim(token, 'GET')).status).toBe(200);
      await page.getByRole('link', { name: 'Sign-in', exact: true }).click();
      await page.getByText('Recommended: sign-in and SCIM both write here').waitFor();
      await page.getByLabel('SCIM wins over sign-in').check();
      await button(page, 'Save').click();
      await page.getByText('Saved.', { exact: true }).waitFor();
      expect(await page.getByText('Recommended: sign-in and SCIM both write here').count()).toBe(0);
    });
  });

  test('the move: checks, export, batches that a reload does not lose, who came back, and the report', async () => {
    await visit('owner', async (opened) => {
      const { page, go, context } = opened;
      const { id } = await connectionNamed(opened, 'Second provider');
      const asked: string[] = [];
      page.on('request', (request) => {
        const { pathname, search } = new URL(request.url());
        if (/\/migrations\/[^/]+$/.test(pathname)) asked.push(search);
      });
      await go(`sso/${id}/migration`);
      await button(page, 'Begin the move').click();
      const report = page.getByRole('table', { name: 'Everybody in this move' });
      await report.getByRole('row', { name: /jo-jit@acme.example Waiting/ }).waitFor();
      const href = await page.getByRole('link', { name: 'Export members (CSV)' }).getAttribute('href');
      const exported = await (await context.request.get(href ?? '')).text();
      expect(parseCsv(exported, { columns: true })).toEqual(
        expect.arrayContaining([expect.objectContaining({ Email: 'kim-jit@acme.example' })]),
      );
      await page.getByText('None of them owns anything.', { exact: true }).waitFor();

      await page.getByLabel('People in each batch').fill('1');
      await button(page, 'Remove the next batch').click();
      await agree(page, 'Remove the next batch');
      await page.getByText('1 of 2 done').waitFor();
      expect((await connectionNamed(opened, 'Second provider')).jit).toBe(false);
      await page.reload();
      await page.getByText('1 of 2 done').waitFor();
      await button(page, 'Remove all').click();
      await inDialog(page, 'Remove all').click();
      await page.getByText('2 of 2 done').waitFor();

      const user = {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: 'jo-jit@acme.example',
      };
      expect((await scim(token, 'POST', { ...user, active: true })).status).toBe(201);
      await button(page, 'Look who came back').click();
      await report.getByRole('row', { name: /jo-jit@acme.example Back by SCIM/ }).waitFor();
      await report.getByRole('row', { name: /kim-jit@acme.example Removed, not back/ }).waitFor();
      await page.getByText('1 person is not back yet').waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Save the report (CSV)' }).click(),
      ]);
      const rows = parseCsv(await readFile(await download.path(), 'utf8'), { columns: true });
      expect(rows).toEqual([
        { Email: 'jo-jit@acme.example', State: 'returned', Detail: '' },
        { Email: 'kim-jit@acme.example', State: 'removed', Detail: '' },
      ]);
      // Not while somebody is missing, unless each of them was seen and the end without them agreed to.
      await button(page, 'Finish the move').click();
      await page
        .getByRole('table', { name: 'Not back through SCIM' })
        .getByRole('row', { name: /kim-jit@acme.example Removed, not back/ })
        .waitFor();
      await agree(page, 'Finish without them');
      await page
        .getByRole('table', { name: 'Earlier moves' })
        .getByRole('row', { name: /Finished/ })
        .waitFor();
      await button(page, 'Begin the move').waitFor();
      await button(page, /^Show the move of/).click();
      await report.getByRole('row', { name: /kim-jit@acme.example Removed, not back/ }).waitFor();
      // Never all people of a move at once: there may be tens of thousands.
      expect(asked.filter((search) => !search.includes('limit='))).toEqual([]);
      expect(asked.length).toBeGreaterThan(0);
    });
  });

  test('requiring single sign-on names the domains, asks first, and ends local passwords there', async () => {
    await visit('owner', async (opened) => {
      const { page, go, context } = opened;
      const { id } = await connectionNamed(opened, 'Second provider');
      await go(`sso/${id}/sign-in`);
      await page.getByLabel('acme.example').check();
      await button(page, 'Save').click();
      await page.getByText('Saved.', { exact: true }).waitFor();
      await button(page, 'Require SSO').click();
      await page.getByRole('dialog').getByText('nobody of acme.example signs in with a password').waitFor();
      await agree(page, 'Require SSO');
      // Whoever came by a password is signed out, also the owner who decided it; the way back is the provider.
      await page.getByText('Your session has ended.', { exact: false }).first().waitFor();
      theProvider().seat(person('olivia', { email: hub.said.ownerEmail }));
      // Also the provider’s own: it still knows who tested.
      await context.clearCookies();
      await page.goto('/sign-in?next=%2F');
      await page.locator('input[name="email"]').fill(hub.said.ownerEmail);
      await page.locator('form:has(input[name="email"]) button[type="submit"]').first().click();
      await button(page, 'Continue with Second provider').click();
      await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
      expect((await connectionNamed(opened, 'Second provider')).enforced).toBe(true);
      await go(`sso/${id}/sign-in`);
      await page.getByText('Required for acme.example.').waitFor();
      await button(page, 'Stop requiring SSO').click();
      await agree(page, 'Stop requiring SSO');
      await page.getByText('Not required: people of acme.example').waitFor();
    });
  });
});
