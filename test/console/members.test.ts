import type { Page } from '@playwright/test';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { consoleForFile, type OpenConsole } from './open-console.ts';

const { hub, open, visit: visitAs } = consoleForFile();
const visit = (act: (opened: OpenConsole) => Promise<void>) => visitAs('owner', act);

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('many members at once: chosen across a filter, with progress that a reload does not lose', async () => {
  await visit(async ({ page, go, api }) => {
    for (let index = 0; index < 60; index += 1)
      await api('POST', '/members', { email: `crew${index}@ship.example`, name: `Crew ${index}` });
    await api('POST', '/teams', { name: 'Crew' });
    await go('members?domain=ship.example');
    await page.getByText('60 members', { exact: true }).waitFor();
    await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
    await page.getByText('50 members chosen').waitFor();
    await page.getByRole('checkbox', { name: 'Choose crew0@ship.example' }).uncheck();
    await page.getByText('49 members chosen').waitFor();
    await button(page, 'Choose all 60 that match').click();
    await page.getByText('60 members chosen').waitFor();
    await button(page, 'Change role').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('New role').selectOption('editor');
    await dialog.getByRole('button', { name: 'Change role' }).click();
    // At once, in the middle of it.
    await page.waitForURL(/[?&]job=/);
    await page.reload();
    await page.getByRole('progressbar', { name: 'Changing roles to Editor' }).waitFor();
    await page.getByText('60 of 60 done').waitFor();
    await page.getByRole('row', { name: /crew10@ship.example.*Editor/ }).waitFor();
    await button(page, 'Close').click();
    await page.getByLabel('Role', { exact: true }).selectOption('owner');
    await page.getByRole('row', { name: /crew/ }).first().waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('domain')).toBe('ship.example');
  });
});

test('the last owner stays, and the list says for whom it was refused', async () => {
  await visit(async ({ page, go }) => {
    await go(`members?search=${hub.said.ownerEmail}`);
    await page.getByRole('checkbox', { name: `Choose ${hub.said.ownerEmail}` }).check();
    await button(page, 'Remove').click();
    await page.getByText('They lose their places in teams').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Refused for 1 member').first().waitFor();
    await page.getByText('is the last owner').waitFor();
    // What became of it stays to be read on a page that belongs to the members.
    await page.getByRole('link', { name: 'Bulk changes' }).click();
    await page.waitForURL('**/member-jobs');
    await page.locator('a[aria-current="page"]', { hasText: 'Members' }).waitFor();
  });
});

test('invitations: a file looked at line by line first, links to hand over, sent again, revoked', async () => {
  await visit(async ({ page, go }) => {
    await go('invitations');
    await button(page, 'Invite').click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type="file"]').setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        `name,email\nNew,new@ship.example\nWrong,not an address\nAgain,NEW@ship.example\nDana,${hub.said.developerEmail}\n`,
      ),
    });
    await dialog.getByRole('button', { name: 'Check' }).click();
    const lines = dialog.getByRole('table', { name: 'What happens to each line' });
    await lines.getByRole('row', { name: /not an address 3 Not an e-mail address/ }).waitFor();
    await lines.getByRole('row', { name: /4 Stands here twice/ }).waitFor();
    await lines.getByRole('row', { name: /5 Is a member already/ }).waitFor();
    await dialog.getByLabel('Role').selectOption('editor');
    await dialog.getByRole('button', { name: 'Check' }).click();
    await dialog.getByRole('button', { name: 'Invite 1 person' }).click();
    await page.getByText('1 person was invited.').waitFor();
    const link = await dialog.locator('code').textContent();
    expect(link).toContain('/invitations/');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('row', { name: /new@ship.example.*Editor/ }).waitFor();
    await button(page, 'Send again to new@ship.example').click();
    await page.getByText('A new link for new@ship.example').waitFor();
    expect((await fetch(link ?? '')).status).not.toBe(200);
    await button(page, 'Revoke the invitation of new@ship.example').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No open invitation').waitFor();
  });
});

test('a member’s page has sign-ins and changes; another page hears of a change at once', async () => {
  await visit(async ({ page, go, api }) => {
    const found = z.object({ members: z.array(z.object({ userId: z.string() })) });
    const { members } = found.parse(await api('GET', `/members?search=${hub.said.ownerEmail}`));
    await go(`members/${members[0]?.userId}`);
    await page
      .getByRole('table', { name: 'Sign-ins' })
      .getByRole('row', { name: /Browser.*Password/ })
      .first()
      .waitFor();
    await page.getByText('No device of theirs has reported yet.').waitFor();
    // Somebody else, signed in elsewhere, is signed out by name.
    const other = await open('developer');
    const developer = found.parse(await api('GET', `/members?search=${hub.said.developerEmail}`)).members[0];
    await go(`members/${developer?.userId}`);
    await page
      .getByRole('button', { name: /^End the session of / })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('They are signed in nowhere.').waitFor();
    await other.page.goto('/sign-in');
    await other.page.getByText('An owner of your organization ended this session').waitFor();
    await other.close();
    await go('teams');
    await page.getByRole('heading', { level: 1, name: 'Teams' }).waitFor();
    await api('POST', '/teams', { name: 'Made elsewhere' });
    await page.getByRole('link', { name: 'Made elsewhere' }).waitFor();
  });
});

