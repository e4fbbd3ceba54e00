import type { Locator, Page, Route } from '@playwright/test';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { IDP_ONE } from '../../src/hub/connections/test-certificates.ts';
import { consoleForFile, type OpenConsole, typePassword } from './open-console.ts';

/*
 * Forms when the network fails, the hub does, or the session ends: whatever was typed is there still, with the reason,
 * and the same press of the button works once all is well again.
 */

const { hub, open } = consoleForFile();
let owner: OpenConsole;
beforeAll(async () => {
  owner = await open('owner');
});
afterEach(() => owner.page.unrouteAll());
afterAll(async () => {
  await owner?.close();
});

interface Form {
  readonly place: string;
  /** The button that opens it in a dialog; left out, it stands in the page. */
  readonly open?: string | RegExp;
  /** What is typed, by label; none: a question whose answer is the button. */
  readonly fields: Readonly<Record<string, string>>;
  readonly submit: string;
  /** What has to be unfolded first. */
  readonly unfold?: string;
  /** It cannot end well here: it asks somebody outside. */
  readonly endless?: boolean;
}

const idSchema = z.object({ id: z.string() });
/** Makes something to be deleted or filled in; its id. */
const made = async (path: string, body: object): Promise<string> =>
  idSchema.parse(await owner.api('POST', path, body)).id;

const forms = async (): Promise<readonly Form[]> => {
  const team = await made('/teams', { name: 'To be deleted' });
  const staged = await made('/policies', { name: 'Staged', document: {} });
  const document = { memoryMiB: { value: 2048 } };
  await owner.api('PATCH', `/policies/${staged}`, { document }, { 'if-match': '*' });
  const gone = await made('/policies', { name: 'To be deleted', document: {} });
  await owner.api('POST', '/tokens', { name: 'to be revoked', role: 'member' });
  await owner.api('POST', '/domains', { name: 'removed.example' });
  const saml = await made('/connections', {
    name: 'By hand',
    kind: 'saml',
    saml: {
      idpEntityId: 'https://idp.test/entity',
      signInUrl: 'https://idp.test/sso',
      certificates: [IDP_ONE.certificate],
    },
  });
  const oidc = await made('/connections', { name: 'By discovery', kind: 'oidc' });
  const policy = `policies/${hub.said.userPolicyId}`;
  const connection = `sso/${hub.said.connectionId}`;
  return [
    {
      place: 'teams',
      open: 'New team',
      fields: { Name: 'Cut off', Description: 'typed' },
      submit: 'New team',
    },
    {
      place: 'policies',
      open: 'New policy',
      fields: { Name: 'Cut off', Description: 'x' },
      submit: 'New policy',
    },
    { place: policy, open: 'Rename', fields: { Name: 'Another name', Description: 'x' }, submit: 'Save' },
    { place: policy, open: 'Duplicate', fields: { Name: 'A second one' }, submit: 'Duplicate' },
    {
      place: 'tokens',
      open: 'New token',
      fields: { Name: 'Cut', 'Days until it ends': '12' },
      submit: 'New token',
    },
    { place: 'domains', open: 'Add domain', fields: { Domain: 'cut.example' }, submit: 'Add domain' },
    {
      place: 'members',
      open: 'Add member',
      fields: { 'E-mail address': 'cut@acme.example' },
      submit: 'Add member',
    },
    {
      place: 'invitations',
      open: 'Invite',
      fields: { 'E-mail addresses': 'new@acme.example' },
      submit: 'Check',
    },
    {
      place: 'sso',
      open: 'Connect an identity provider',
      fields: { Name: 'Cut' },
      submit: 'Connect an identity provider',
    },
    { place: 'keys', open: 'Rotate the key', fields: {}, submit: 'Rotate the key' },
    { place: 'organization', fields: { 'Display name': 'Acme, cut off' }, submit: 'Save' },
    {
      place: 'organization',
      fields: { 'Unknown after (days without a report)': '9', 'Keep reports and repairs for (days)': '45' },
      submit: 'Save the days',
    },
    { place: `${connection}/sign-in`, fields: { 'Default team': 'Cut off' }, submit: 'Save' },
    {
      place: `sso/${saml}`,
      unfold: 'Enter by hand',
      fields: { 'Entity ID of the identity provider': 'https://other.test/entity' },
      submit: 'Save the values',
    },
    // A second key, then it in the place of the first, which goes.
    { place: `sso/${saml}`, open: 'Add a key', fields: {}, submit: 'Add a key' },
    { place: `sso/${saml}`, open: /^Sign with /, fields: {}, submit: 'Sign with it' },
    { place: `sso/${saml}`, open: /^Retire /, fields: {}, submit: 'Retire' },
    {
      place: `sso/${saml}`,
      fields: { 'Address of the metadata': 'https://idp.test/metadata' },
      submit: 'Fetch and apply',
      endless: true,
    },
    {
      place: `sso/${oidc}`,
      fields: { Issuer: 'https://idp.test', 'Client ID': 'mooring', 'Client secret': 'secret typed once' },
      submit: 'Save the values',
    },
    {
      place: `policies/${staged}/rollout`,
      fields: { 'Share of the members (per cent)': '7', Reason: 'Cut off' },
      submit: 'Start the roll-out',
      endless: true,
    },
    { place: `teams/${team}`, open: 'Delete team', fields: {}, submit: 'Delete team' },
    { place: `policies/${gone}`, open: 'Delete', fields: {}, submit: 'Delete' },
    { place: 'tokens', open: 'Revoke “to be revoked”', fields: {}, submit: 'Revoke' },
    { place: 'domains', open: 'Remove removed.example', fields: {}, submit: 'Remove' },
    { place: `sso/${oidc}`, open: 'Remove connection', fields: {}, submit: 'Remove connection' },
  ];
};

