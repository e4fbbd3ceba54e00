import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { parse } from 'plist';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { policySchema } from '../../src/shared/contracts/hub-api.ts';
import { organizationOverridesSchema } from '../../src/shared/contracts/hub-rollouts.ts';
import { consoleForFile, type OpenConsole } from './open-console.ts';

const { hub, visit: visitAs } = consoleForFile();
const visit = (act: (opened: OpenConsole) => Promise<void>) => visitAs('owner', act);

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const part = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Parts of the policy' }).getByRole('link', { name }).click();

/** A policy of its own for a test; `email`: who receives it. */
async function newPolicy({ api }: OpenConsole, name: string, email?: string) {
  const document = { configurationFileVersion: 2, analyticsEnabled: { locked: true, value: false } };
  const made = policySchema.parse(await api('POST', '/policies', { name, document }));
  if (email !== undefined) {
    const found = z.object({
      members: z.array(z.object({ userId: z.string(), policy: z.object({ id: z.string() }).nullable() })),
    });
    const { members } = found.parse(await api('GET', `/members?search=${email}`));
    const [member] = members;
    await api('PUT', `/members/${member?.userId}/policy`, {
      policyId: made.id,
      ...(member?.policy == null ? {} : { moveFrom: member.policy.id }),
    });
  }
  return made;
}
const read = async ({ api }: OpenConsole, id: string) =>
  policySchema.parse(await api('GET', `/policies/${id}`));

test('a draft outlives a reload; it is simulated before it is saved: who, from what to what', async () => {
  await visit(async (opened) => {
    const { page, go } = opened;
    const policy = await newPolicy(opened, 'Simulated', hub.said.developerEmail);
    await go(`policies/${policy.id}`);
    await page.locator('[data-setting="memoryMiB"] select').selectOption('locked');
    await page.locator('[data-setting="memoryMiB"] input').fill('4096');
    await page.getByRole('textbox', { name: 'Reason' }).fill('Room for builds');
    await page.reload();
    expect(await page.locator('[data-setting="memoryMiB"] input').inputValue()).toBe('4096');
    expect(await page.getByRole('textbox', { name: 'Reason' }).inputValue()).toBe('Room for builds');
    await page.getByRole('link', { name: 'Simulate first' }).click();
    await button(page, 'Simulate').click();
    await page.getByText('1 member notices a change').waitFor();
    // It is asked again by itself, and not after another page.
    await page.reload();
    await page.getByText('1 member notices a change').waitFor();
    const row = page
      .getByRole('table', { name: 'By device' })
      .getByRole('row', { name: hub.said.developerEmail });
    await row.getByText(/Memory.*4,?096 MiB, locked/).waitFor();
    await page.getByLabel('For whom').selectOption('default');
    await page.getByText('simulate again').waitFor();
    await button(page, 'Save as new revision').click();
    await page.getByText('Saved as revision 2.').waitFor();
    await button(page, 'Simulate').click();
    await page.getByRole('table', { name: 'By setting' }).getByText('Memory').waitFor();
  });
});

