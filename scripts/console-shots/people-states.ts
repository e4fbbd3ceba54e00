import { z } from 'zod';
import type { ConsoleHub, OpenConsole } from '../../test/console/open-console.ts';
import type { Album } from './album.ts';
import { hands } from './policy-states.ts';
import { change, make } from './world.ts';

const LONG = 'an.address.of.eighty.characters.as.some.directories.make.them.up@post.acme.example';
const found = z.object({ members: z.array(z.object({ userId: z.string() })) });

/** Members, invitations, teams, devices: their dialogs, many of them, long names, work under way. */
export async function takePeopleStates(album: Album, hub: ConsoleHub, { page, go, api }: OpenConsole) {
  const [button, dialog] = hands(page);
  const take = (name: string, reach: () => Promise<unknown>) => album.reach(page, name, reach);
  const inDialog = (name: string) => dialog.getByRole('button', { name, exact: true });
  const team = await make(api, '/teams', {
    name: 'Workstations',
    description: 'Whoever has a desk of their own',
  });

  await take('member-dialog-add', async () => {
    await go('members');
    await button('Add member').click();
    await dialog.getByLabel('E-mail address').fill('not an address');
    await inDialog('Add member').click();
    await dialog.getByRole('alert').first().waitFor();
  });
  await take('member-added', async () => {
    await dialog.getByLabel('E-mail address').fill(LONG);
    await dialog
      .getByLabel('Name')
      .fill('Somebody whose name is as long as it is on the passport of theirs, and longer');
    await inDialog('Add member').click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('status').filter({ hasText: 'is a member now' }).waitFor();
  });
  const [long] = found.parse(await api('GET', '/members?search=eighty')).members;
  await take('member-long', () => go(`members/${long?.userId}`));
  for (const [name, press] of [
    ['remove', 'Remove member'],
    ['password', 'Password link'],
  ] as const) {
    await take(`member-dialog-${name}`, async () => {
      await go(`members/${long?.userId}`);
      await button(press).click();
      await dialog.waitFor();
    });
  }
  await take('members-many', async () => {
    for (let index = 0; index < 60; index += 1)
      await change(api, 'POST', '/members', { email: `crew${index}@ship.example`, name: `Crew ${index}` });
    await go('members');
  });
  await take('members-chosen', async () => {
    await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
    await page.getByText('50 members chosen').waitFor();
  });
  await take('members-dialog-role', async () => {
    await button('Change role').click();
    await dialog.waitFor();
  });
  await take('members-dialog-remove', async () => {
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await button('Remove').click();
    await dialog.waitFor();
  });
  await take('members-job', async () => {
    await go(`members?search=${hub.said.ownerEmail}`);
    await page.getByRole('checkbox', { name: `Choose ${hub.said.ownerEmail}` }).check();
    await button('Remove').click();
    await inDialog('Remove').click();
    await page.getByText('Refused for 1 member').first().waitFor();
  });
  await take('members-page-two', async () => {
    await go('members');
    await button('Next page').click();
    await page.waitForURL(/after|cursor|page/);
  });
  await take('member-jobs', () => go('member-jobs'));

  await take('invite-dialog', async () => {
    await go('invitations');
    await button('Invite').click();
    await dialog.waitFor();
  });
  await take('invite-dialog-checked', async () => {
    await dialog
      .getByLabel('E-mail addresses')
      .fill(`new@acme.example\n${LONG}\nnot an address\nnew@acme.example`);
    await inDialog('Check').click();
    await dialog.getByRole('table').waitFor();
  });
  await take('invite-dialog-done', async () => {
    await dialog.getByRole('button', { name: /^Invite 1 person/ }).click();
    await dialog.getByText('Invited', { exact: true }).first().waitFor();
  });
  await take('invitation-dialog-revoke', async () => {
    await go('invitations');
    await button('Revoke the invitation of new@acme.example').click();
    await dialog.waitFor();
  });
  await take('team-dialog-new', async () => {
    await go('teams');
    await button('New team').click();
    await inDialog('New team').click();
    await dialog.getByRole('alert').first().waitFor();
  });
  await take('team-members', async () => {
    await change(api, 'PUT', `/teams/${team}/members/${long?.userId}`);
    await go(`teams/${team}`);
    await page.getByRole('searchbox', { name: 'Search members' }).last().fill('crew');
    await button(/^Add: crew/).waitFor();
  });
  await take('team-dialog-delete', async () => {
    await go(`teams/${team}`);
    await button('Delete team').click();
    await dialog.waitFor();
  });
  await take('teams-none', () => go('teams?search=nothing-like-that'));
  await take('invitations-none', () => go('invitations?search=nothing-like-that'));
  await take('compliance-many', () => go('compliance'));
  await take('compliance-hidden', () => go('compliance?hide=1'));
}