test('members leave as CSV, with what the filter finds', async () => {
  await visit(async ({ page, go }) => {
    await go('members?domain=acme.example');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
    const lines = Buffer.concat(chunks).toString('utf8').trim().split('\r\n');
    expect(lines[0]).toBe('Name,Username,Email,Type,Role,Teams,Date Joined');
    expect(lines.slice(1).every((line) => line.includes('@acme.example'))).toBe(true);
  });
});

test('what was deleted just now is taken back with one click, also after a reload; a name that was taken is asked for', async () => {
  const made = z.object({ id: z.string() });
  await visit(async ({ page, go, api }) => {
    const team = made.parse(await api('POST', '/teams', { name: 'Deck hands' }));
    await go(`teams/${team.id}`);
    await button(page, 'Delete team').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/For 30 days you can restore it/).waitFor();
    await dialog.getByRole('button', { name: 'Delete team' }).click();
    await page.getByText('“Deck hands” was deleted.').waitFor();
    await page
      .getByRole('table', { name: 'Deleted' })
      .getByRole('row', { name: /Deck hands/ })
      .waitFor();
    await page.reload();
    await button(page, 'Undo').click();
    await page.getByRole('status').filter({ hasText: '“Deck hands” is back.' }).waitFor();
    await page.getByRole('link', { name: 'Deck hands' }).waitFor();
    expect(await button(page, 'Undo').count()).toBe(0);

    // Its name is taken in another tab meanwhile: that is said beside the button, and the list takes another name.
    await api('DELETE', `/teams/${team.id}`);
    await api('POST', '/teams', { name: 'Deck hands' });
    await button(page, 'Restore “Deck hands”').click();
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await dialog.getByText(/There is a team named "Deck hands" already/).waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Deck hands, old');
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('link', { name: 'Deck hands, old' }).waitFor();
  });
});

test('what one press takes from a person or a team, another brings back', async () => {
  await visit(async ({ page, go, api }) => {
    const made = z.object({ id: z.string() });
    const found = z.object({ members: z.array(z.object({ userId: z.string() })) });
    const email = hub.said.designerEmail;
    const { members } = found.parse(await api('GET', `/members?search=${email}`));
    const [userId] = members.map((member) => member.userId);
    const policy = made.parse(await api('POST', '/policies', { name: 'Given back', document: {} }));
    const team = made.parse(await api('POST', '/teams', { name: 'Painters' }));
    await api('PUT', `/teams/${team.id}/members/${userId}`);
    await api('PUT', `/teams/${team.id}/policy`, { policyId: policy.id });
    await api('PUT', `/members/${userId}/policy`, { policyId: policy.id });
    const away = async (name: string, said: string) => {
      await button(page, name).click();
      await button(page, name).waitFor({ state: 'detached' });
      await page.getByRole('status').filter({ hasText: said }).waitFor();
      await button(page, 'Undo').click();
      await button(page, name).waitFor();
      await page.getByText(said).waitFor({ state: 'detached' });
    };
    await go(`policies/${policy.id}/assigned`);
    await away(`Take away from ${email}`, `“${email}” does not have “Given back” any more`);
    await away('Take away from Painters', '“Painters” does not have “Given back” any more');
    await go(`teams/${team.id}`);
    await away(`Take out ${email}`, `“${email}” is not in “Painters” any more`);
    expect(await api('GET', `/members/${userId}`)).toMatchObject({
      teams: [{ id: team.id }],
      policy: { id: policy.id },
    });
    // Somebody else was faster with something else: theirs is not taken away by an old step back.
    await go(`policies/${policy.id}/assigned`);
    await button(page, `Take away from ${email}`).click();
    const other = made.parse(await api('POST', '/policies', { name: 'Of somebody else', document: {} }));
    await button(page, 'Undo').waitFor();
    await api('PUT', `/members/${userId}/policy`, { policyId: other.id });
    await button(page, 'Undo').click();
    await page.getByText('Of somebody else', { exact: false }).waitFor();
    expect(await api('GET', `/members/${userId}`)).toMatchObject({ policy: { id: other.id } });
  });
});