test('a change goes to some first, is paused, promoted, and taken back in one step', async () => {
  await visit(async (opened) => {
    const { page, go } = opened;
    const policy = await newPolicy(opened, 'Staged', hub.said.designerEmail);
    await go(`policies/${policy.id}`);
    await page.locator('[data-setting="analyticsEnabled"] select').selectOption('on');
    await part(page, 'Roll-out');
    await page.getByLabel('Share of the members').fill('400');
    await button(page, 'Start the roll-out').click();
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Share of the members').fill('0');
    await page.locator('form').getByRole('textbox', { name: 'Reason' }).first().fill('Try it on some');
    await button(page, 'Start the roll-out').click();
    await page.getByText('0 of 1 members').waitFor();
    expect((await read(opened, policy.id)).rollout).toMatchObject({ revision: 2, percentage: 0 });
    expect(await page.getByRole('region', { name: 'Unsaved' }).count()).toBe(0);
    await page.getByLabel('Share of the members').fill('100');
    await button(page, 'Apply').click();
    await page.getByText('1 of 1 members').waitFor();
    await button(page, 'Pause').click();
    await page.getByText('nobody new gets it').waitFor();
    await button(page, 'Go on').click();
    await button(page, 'Pause').waitFor();
    await button(page, 'Give it to everyone').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Give it to everyone' }).click();
    await page.getByRole('heading', { name: 'Roll out in stages' }).waitFor();
    expect((await read(opened, policy.id)).revision).toBe(2);
    await button(page, 'Roll back').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Too soon');
    await dialog.getByRole('button', { name: 'Roll back' }).click();
    await page.getByText('Revision 3', { exact: true }).waitFor();
    expect((await read(opened, policy.id)).document).toEqual(policy.document);
    await part(page, 'History');
    const history = page.getByRole('table', { name: 'History' });
    await history.getByRole('row', { name: /^3.*Too soon/ }).waitFor();
    await history.getByRole('row', { name: /^2.*Try it on some/ }).waitFor();
  });
});

test('what may be overridden is edited in the policy; two owners at once see each other', async () => {
  await visit(async (opened) => {
    const { page, go, api } = opened;
    const policy = await newPolicy(opened, 'With exceptions');
    await go(`policies/${policy.id}/exceptions`);
    await page.getByText('Nobody overrides anything.').waitFor();
    await button(page, 'Allow another setting').click();
    await button(page, 'Save').click();
    await page.getByRole('alert').getByText('Choose a setting.').waitFor();
    await page.getByLabel('Setting', { exact: true }).selectOption('memoryMiB');
    await page.getByText('Not locked by this policy').waitFor();
    await page.getByLabel('Setting', { exact: true }).selectOption('analyticsEnabled');
    await page.getByLabel('For at most (hours)').fill('1.5');
    await api(
      'PUT',
      `/policies/${policy.id}/exceptions`,
      { exceptions: [{ setting: 'theme', maxSeconds: 60 }] },
      { 'if-match': '*' },
    );
    // The page hears of it by itself, and no button can be pressed over the other's change before it was decided on.
    await page.getByText('Somebody else changed this policy meanwhile').waitFor();
    expect(await button(page, 'Save').isDisabled()).toBe(true);
    await button(page, 'Keep mine, over theirs').click();
    await button(page, 'Save').click();
    await page.getByText('Saved.', { exact: true }).waitFor();
    expect((await read(opened, policy.id)).exceptions).toEqual([
      { setting: 'analyticsEnabled', maxSeconds: 5400 },
    ]);
    expect(
      organizationOverridesSchema.parse(await api('GET', `/overrides?policyId=${policy.id}`)).overrides,
    ).toEqual([]);
  });
});

test('a policy is downloaded as each file, and as a signed bundle', async () => {
  await visit(async (opened) => {
    const { page, go } = opened;
    const policy = await newPolicy(opened, 'Exported');
    await go(`policies/${policy.id}/export`);
    const save = async (press: () => Promise<void>) => {
      const [download] = await Promise.all([page.waitForEvent('download'), press()]);
      return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
    };
    const admin = await save(() => page.getByRole('link', { name: 'Download: admin-settings.json' }).click());
    expect(admin.name).toBe('admin-settings.json');
    expect(JSON.parse(admin.content.toString('utf8'))).toEqual(policy.document);
    const profile = await save(() =>
      page.getByRole('link', { name: 'Download: Configuration profile' }).click(),
    );
    expect(profile.name).toBe('exported-1.mobileconfig');
    expect(parse(profile.content.toString('utf8'))).toMatchObject({
      PayloadContent: [{ settings: policy.document }],
    });
    const registry = await save(() => page.getByRole('link', { name: 'Download: Registry file' }).click());
    expect(registry.name).toBe('exported-1.reg');
    expect(registry.content.toString('utf16le')).toContain(
      '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mooring\\',
    );
    await page.getByLabel('Days until it ends').fill('0');
    await button(page, 'Sign and download').click();
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Days until it ends').fill('7');
    const bundle = await save(() => button(page, 'Sign and download').click());
    expect(bundle.name).toBe('policy.jws');
    const payload = JSON.parse(
      Buffer.from(bundle.content.toString('utf8').split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(payload).toMatchObject({ aud: 'mooring-agent-offline', sub: '*', org: 'acme' });
    await page.getByText('It ends in 7 days.').waitFor();
  });
});

test('a policy is renamed where it stands', async () => {
  await visit(async (opened) => {
    const { page, go } = opened;
    const policy = await newPolicy(opened, 'Old name');
    await go(`policies/${policy.id}`);
    await button(page, 'Rename').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('New name');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'New name' }).waitFor();
    expect((await read(opened, policy.id)).revision).toBe(1);
  });
});

