import type { Page } from '@playwright/test';
import type { ConsoleHub, OpenConsole } from '../../test/console/open-console.ts';
import type { Album } from './album.ts';
import { change, make } from './world.ts';

const LONG = 'Workstations of the engineering, research and quality assurance offices in the north';

/** What happens to a policy: typed, refused, overtaken, simulated, rolled out, compared, deleted, restored. */
export async function takePolicyStates(album: Album, hub: ConsoleHub, { page, go, api }: OpenConsole) {
  const [button, dialog] = hands(page);
  const take = (name: string, reach: () => Promise<unknown>) => album.reach(page, name, reach);
  const policy = `policies/${hub.said.defaultPolicyId}`;

  for (const [name, place, press] of [
    ['new', 'policies', 'New policy'],
    ['order', 'policies', 'Order'],
    ['rename', policy, 'Rename'],
    ['duplicate', policy, 'Duplicate'],
    ['delete', policy, 'Delete'],
  ] as const) {
    await take(`policy-dialog-${name}`, async () => {
      await go(place);
      await button(press).click();
      await dialog.waitFor();
    });
  }
  await take('policy-dialog-import-problems', async () => {
    await go('policies');
    await button('New policy').click();
    await dialog.getByLabel('Begin with').selectOption({ label: 'An admin-settings.json' });
    await dialog
      .getByLabel('Document')
      .fill(
        '{\n  "configurationFileVersion": 2,\n  "exposeDockerAPIOnTCP2375": { "locked": "yes", "value": 3 },\n  "enhancedContainerIsolaton": {}\n',
      );
    await dialog.getByLabel('Name').fill('Imported');
    await dialog.getByText('Line', { exact: false }).first().waitFor();
  });
  await take('policy-all', () => go(policy));
  await take('policy-found', () => go(`${policy}?search=proxy`));
  await take('policy-none', () => go(`${policy}?search=nothing-like-that`));
  await take('policy-unsaved', async () => {
    await go(`${policy}?search=memory`);
    await page.locator('[data-setting="memoryMiB"] select').selectOption('locked');
    await page.locator('[data-setting="memoryMiB"] input').fill('4096');
  });
  await take('simulate-result', async () => {
    await page.getByRole('link', { name: 'Simulate first' }).click();
    await button('Simulate').click();
    await page.getByRole('table', { name: 'By device' }).waitFor();
  });
  await take('compare-draft', () => go(`${policy}/compare`));
  await take('rollout-start', () => go(`${policy}/rollout`));
  await take('policy-overtaken', async () => {
    const document = { configurationFileVersion: 2, analyticsEnabled: { locked: true, value: false } };
    await change(api, 'PATCH', `/${policy}`, { document, reason: 'Somebody else was here' });
    await go(policy);
    await page.getByText('Somebody else saved revision 2').waitFor();
  });
  await take('policy-invalid', async () => {
    await button('Keep mine, over theirs').click();
    await go(`${policy}?search=memory`);
    await page.locator('[data-setting="memoryMiB"] input').fill('12');
    await page.getByRole('alert').first().waitFor();
  });
  await take('rollout-running', async () => {
    await page.locator('[data-setting="memoryMiB"] input').fill('4096');
    await go(`${policy}/rollout`);
    await page.getByLabel('Share of the members').fill('50');
    await button('Start the roll-out').click();
    await button('Pause').waitFor();
  });
  await take('rollout-paused', async () => {
    await button('Pause').click();
    await page.getByText('nobody new gets it').waitFor();
  });
  await take('rollout-paused-widen', async () => {
    await page.getByLabel('Share of the members').fill('70');
    await button('Apply').click();
    await page.getByText('nobody new can get it', { exact: false }).waitFor();
  });
  for (const press of ['Give it to everyone', 'Roll back']) {
    await take(`rollout-dialog-${press === 'Roll back' ? 'back' : 'everyone'}`, async () => {
      await go(`${policy}/rollout`);
      await button(press).click();
      await dialog.waitFor();
    });
  }
  await change(api, 'POST', `/${policy}/rollback`, { reason: 'Not yet' });
  await take('compare-revisions', () => go(`${policy}/compare?with=1`));
  await take('history-many', () => go(`${policy}/history`));
  await take('history-dialog-back', async () => {
    await button('Roll back to revision 1').click();
    await dialog.waitFor();
  });
  await take('exceptions-typed', async () => {
    await go(`${policy}/exceptions`);
    await button('Allow another setting').click();
    await button('Save').click();
    await page.getByRole('alert').first().waitFor();
  });
  await take('assigned-lines', async () => {
    await go(`policies/${hub.said.userPolicyId}/assigned`);
    await page
      .getByLabel('E-mail addresses')
      .fill(`${hub.said.designerEmail}\nnobody@acme.example\nnot an address\n${hub.said.designerEmail}`);
    await button('Look at each line').click();
    await page.getByRole('table', { name: 'What happens to each line' }).waitFor();
  });
  const long = await make(api, '/policies', {
    name: LONG,
    description: `${LONG}, and of their guests`,
    document: {},
  });
  await take('policy-empty-long-name', () => go(`policies/${long}?set=1`));
  await take('policies-many', async () => {
    for (let index = 0; index < 60; index += 1)
      await change(api, 'POST', '/policies', { name: `Project ${index + 1}`, document: {} });
    const gone = await make(api, '/policies', { name: 'Of last year', document: {} });
    await change(api, 'DELETE', `/policies/${gone}`);
    await go('policies');
  });
  await take('policy-dialog-restore', async () => {
    await button('Restore “Of last year”').click();
    await dialog.waitFor();
  });
  await take('policies-none', () => go('policies?search=nothing-like-that'));
  for (const rest of await policiesOf(api, 'Project')) await change(api, 'DELETE', `/policies/${rest}`);
}

async function policiesOf(api: OpenConsole['api'], search: string): Promise<readonly string[]> {
  const answer = await api('GET', `/policies?limit=500&search=${search}`);
  return JSON.stringify(answer).match(/(?<="id":")[0-9a-f-]{36}/g) ?? [];
}

/** A button of the page by its name, and the dialog. */
export function hands(page: Page) {
  return [
    (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).first(),
    page.getByRole('dialog'),
  ] as const;
}