async function shown(page: Page, form: Form): Promise<Locator> {
  if (form.unfold !== undefined) await page.getByText(form.unfold, { exact: true }).click();
  if (form.open === undefined) {
    const [label = ''] = Object.keys(form.fields);
    return page.locator('form').filter({ has: page.getByLabel(label, { exact: true }) });
  }
  await page.getByRole('main').getByRole('button', { name: form.open, exact: true }).first().click();
  return page.getByRole('dialog').locator('form');
}

async function valuesOf(form: Locator): Promise<readonly string[]> {
  const fields = await form.locator('input:not([type=checkbox]), textarea, select').all();
  return Promise.all(fields.map((field) => field.inputValue()));
}

/** Run by the page: the form is sent again before anything could be drawn. */
const TWICE = `(() => {
  const form = document.querySelector('[role=dialog] form');
  form.requestSubmit();
  form.requestSubmit();
})()`;

const internal = { code: 'internal', message: 'Something went wrong in the hub (reference 7).' };
/** What becomes of a change on its way, and what the form says of it. */
const FAILURES: Readonly<Record<string, readonly [fail: (route: Route) => Promise<void>, said: string]>> = {
  'no network': [(route) => route.abort('internetdisconnected'), 'The hub cannot be reached.'],
  'a proxy without a hub': [
    (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
    'The hub cannot be reached.',
  ],
  'a fault of the hub': [
    (route) => route.fulfill({ status: 500, json: { error: internal } }),
    'Something went wrong in the hub (reference 7).',
  ],
  'too many requests': [
    (route) =>
      route.fulfill({ status: 429, json: { error: { code: 'rate_limited', message: 'Too many.' } } }),
    'Too many.',
  ],
  'a session that ended': [
    (route) => route.fulfill({ status: 401, json: { error: { code: 'unauthenticated', message: 'No.' } } }),
    'Your session has ended. What you typed stays here',
  ],
};
/** Every change of the organization; reading goes on. */
const CHANGES = /\/v1\/orgs\//;

// First, while no connection that the forms below switch on leads its addresses elsewhere.
it('go on after signing in again in another tab, where a session ended in the middle', async () => {
  const { page, context, go } = owner;
  await go('teams');
  const form = await shown(page, { place: 'teams', open: 'New team', fields: {}, submit: 'New team' });
  await form.getByLabel('Name', { exact: true }).fill('After the session');
  await context.clearCookies();
  const submit = form.getByRole('button', { name: 'New team', exact: true });
  await submit.click();
  await form.getByText('Your session has ended', { exact: false }).waitFor();
  const opened = context.waitForEvent('page');
  await form.getByRole('link', { name: 'Sign in in a new tab' }).click();
  const other = await opened;
  await other.waitForLoadState();
  await typePassword(other, hub, 'owner');
  await other.locator('input[name="password"]').waitFor({ state: 'detached' });
  await other.close();
  expect(await form.getByLabel('Name', { exact: true }).inputValue()).toBe('After the session');
  await submit.click();
  await page.getByRole('heading', { level: 1, name: 'After the session' }).waitFor();
});

it('keep what was typed, say why, and work at the next press', async () => {
  const { page, go } = owner;
  for (const form of await forms()) {
    await go(form.place);
    const place = await shown(page, form);
    for (const [label, text] of Object.entries(form.fields))
      await place.getByLabel(label, { exact: true }).fill(text);
    const typed = await valuesOf(place);
    expect(typed).toEqual(expect.arrayContaining(Object.values(form.fields)));
    const submit = place.getByRole('button', { name: form.submit, exact: true });
    for (const [what, [fail, said]] of Object.entries(FAILURES)) {
      // Two failures are said in the same words: those of the one before must not be taken for those of this one.
      const failed = Promise.withResolvers<void>();
      await page.route(CHANGES, async (route) => {
        if (route.request().method() === 'GET') return route.fallback();
        await fail(route);
        failed.resolve();
      });
      await submit.click();
      await failed.promise;
      await place.getByText(said, { exact: false }).first().waitFor();
      expect([form.place, form.open, what, await valuesOf(place)]).toEqual([
        form.place,
        form.open,
        what,
        typed,
      ]);
      await page.unroute(CHANGES);
    }
    if (form.endless === true) continue;
    const answered = page.waitForResponse(
      (response) => response.request().method() !== 'GET' && response.url().includes('/v1/orgs/'),
    );
    await submit.click();
    expect([form.place, form.open, (await answered).status() < 300]).toEqual([form.place, form.open, true]);
    await place.getByText('Your session has ended', { exact: false }).waitFor({ state: 'detached' });
  }
}, 300_000);

it('wait for a slow network, and are sent once', async () => {
  const { page, go } = owner;
  await go('teams');
  const form = await shown(page, { place: 'teams', open: 'New team', fields: {}, submit: 'New team' });
  await form.getByLabel('Name', { exact: true }).fill('Slow');
  let sent = 0;
  const { promise: arrived, resolve: letThrough } = Promise.withResolvers<void>();
  await page.route(CHANGES, async (route) => {
    if (route.request().method() === 'GET') return route.fallback();
    sent += 1;
    await arrived;
    return route.continue();
  });
  const submit = form.getByRole('button', { name: 'New team', exact: true });
  await submit.click();
  await expect.poll(() => submit.getAttribute('data-loading')).toBe('true');
  await form.getByLabel('Name', { exact: true }).press('Enter');
  expect([sent, await form.getByLabel('Name', { exact: true }).inputValue()]).toEqual([1, 'Slow']);
  letThrough();
  await page.getByRole('heading', { level: 1, name: 'Slow' }).waitFor();
  expect(sent).toBe(1);
});

it('send once what is pressed twice', async () => {
  const { page, go, api } = owner;
  await go('invitations');
  const requests: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') requests.push(request.url());
  });
  for (const press of ['button', 'key'] as const) {
    await go('teams');
    const form = await shown(page, { place: 'teams', open: 'New team', fields: {}, submit: 'New team' });
    await form.getByLabel('Name', { exact: true }).fill(`Twice by ${press}`);
    if (press === 'button') await form.getByRole('button', { name: 'New team', exact: true }).dblclick();
    else await page.evaluate(TWICE);
    await page.getByRole('heading', { level: 1, name: `Twice by ${press}` }).waitFor();
  }
  expect(requests.filter((url) => url.endsWith('/teams'))).toHaveLength(2);
  expect(await api('GET', '/teams?search=Twice')).toMatchObject({ total: 2 });
  expect(owner.complaints).toEqual([]);
}, 120_000);

