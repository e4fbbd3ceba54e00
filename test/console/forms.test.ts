import type { Browser, Locator, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { type ConsoleHub, type OpenConsole, openConsole, startConsoleHub } from './open-console.ts';

/*
 * Forms when the network fails: whatever was typed is there still, with the reason, and the same press of the button
 * works once the hub is back.
 */

let hub: ConsoleHub;
let browser: Browser;
let owner: OpenConsole;
beforeAll(async () => {
  [hub, browser] = await Promise.all([startConsoleHub(), launchBrowser()]);
  owner = await openConsole(browser, hub, 'owner');
});
afterEach(() => owner.context.setOffline(false));
afterAll(async () => {
  await owner?.close();
  await browser?.close();
  await hub?.stop();
});

interface Form {
  readonly place: string;
  /** The button that opens it in a dialog; left out, it stands in the page. */
  readonly open?: string;
  /** What is typed, by label; none: a question whose answer is the button. */
  readonly fields: Readonly<Record<string, string>>;
  readonly submit: string;
  /** What has to be unfolded first. */
  readonly unfold?: string;
}

const forms = (): readonly Form[] => {
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
    { place: `${connection}/sign-in`, fields: { 'Default team': 'Cut off' }, submit: 'Save' },
  ];
};

async function shown(page: Page, form: Form): Promise<Locator> {
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

it('keep what was typed, say why, and work at the next press', async () => {
  const { page, context, go } = owner;
  for (const form of forms()) {
    await go(form.place);
    const place = await shown(page, form);
    for (const [label, text] of Object.entries(form.fields))
      await place.getByLabel(label, { exact: true }).fill(text);
    const typed = await valuesOf(place);
    expect(typed).toEqual(expect.arrayContaining(Object.values(form.fields)));
    const submit = place.getByRole('button', { name: form.submit, exact: true });
    await context.setOffline(true);
    await submit.click();
    await place.getByText('The hub cannot be reached.', { exact: false }).waitFor();
    expect([form.place, form.open, await valuesOf(place)]).toEqual([form.place, form.open, typed]);
    await context.setOffline(false);
    const answered = page.waitForResponse(
      (response) => response.request().method() !== 'GET' && response.url().includes('/v1/orgs/'),
    );
    await submit.click();
    expect([form.place, form.open, (await answered).status() < 300]).toEqual([form.place, form.open, true]);
    await page
      .getByText('The hub cannot be reached.', { exact: false })
      .first()
      .waitFor({ state: 'detached' });
  }
}, 240_000);

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