test('a deleted policy stays in sight, and comes back to whoever had it, under a free name', async () => {
  await visit(async (opened) => {
    const { page, api, go } = opened;
    const policy = await newPolicy(opened, 'Thrown away', hub.said.developerEmail);
    await go(`policies/${policy.id}`);
    await button(page, 'Delete').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/For 30 days you can restore it/).waitFor();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    const deleted = page.getByRole('table', { name: 'Deleted' });
    await deleted.getByRole('row', { name: /Thrown away/ }).waitFor();
    expect(await page.getByRole('link', { name: 'Thrown away' }).count()).toBe(0);
    // Who follows an old link is told so, and gets to the list.
    await go(`policies/${policy.id}`);
    await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Policies' }).click();
    await deleted.waitFor();
    await newPolicy(opened, 'Thrown away');
    await button(page, 'Restore “Thrown away”').click();
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await dialog.getByText(/There is a policy named "Thrown away"/).waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Fetched back');
    await dialog.getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('status').filter({ hasText: '“Fetched back” is back. 1 user' }).waitFor();
    await page.getByRole('row', { name: /Fetched back/ }).waitFor();
    expect(await deleted.count()).toBe(0);
    const users = await api('GET', `/policies/${policy.id}/users`);
    expect(users).toMatchObject({ users: [{ email: hub.said.developerEmail }] });
  });
});

test('a file that no device would read is not imported either, with the same words', async () => {
  await visit(async ({ page, go }) => {
    await go('policies');
    await button(page, 'New policy').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Begin with').selectOption('import');
    const choose = (buffer: Buffer) =>
      dialog
        .locator('input[type="file"]')
        .setInputFiles({ name: 'admin-settings.json', mimeType: 'application/json', buffer });
    const text = '{ "memoryMiB": { "locked": true, "value": 2048 } }';
    await choose(Buffer.from(`\ufeff${text}`, 'utf16le'));
    await dialog.getByText('It is not UTF-8 text; it looks like UTF-16.').waitFor();
    const document = dialog.getByRole('textbox', { name: 'Document' });
    expect(await document.inputValue()).toBe('');
    await choose(Buffer.from(`\ufeff${text}`));
    await dialog.getByText('It begins with a byte-order mark').waitFor();
    expect(await dialog.getByText('looks like UTF-16').count()).toBe(0);
    await choose(Buffer.from('{\n  "memoryMiB": { "value": }\n}'));
    await dialog.getByText('Line 2, column 27').waitFor();
    // The browser would be busy for minutes with laying it out; nothing of it is put into the field.
    await choose(Buffer.from(`{${'\n'.repeat(5 * 1024 * 1024)}}`));
    await dialog.getByText('It is larger than 1 MiB, which no policy needs').waitFor();
    expect(await document.inputValue()).toBe('{\n  "memoryMiB": { "value": }\n}');
  });
});