it('say what is wrong with a domain that is there already, and with a day that is none', async () => {
  const { page, go, api } = owner;
  await api('POST', '/domains', { name: 'twice.example' });
  await go('domains');
  const form = await shown(page, { place: 'domains', open: 'Add domain', fields: {}, submit: 'Add domain' });
  const name = form.getByLabel('Domain', { exact: true });
  await name.fill('Twice.Example');
  await form.getByRole('button', { name: 'Add domain', exact: true }).click();
  await form.getByText('twice.example is in the list of domains already', { exact: false }).waitFor();
  expect([await name.inputValue(), await name.getAttribute('aria-invalid')]).toEqual([
    'Twice.Example',
    'true',
  ]);
  await go('audit?since=2026-02-31');
  await page.getByText('“2026-02-31” is no day', { exact: false }).waitFor();
  await expect.poll(() => page.getByRole('table').count()).toBe(0);
});

/** Fills a field and presses; what is said of the field then. */
async function refusedAt(scope: Locator, label: string, value: string, press: string): Promise<string> {
  const field = scope.getByLabel(label, { exact: true });
  await field.fill(value);
  await scope.getByRole('button', { name: press, exact: true }).click();
  await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
  expect(await field.inputValue()).toBe(value);
  const ids = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
  const said = await Promise.all(ids.map((id) => scope.page().locator(`[id="${id}"]`).textContent()));
  return said.join(' ');
}

