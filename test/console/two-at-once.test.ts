import type { Page } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { IDP_ONE, IDP_TWO } from '../../src/hub/connections/test-certificates.ts';
import { consoleForFile, type OpenConsole } from './open-console.ts';

/*
 * Somebody types, somebody else saves meanwhile. What was typed stays, what changed is said, and whoever typed decides:
 * over theirs, or dropped. That the hub refuses it for every kind of thing is held in src/hub/two-at-once.test.ts.
 */

const { hub, open } = consoleForFile();
let owner: OpenConsole;
beforeAll(async () => {
  owner = await open('owner');
});
afterAll(async () => {
  await owner?.close();
});

interface Form {
  readonly place: string;
  readonly field: string;
  readonly mine: string;
  /** What somebody else sends meanwhile, and how the page says it. */
  readonly theirs: readonly [path: string, body: object, said: string];
  readonly submit: string;
  /** Where what was saved is read, and what it holds then. */
  readonly holds: object;
}

const forms = (): readonly Form[] => {
  const connection = `/connections/${hub.said.connectionId}`;
  return [
    {
      place: 'organization',
      field: 'Display name',
      mine: 'Mine',
      theirs: ['', { displayName: 'Theirs', refreshSeconds: 1200 }, '→ Theirs'],
      submit: 'Save',
      holds: { displayName: 'Mine', refreshSeconds: 1200 },
    },
    {
      place: `sso/${hub.said.connectionId}/sign-in`,
      field: 'Default team',
      mine: 'Mine',
      theirs: [connection, { defaultTeam: 'Theirs' }, 'Default team: nothing → Theirs'],
      submit: 'Save',
      holds: { defaultTeam: 'Mine' },
    },
  ];
};

async function typed(page: Page, { field, mine, submit }: Form) {
  const form = page.locator('form').filter({ has: page.getByLabel(field, { exact: true }) });
  await form.getByLabel(field, { exact: true }).fill(mine);
  return { form, button: form.getByRole('button', { name: submit, exact: true }) };
}

it('keeps what was typed, says what changed, and leaves the choice', async () => {
  const { page, go, api } = owner;
  for (const each of forms()) {
    const [path, body, said] = each.theirs;
    const before = await api('GET', path);
    await go(each.place);
    const { form, button } = await typed(page, each);
    await api('PATCH', path, body);
    await page.getByText('Somebody else changed this meanwhile').waitFor();
    await page.getByText(said, { exact: false }).waitFor();
    expect(await form.getByLabel(each.field, { exact: true }).inputValue()).toBe(each.mine);
    // Dropped: theirs stands in the field.
    await form.getByRole('button', { name: 'Drop mine' }).click();
    await page.getByText('Somebody else changed this meanwhile').waitFor({ state: 'detached' });
    expect(await form.getByLabel(each.field, { exact: true }).inputValue()).toBe('Theirs');
    // Kept: the first press is refused with the reason, the next one counts on what is there.
    await api('PATCH', path, pick(before, body));
    await go(each.place);
    await typed(page, each);
    await api('PATCH', path, body);
    await page.getByText('Somebody else changed this meanwhile').waitFor();
    await button.click();
    await page.getByText('changed this since you opened it', { exact: false }).waitFor();
    expect(await api('GET', path)).toMatchObject(body);
    await button.click();
    await expect.poll(() => api('GET', path)).toMatchObject(each.holds);
    await page.getByText('Somebody else changed this meanwhile').waitFor({ state: 'detached' });
  }
  expect(owner.complaints).toEqual([]);
}, 120_000);