test('a CSV file assigns a policy, after each of its lines was looked at', async () => {
  await visit(async (opened) => {
    const { page, api, go } = opened;
    await newPolicy(opened, 'Had before', hub.said.developerEmail);
    const policy = await newPolicy(opened, 'From a file');
    const lines = ['name,email', `D,${hub.said.developerEmail}`, 'N,nobody@acme.example', 'X,not an address'];
    const file = `${lines.join('\n')}\nE,${hub.said.designerEmail}\nD,${hub.said.developerEmail.toUpperCase()}\n`;
    await go(`policies/${policy.id}/assigned`);
    const choose = (text: string) =>
      page
        .getByLabel('CSV file of users')
        .setInputFiles({ name: 'users.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await choose(`email\n${'nobody@acme.example\n'.repeat(30_000)}`);
    await page.getByText('it is larger than 512 KiB', { exact: false }).waitFor();
    await choose(`email\n${'not an address\n'.repeat(300)}${hub.said.developerEmail}\n`);
    await page.getByText('The first 200 of 301 are shown.').waitFor();
    expect(await page.getByText('it is larger than 512 KiB', { exact: false }).count()).toBe(0);
    await button(page, 'Show 101 more').click();
    await page.getByText('The first 200', { exact: false }).waitFor({ state: 'detached' });
    await choose(file);
    const table = page.getByRole('table', { name: 'What happens to each line' });
    await table.getByRole('row', { name: /^2 .*Moves from “Had before”/ }).waitFor();
    await table.getByRole('row', { name: /^3 nobody@.*Not a member/ }).waitFor();
    await table.getByRole('row', { name: /^4 .*Not an e-mail address/ }).waitFor();
    await table.getByRole('row', { name: /^6 .*Is there twice/ }).waitFor();
    expect(await api('GET', `/policies/${policy.id}/users`)).toMatchObject({ users: [] });
    await page.getByRole('button', { name: /^Assign to \d users?$/ }).click();
    await page
      .getByRole('status')
      .filter({ hasText: /the policy now/ })
      .waitFor();
    const { users } = z
      .object({ users: z.array(z.object({ email: z.string() })) })
      .parse(await api('GET', `/policies/${policy.id}/users`));
    expect(users.map(({ email }) => email)).toContain(hub.said.developerEmail);
  });
});

test('a reason that the hub would not take is said at its field, wherever one is given', async () => {
  await visit(async (opened) => {
    const { page, api, go } = opened;
    const policy = await newPolicy(opened, 'With reasons');
    const document = { memoryMiB: { value: 2048 } };
    await api('PATCH', `/policies/${policy.id}`, { document }, { 'if-match': '*' });
    const refused = async (form: Page | Locator, submit: string) => {
      const reason = form.getByLabel('Reason');
      await reason.fill('x'.repeat(1001));
      await form.getByRole('button', { name: submit, exact: true }).click();
      await form.getByText('Enter at most 1,000 characters.').waitFor();
      expect(await reason.inputValue()).toHaveLength(1001);
    };
    const dialog = page.getByRole('dialog');
    await go(`policies/${policy.id}/history`);
    await button(page, 'Roll back to revision 1').click();
    await refused(dialog, 'Roll back');
    await go(`policies/${policy.id}/rollout`);
    await button(page, 'Roll back').click();
    await refused(dialog, 'Roll back');
    await go(`policies/${policy.id}?search=memory`);
    await page.locator('[data-setting="memoryMiB"] input').fill('4096');
    await refused(page, 'Save as new revision');
    await page.getByLabel('Reason').fill('Because');
    await button(page, 'Save as new revision').click();
    await page.getByText('Saved', { exact: false }).first().waitFor();
    expect(await read(opened, policy.id)).toMatchObject({ revision: 3 });
    await go(`policies/${policy.id}/assigned`);
    await page.getByLabel('E-mail addresses').fill(`${'a'.repeat(2000)}\n`.repeat(300));
    await button(page, 'Look at each line').click();
    await page.getByText('Enter at most 524,288 characters.').waitFor();
  });
});