it('say at its field what a connection cannot be, and warn before sign-ins make no accounts', async () => {
  const { page, go, complaints } = owner;
  await made('/connections', { name: 'Taken', kind: 'oidc' });
  const id = await made('/connections', { name: 'Refused', kind: 'saml' });
  await go(`sso/${id}`);
  const main = page.getByRole('main');
  const far = `https://idp.test/${'x'.repeat(2000)}`;
  expect(await refusedAt(main, 'Address of the metadata', far, 'Fetch and apply')).toContain('2,000');
  await page.getByText('Enter by hand').click();
  await main.getByLabel('Entity ID of the identity provider').fill('https://idp.test/entity');
  await main.getByLabel('Sign-in address of the identity provider').fill('https://idp.test/sso');
  const certificate = (value: string) => refusedAt(main, 'Signing certificate', value, 'Save the values');
  expect(await certificate('')).toContain('Paste the signing certificate.');
  expect(await certificate('x'.repeat(70_000))).toMatch(/at most [\d,]+ characters/);
  await main.getByLabel('Signing certificate').fill(IDP_ONE.certificate);
  const address = 'Sign-in address of the identity provider';
  expect(await refusedAt(main, address, 'http://idp.test/sso', 'Save the values')).toContain('https');
  expect(await main.getByLabel('Signing certificate').inputValue()).toBe(IDP_ONE.certificate);

  await go(`sso/${id}/sign-in`);
  expect(await refusedAt(main, 'Name', 'Taken', 'Save')).toContain('a connection of that name already');
  await main.getByLabel('Make accounts at first sign-in').uncheck();
  await page.getByText('everybody else reads “Access denied”', { exact: false }).waitFor();
  await page.getByText('SCIM is off as well', { exact: false }).waitFor();
  expect(await owner.api('GET', `/connections/${id}`)).toMatchObject({ name: 'Refused', jit: true });

  await go('sso');
  await main.getByRole('button', { name: 'Accept a connection' }).click();
  const dialog = page.getByRole('dialog');
  expect(await refusedAt(dialog, 'Connection ID', 'none', 'Accept a connection')).toContain(
    'This is not a connection id.',
  );
  expect(complaints).toEqual([]);
});