it('the values of a SAML provider: what was typed goes beside what somebody else changed, and not over it', async () => {
  const { page, go, api } = owner;
  const values = {
    idpEntityId: 'https://idp.test/one',
    signInUrl: 'https://idp.test/sign-in',
    certificates: [IDP_ONE.certificate],
  };
  const body = { name: 'Two at once', kind: 'saml', saml: values };
  const { id } = z.object({ id: z.string() }).parse(await api('POST', '/connections', body));
  const theirs = { ...values, idpEntityId: 'https://idp.test/theirs', certificates: [IDP_TWO.certificate] };
  await go(`sso/${id}/set-up`);
  await page.getByText('Enter by hand', { exact: true }).click();
  const form = page
    .locator('form')
    .filter({ has: page.getByLabel('Sign-in address of the identity provider') });
  const entity = form.getByLabel('Entity ID of the identity provider');
  const address = form.getByLabel('Sign-in address of the identity provider');
  const save = form.getByRole('button', { name: 'Save the values', exact: true });
  await address.fill('https://idp.test/mine');
  await api('PATCH', `/connections/${id}`, { saml: theirs }, { 'if-match': '*' });
  await form.getByText('idp.test/one → https://idp.test/theirs', { exact: false }).waitFor();
  expect(await form.getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringContaining('Entity ID of the identity provider'),
    // Made out to whomever: the fingerprints differ.
    expect.stringMatching(
      /^Certificates of the identity provider: .+ \(([0-9a-f]{16})…\) → .+ \((?!\1)[0-9a-f]{16}…\)$/i,
    ),
  ]);
  expect(await address.inputValue()).toBe('https://idp.test/mine');
  await expect.poll(() => entity.inputValue()).toBe('https://idp.test/theirs');
  await save.click();
  await form.getByText('changed this since you opened it', { exact: false }).waitFor();
  await save.click();
  const view = z.object({ saml: z.object({ certificates: z.array(z.object({ pem: z.string() })) }) });
  await expect
    .poll(() => api('GET', `/connections/${id}`))
    .toMatchObject({ saml: { idpEntityId: theirs.idpEntityId, signInUrl: 'https://idp.test/mine' } });
  const { certificates } = view.parse(await api('GET', `/connections/${id}`)).saml;
  expect(certificates.map(({ pem }) => pem.replaceAll(/\s/g, ''))).toEqual([
    IDP_TWO.certificate.replaceAll(/\s/g, ''),
  ]);
  // Dropped: what was typed is gone, and what stands is shown.
  await form.getByText('Somebody else', { exact: false }).waitFor({ state: 'detached' });
  await address.fill('https://idp.test/again');
  await api('PATCH', `/connections/${id}`, { saml: theirs }, { 'if-match': '*' });
  await form.getByRole('button', { name: 'Drop mine' }).click();
  await expect.poll(() => address.inputValue()).toBe(values.signInUrl);
  await api('DELETE', `/connections/${id}`);
});

it('a name, and a step back, count on what was seen when the dialog opened', async () => {
  const { page, go, api } = owner;
  const dialog = page.getByRole('dialog');
  const made = z.object({ id: z.string() });
  const seen = { 'if-match': '*' };
  for (const [list, rest] of [
    ['policies', { document: {} }],
    ['teams', {}],
  ] as const) {
    const { id } = made.parse(await api('POST', `/${list}`, { name: `Named ${list}`, ...rest }));
    await go(`${list}/${id}`);
    await page.getByRole('button', { name: 'Rename', exact: true }).click();
    await dialog.getByLabel('Name', { exact: true }).fill(`Mine ${list}`);
    await api('PATCH', `/${list}/${id}`, { name: `Theirs ${list}` }, seen);
    await dialog.getByText(`Named ${list} → Theirs ${list}`, { exact: false }).waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('since you', { exact: false }).waitFor();
    expect(await api('GET', `/${list}/${id}`)).toMatchObject({ name: `Theirs ${list}` });
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: `Mine ${list}` }).waitFor();
  }
  const { id } = made.parse(await api('POST', '/policies', { name: 'Steps', document: {} }));
  await api('PATCH', `/policies/${id}`, { document: { memoryMiB: { value: 2048 } } }, seen);
  await go(`policies/${id}/history`);
  await page.getByRole('button', { name: 'Roll back to revision 1', exact: true }).click();
  await dialog.waitFor();
  await api('PATCH', `/policies/${id}`, { document: { memoryMiB: { value: 4096 } } }, seen);
  await page.getByText('Revision 3', { exact: true }).first().waitFor();
  const submit = dialog.getByRole('button', { name: 'Roll back', exact: true });
  await submit.click();
  await dialog.getByText('since you', { exact: false }).waitFor();
  expect(await api('GET', `/policies/${id}`)).toMatchObject({ revision: 3 });
  await submit.click();
  await expect.poll(() => api('GET', `/policies/${id}`)).toMatchObject({ revision: 4 });
}, 120_000);

