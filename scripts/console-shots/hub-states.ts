import type { OpenConsole } from '../../test/console/open-console.ts';
import type { Album } from './album.ts';
import { hands } from './policy-states.ts';
import { change } from './world.ts';

/** The hub's own affairs: tokens, keys, changes, the organization; and what is shown when it does not answer well. */
export async function takeHubStates(album: Album, { page, go, api }: OpenConsole) {
  const [button, dialog] = hands(page);
  const take = (name: string, reach: () => Promise<unknown>) => album.reach(page, name, reach);
  const inDialog = (name: string) => dialog.getByRole('button', { name, exact: true });
  const answer = (status: number, code: string, message: string, help?: string) =>
    page.route('**/v1/orgs/**', (route) =>
      route.fulfill({ status, json: { error: { code, message, help } } }),
    );

  await take('token-dialog-new', async () => {
    await go('tokens');
    await button('New token').click();
    await inDialog('New token').click();
    await dialog.getByRole('alert').first().waitFor();
  });
  await take('token-dialog-step-up', async () => {
    await go('tokens');
    await button('New token').click();
    await dialog.getByLabel('Name').fill('Typed before');
    await page.route('**/v1/orgs/*/tokens', (route) =>
      route.request().method() === 'GET'
        ? route.fallback()
        : route.fulfill({
            status: 403,
            json: { error: { code: 'recent_sign_in_required', message: 'Too long ago.' } },
          }),
    );
    await inDialog('New token').click();
    await dialog.getByText('Confirm first that it is you').waitFor();
  });
  await take('token-dialog-ended', async () => {
    await page.route('**/v1/orgs/*/tokens', (route) =>
      route.request().method() === 'GET'
        ? route.fallback()
        : route.fulfill({ status: 401, json: { error: { code: 'unauthenticated', message: 'No.' } } }),
    );
    await inDialog('New token').click();
    await dialog.getByText('Your session has ended').waitFor();
  });
  await take('token-once', async () => {
    await inDialog('New token').click();
    await page.getByText('Copy it now').waitFor();
  });
  await take('token-dialog-revoke', async () => {
    await go('tokens');
    await button(/^Revoke “/).click();
    await dialog.waitFor();
  });
  await take('key-dialog-rotate', async () => {
    await go('keys');
    await button('Rotate the key').click();
    await dialog.waitFor();
  });
  await take('keys-two', async () => {
    await inDialog('Rotate the key').click();
    await dialog.waitFor({ state: 'detached' });
  });
  await take('audit-dialog', async () => {
    await change(api, 'PATCH', '', { displayName: 'Acme Works', refreshSeconds: 1200 });
    await go('audit?action=organization.');
    await button(/^Show organization.update/).click();
    await dialog.waitFor();
  });
  await take('audit-none', () => go('audit?search=nobody-like-that'));
  await take('audit-no-day', async () => {
    await go('audit?since=2026-02-31');
    await page.getByText('“2026-02-31” is no day', { exact: false }).waitFor();
  });
  await take('link-unreadable', async () => {
    await go('members?cursor=cut-off');
    await page.getByText('This link cannot be read').waitFor();
  });
  await take('domain-dialog-twice', async () => {
    await change(api, 'POST', '/domains', { name: 'twice.example' });
    await go('domains');
    await button('Add domain').click();
    await dialog.getByLabel('Domain', { exact: true }).fill('twice.example');
    await inDialog('Add domain').click();
    await dialog.getByText('is in the list of domains already', { exact: false }).waitFor();
  });
  await take('organization-overtaken', async () => {
    await go('organization');
    await page.getByLabel('Display name').fill('Mine');
    await change(api, 'PATCH', '', { displayName: 'Acme', refreshSeconds: 900 });
    await page.getByText('Somebody else changed this meanwhile').waitFor();
  });
  await take('access-lists', async () => {
    await go('access');
    await page.getByLabel('Registries that may be used').selectOption('only');
    await page.getByLabel('Allowed registries').fill('docker.io\nnot a host/');
    await page.getByLabel('Images that may be used').selectOption({ index: 1 });
    await button('Save').click();
    await page.getByRole('alert').first().waitFor();
  });
  await take('organization-long', async () => {
    await change(api, 'PATCH', '', {
      displayName: 'The Acme Company for Works of Every Kind, Research, Engineering and Trade, Limited',
      contact: {
        name: 'The people of the help desk',
        url: 'https://help.example.com/a/rather/long/path/to/it',
      },
    });
    await go('');
  });
  await change(api, 'PATCH', '', { displayName: 'Acme' });

  const pages = ['', 'members', 'compliance', 'audit', 'organization', 'domains'];
  for (const place of pages) {
    const name = place === '' ? 'overview' : place;
    await take(`${name}-loading`, async () => {
      await page.route('**/v1/orgs/acme/**', () => undefined);
      await page.goto(`/o/acme/${place}`);
      await page.getByRole('status', { name: 'Loading…' }).first().waitFor();
    });
    await take(`${name}-failed`, async () => {
      await answer(
        500,
        'internal',
        'Something went wrong in the hub (reference 7F3A).',
        'Try again; if it stays, give the reference to whoever runs the hub.',
      );
      await go(place);
      await page.getByText('reference 7F3A').first().waitFor();
    });
    await take(`${name}-unreachable`, async () => {
      await page.route('**/v1/orgs/acme/**', (route) => route.abort());
      await go(place);
      await page.getByText('The hub cannot be reached.').first().waitFor();
    });
  }
  await take('refused', async () => {
    await answer(403, 'forbidden', 'Only owners may see this.', 'Ask an owner of the organization.');
    await go('tokens');
    await page.getByText('Only owners may see this.').first().waitFor();
  });
  await take('nobody-there', () => go('members/00000000-0000-4000-8000-000000000000'));
  await take('unreachable-at-all', async () => {
    await page.route('**/v1/**', (route) => route.abort());
    await page.goto('/o/acme');
    await page.getByText('The hub cannot be reached.').first().waitFor();
  });
}
