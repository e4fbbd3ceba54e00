import { expect, test } from 'vitest';
import { accessPoliciesSchema } from '../../src/shared/contracts/access-policies.ts';
import { consoleForFile, type OpenConsole } from './open-console.ts';

const { hub, visit } = consoleForFile();

const present = async ({ api }: OpenConsole) =>
  accessPoliciesSchema.parse(await api('GET', '/access-policies'));

test('an owner allows registries and kinds of images; what is wrong is named before it is sent', async () => {
  await visit('owner', async (opened) => {
    const { page, go } = opened;
    await go('access');
    await page.getByText('Delivered, not enforced yet').waitFor();
    await page.getByLabel('Registries that may be used').selectOption('only');
    const hosts = page.getByRole('textbox', { name: 'Allowed registries' });
    expect(await hosts.inputValue()).toBe('docker.io');
    await hosts.fill('docker.io\nhttps://registry.acme.example');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('“https://registry.acme.example”: This must be a host name').waitFor();
    expect((await present(opened)).version).toBe(0);
    await hosts.fill('docker.io\nregistry.acme.example');
    await page.getByText('2 registries', { exact: true }).waitFor();
    await page.getByLabel('Images that may be used').selectOption('only');
    await page.getByLabel('Verified publishers').uncheck();
    await page.getByRole('textbox', { name: 'Repositories that are always allowed' }).fill('bitnami/redis');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. Devices receive it').waitFor();
    expect(await present(opened)).toMatchObject({
      registries: { hosts: ['docker.io', 'registry.acme.example'] },
      images: { classes: ['organization', 'official'], repositories: ['bitnami/redis'] },
    });
  });
});

test('what was typed outlives a reload and a dead network', async () => {
  await visit('owner', async (opened) => {
    const { page, go, context } = opened;
    await go('access');
    const hosts = page.getByRole('textbox', { name: 'Allowed registries' });
    await hosts.fill('kept.example');
    await page.reload();
    expect(await hosts.inputValue()).toBe('kept.example');
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The hub cannot be reached.').first().waitFor();
    expect(await hosts.inputValue()).toBe('kept.example');
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. Devices receive it').waitFor();
    expect((await present(opened)).registries).toEqual({ hosts: ['kept.example'] });
  });
});

test('two owners at once: the second sees what the first did, and decides', async () => {
  await visit('owner', async (opened) => {
    const { page, go, api } = opened;
    await go('access');
    const hosts = page.getByRole('textbox', { name: 'Allowed registries' });
    await hosts.fill('mine.example');
    await api(
      'PATCH',
      '/access-policies',
      { registries: { hosts: ['theirs.example'] } },
      { 'if-match': '*' },
    );
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('changed this meanwhile').waitFor();
    await page.getByText('In force now: registries: theirs.example').waitFor();
    expect(await hosts.inputValue()).toBe('mine.example');
    await page.getByRole('button', { name: 'Save mine over it' }).click();
    await page.getByText('Saved. Devices receive it').waitFor();
    expect((await present(opened)).registries).toEqual({ hosts: ['mine.example'] });
  });
});

test('an editor reads it and cannot change it', async () => {
  await visit('owner', async ({ api }) => {
    const found = (await api('GET', `/members?search=${hub.said.designerEmail}`)) as {
      members: { userId: string }[];
    };
    await api('PATCH', `/members/${found.members[0]?.userId}`, { role: 'editor' });
  });
  await visit('designer', async ({ page, go }) => {
    await go('access');
    await page.getByText('Only owners can change this.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Allowed registries' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
  });
});