/** Of what was answered, what `like` names. */
function pick(answered: unknown, like: object): object {
  const all: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(answered ?? {}));
  return Object.fromEntries(Object.keys(like).map((key) => [key, all[key]]));
}

it('puts policies in order by number, by Home and End, and lets nobody overwrite an order unseen', async () => {
  const { page, go, api } = owner;
  for (const name of ['Order A', 'Order B', 'Order C'])
    await api('POST', '/policies', { name, document: {} });
  await go('policies');
  await page.getByRole('button', { name: 'Order', exact: true }).click();
  const dialog = page.getByRole('dialog');
  const places = async () =>
    Promise.all(
      ['Order A', 'Order B', 'Order C'].map((name) => dialog.getByLabel(`Place of “${name}”`).inputValue()),
    );
  await dialog.getByLabel('Place of “Order C”').waitFor();
  const last = await dialog.getByRole('listitem').count();
  await expect.poll(places).toEqual([`${last - 2}`, `${last - 1}`, `${last}`]);
  await dialog.getByLabel('Place of “Order C”').fill('1');
  await dialog.getByLabel('Place of “Order C”').press('Enter');
  await expect.poll(places).toEqual([`${last - 1}`, `${last}`, '1']);
  await dialog.getByRole('button', { name: 'Move “Order B” up' }).press('Home');
  await expect.poll(places).toEqual([`${last}`, '1', '2']);
  await dialog.getByRole('button', { name: 'Move “Order B” up' }).press('End');
  await expect.poll(places).toEqual([`${last - 1}`, `${last}`, '1']);
  await dialog.getByLabel('Place of “Order A”').fill('many');
  await dialog.getByLabel('Place of “Order A”').press('Enter');
  await expect.poll(places).toEqual([`${last - 1}`, `${last}`, '1']);
  // Somebody else makes one meanwhile: the order here is kept, and what changed is said.
  await api('POST', '/policies', { name: 'Order D', document: {} });
  await page.getByText('Somebody else changed this meanwhile').waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('changed this since you opened it', { exact: false }).waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await api('GET', '/policy-order')).toMatchObject({
    policies: expect.arrayContaining([expect.objectContaining({ name: 'Order D' })]),
  });
  const order = JSON.stringify(await api('GET', '/policy-order'));
  expect(order.indexOf('Order C')).toBeLessThan(order.indexOf('Order A'));
  expect(order.indexOf('Order A')).toBeLessThan(order.indexOf('Order B'));
}, 120_000);

it('makes a default only in the place of the one that was shown, and moves a team from the policy it names', async () => {
  const { page, go, api } = owner;
  const made = async (name: string) =>
    z.object({ id: z.string() }).parse(await api('POST', '/policies', { name, document: {} })).id;
  const [mine, theirs] = [await made('Mine'), await made('Theirs')];
  await api('PUT', '/default-policy', { policyId: null });
  await go(`policies/${mine}/assigned`);
  await page.getByText('There is no default now.').waitFor();
  // The page is cut off from what happens meanwhile, as a press at the same moment is.
  const reads = '**/v1/orgs/acme/default-policy';
  const cutOff = Promise.withResolvers<void>();
  await page.route(reads, async (route) => {
    if (route.request().method() === 'GET') await cutOff.promise;
    // What the page asked in vain it may have given up.
    await route.continue().catch(() => undefined);
  });
  await api('PUT', '/default-policy', { policyId: theirs });
  await page.getByRole('button', { name: 'Make this the default' }).click();
  cutOff.resolve();
  await page.getByText('changed this since you opened it', { exact: false }).waitFor();
  await page.getByText('Now it is “Theirs”', { exact: false }).waitFor();
  expect(await api('GET', '/default-policy')).toMatchObject({ policyId: theirs });
  await page.getByRole('button', { name: 'Make this the default' }).click();
  await page.getByRole('button', { name: 'End being the default' }).waitFor();
  expect(await api('GET', '/default-policy')).toMatchObject({ policyId: mine });

  const team = z.object({ id: z.string() }).parse(await api('POST', '/teams', { name: 'Movers' }));
  await api('PUT', `/teams/${team.id}/policy`, { policyId: theirs });
  const panel = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Teams' }) });
  await panel.getByLabel('Team', { exact: true }).selectOption({ label: 'Movers' });
  await panel.getByText('“Theirs”', { exact: false }).waitFor();
  await panel.getByRole('button', { name: 'Assign', exact: true }).click();
  await panel.getByRole('link', { name: 'Movers' }).waitFor();
  expect(await api('GET', `/teams/${team.id}`)).toMatchObject({ policy: { id: mine, name: 'Mine' } });
  expect(owner.complaints).toEqual([]);
}, 120_000);

it('keeps what was typed of a roll-out that somebody else widens, and says why one cannot begin', async () => {
  const { page, go, api } = owner;
  const seen = { 'if-match': '*' };
  const { id } = z
    .object({ id: z.string() })
    .parse(await api('POST', '/policies', { name: 'On its way', document: {} }));
  const start = { document: { memoryMiB: { value: 2048 } }, percentage: 10 };
  await api('POST', `/policies/${id}/rollout`, start, seen);
  await go(`policies/${id}/rollout`);
  const share = page.getByLabel('Share of the members');
  const apply = page.getByRole('button', { name: 'Apply', exact: true });
  await share.fill('50');
  // Pausing is a change of the same policy, and none of what is typed.
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  expect(await page.getByText('Somebody else changed this meanwhile').count()).toBe(0);
  await api('PATCH', `/policies/${id}/rollout`, { percentage: 30 }, seen);
  await page.getByText('Share of the members (per cent): 10 → 30').waitFor();
  expect(await share.inputValue()).toBe('50');
  await apply.click();
  await page.getByText('since you', { exact: false }).waitFor();
  expect(await api('GET', `/policies/${id}`)).toMatchObject({ rollout: { percentage: 30 } });
  await apply.click();
  await expect.poll(() => api('GET', `/policies/${id}`)).toMatchObject({ rollout: { percentage: 50 } });
  await page.getByText('Somebody else changed this meanwhile').waitFor({ state: 'detached' });
  await page.locator('button[data-loading]').waitFor({ state: 'detached' });
  // Paused, it takes nobody new: said in the words of the page. What is typed while the answer is on its way stays.
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByRole('button', { name: 'Go on', exact: true }).waitFor();
  await share.fill('55');
  await apply.click();
  await page.getByText('Choose “Go on” first', { exact: false }).waitFor();
  expect([await page.getByText('--resume').count(), await share.inputValue()]).toEqual([0, '55']);
  await page.getByRole('button', { name: 'Go on', exact: true }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
  await page.locator('button[data-loading]').waitFor({ state: 'detached' });
  const held = Promise.withResolvers<void>();
  const sent = Promise.withResolvers<void>();
  await page.route('**/rollout', async (route) => {
    sent.resolve();
    await held.promise;
    await route.continue();
  });
  await apply.click();
  await sent.promise;
  await share.fill('58');
  held.resolve();
  await expect.poll(() => api('GET', `/policies/${id}`)).toMatchObject({ rollout: { percentage: 55 } });
  await page.locator('button[data-loading]').waitFor({ state: 'detached' });
  await page.unroute('**/rollout');
  expect(await share.inputValue()).toBe('58');
  await share.fill('60');
  await api('PATCH', `/policies/${id}/rollout`, { percentage: 70 }, seen);
  await page.getByRole('button', { name: 'Drop mine' }).click();
  await expect.poll(() => share.inputValue()).toBe('70');
  await api('POST', `/policies/${id}/rollback`, {}, seen);

  const memory = page.locator('[data-setting="memoryMiB"]');
  await go(`policies/${id}?search=memory`);
  await memory.locator('select').selectOption('locked');
  await memory.locator('input').fill('4096');
  await api('PATCH', `/policies/${id}`, { document: { memoryMiB: { value: 1024 } } }, seen);
  await page.getByRole('link', { name: 'Roll-out' }).click();
  await page.getByText(/Somebody else saved revision \d+ meanwhile\. Your change is kept here/).waitFor();
  expect(await page.getByRole('button', { name: 'Start the roll-out' }).isDisabled()).toBe(true);
  await page.getByRole('link', { name: 'Go on with it' }).first().click();
  await page.getByRole('button', { name: 'Drop mine' }).click();
  expect(owner.complaints).toEqual([]);
}, 120_000);
