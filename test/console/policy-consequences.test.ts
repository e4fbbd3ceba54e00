import type { Page } from '@playwright/test';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { overrideListSchema } from '../../src/shared/contracts/agent-api.ts';
import { policyListSchema, policySchema, teamSchema } from '../../src/shared/contracts/hub-api.ts';
import { desktopCatalog } from '../../src/shared/settings/desktop-catalog.ts';
import { type ReportingDevice, signInDevice } from './devices.ts';
import { consoleForFile, type OpenConsole } from './open-console.ts';

/* What a decision about a policy means for people and devices that are really there: before it, and taken back. */
const { hub, open } = consoleForFile();
let owner: OpenConsole;
let danas: ReportingDevice;
let daves: ReportingDevice;
beforeAll(async () => {
  [owner, danas, daves] = await Promise.all([
    open('owner'),
    signInDevice(hub, 'developer', 'Dana’s desk'),
    signInDevice(hub, 'designer', 'Dave’s laptop'),
  ]);
});

const label = (id: string) => desktopCatalog.byId.get(id)?.label ?? id;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const inDialog = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true });
const noComplaints = () => expect(owner.complaints).toEqual([]);

async function newPolicy(name: string, memoryMiB: number): Promise<string> {
  const document = { configurationFileVersion: 2, memoryMiB: { locked: true, value: memoryMiB } };
  return policySchema.parse(await owner.api('POST', '/policies', { name, document })).id;
}
const memberSchema = z.object({
  userId: z.string(),
  name: z.string(),
  policy: z.object({ id: z.string() }).nullable(),
});
async function memberOf(email: string) {
  const found = await owner.api('GET', `/members?search=${email}`);
  const [member] = z.object({ members: z.array(memberSchema) }).parse(found).members;
  if (member === undefined) throw new Error(`no member ${email}`);
  return member;
}
async function assign(email: string, policyId: string): Promise<void> {
  const { userId, policy } = await memberOf(email);
  const moveFrom = policy === null ? {} : { moveFrom: policy.id };
  await owner.api('PUT', `/members/${userId}/policy`, { policyId, ...moveFrom });
}

test('a simulation counts whose own choices it overrides and which devices cannot follow, and says so in their rows', async () => {
  const { page, go } = owner;
  const policyId = await newPolicy('Small machines', 2048);
  for (const email of [hub.said.developerEmail, hub.said.designerEmail]) await assign(email, policyId);
  const profiled = {
    id: 'swapMiB',
    source: 'configuration-profile' as const,
    locked: true,
    outcome: 'enforced' as const,
  };
  await danas.report({ choices: ['cpus'] });
  await daves.report({ settings: [profiled], catalogVersion: '0.0.1' });
  await go(`policies/${policyId}`);
  for (const [setting, value] of [
    ['cpus', '2'],
    ['swapMiB', '2048'],
  ] as const) {
    await page.locator(`[data-setting="${setting}"] select`).selectOption('locked');
    await page.locator(`[data-setting="${setting}"] input`).fill(value);
  }
  await page.getByRole('link', { name: 'Simulate first' }).click();
  await button(page, 'Simulate').click();
  await page.getByText('2 members are asked about (2 devices)').waitFor();
  await page.getByText('2 members notice a change on 2 devices').waitFor();
  await page.getByText('1 choice of users is overridden').waitFor();
  await page.getByText('1 device cannot apply all of it').waitFor();
  const rows = page.getByRole('table', { name: 'By device' });
  const [dana, dave] = [
    rows.getByRole('row', { name: /dana@.*Dana’s desk/ }),
    rows.getByRole('row', { name: /dave@.*Dave’s laptop/ }),
  ];
  // What somebody chose is theirs: the console is told that, and never what.
  await dana.getByText(`${label('cpus')}: what the device has → 2 cores, locked`).waitFor();
  await dana.getByText(`Overrides the user’s own choice: ${label('cpus')}`).waitFor();
  await dana.getByText(new RegExp(`${label('swapMiB')}: 1,024 MiB → 2,048 MiB, locked`)).waitFor();
  await dave.getByText('A configuration profile on the device decides these settings.').waitFor();
  await dave.getByText(/runs another version than the hub \(0\.0\.1\)/).waitFor();
  expect(await dave.getByText(`${label('swapMiB')}: `).count()).toBe(0);
  expect(await dave.getByText('Overrides the user’s own choice').count()).toBe(0);
  const settings = page.getByRole('table', { name: 'By setting' });
  await settings.getByRole('row', { name: new RegExp(`${label('cpus')}.*2 devices`) }).waitFor();
  await settings.getByRole('row', { name: new RegExp(`${label('swapMiB')}.*1 device`) }).waitFor();
  // Nothing of it was saved.
  expect(await owner.api('GET', `/policies/${policyId}`)).toMatchObject({ revision: 1 });
  // Without the change, and with the laptop updated and its profile gone, there is nothing left to say.
  await daves.report();
  await button(page, 'Discard').click();
  await button(page, 'Simulate').click();
  await page.getByText('Nothing would change for anybody.').waitFor();
  noComplaints();
});

test('who is in two teams receives the policy that stands first, and another after the order is changed', async () => {
  const { page, go, api } = owner;
  const dana = await memberOf(hub.said.developerEmail);
  if (dana.policy !== null) await api('DELETE', `/members/${dana.userId}/policy`);
  for (const [name, memoryMiB] of [
    ['Builders', 3072],
    ['Testers', 6144],
  ] as const) {
    const policyId = await newPolicy(`For ${name}`, memoryMiB);
    const team = teamSchema.parse(await api('POST', '/teams', { name }));
    await api('PUT', `/teams/${team.id}/members/${dana.userId}`);
    await api('PUT', `/teams/${team.id}/policy`, { policyId });
  }
  const memory = page.getByRole('table', { name: 'Effective policy' }).getByRole('row', { name: /Memory/ });
  await go(`members/${dana.userId}`);
  await memory.getByText('3,072 MiB').first().waitFor();
  await go('policies');
  await button(page, 'Order').click();
  const line = page.getByRole('dialog').getByRole('listitem');
  await line.filter({ hasText: /For Builders Builders/ }).waitFor();
  await line.filter({ hasText: /For Testers Testers/ }).waitFor();
  expect(await inDialog(page, 'Save').isDisabled()).toBe(true);
  await button(page, 'Move “For Testers” up').click();
  // Given up, it is as it was.
  await inDialog(page, 'Cancel').click();
  const order = async () =>
    policyListSchema
      .parse(await api('GET', '/policies'))
      .policies.map(({ name }) => name)
      .slice(-2);
  expect(await order()).toEqual(['For Builders', 'For Testers']);
  await button(page, 'Order').click();
  await button(page, 'Move “For Testers” up').click();
  await inDialog(page, 'Save').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await order()).toEqual(['For Testers', 'For Builders']);
  await go(`members/${dana.userId}`);
  await memory.getByText('6,144 MiB').first().waitFor();
  noComplaints();
});

test('an override in force is seen with its reason, and revoked: the device has it no longer', async () => {
  const { page, go, api } = owner;
  const policyId = await newPolicy('With a way out', 2048);
  await assign(hub.said.designerEmail, policyId);
  await api(
    'PUT',
    `/policies/${policyId}/exceptions`,
    { exceptions: [{ setting: 'memoryMiB', maxSeconds: 7200 }] },
    { 'if-match': '*' },
  );
  const inForce = async () => overrideListSchema.parse(await daves.ask('GET', 'overrides')).overrides;
  await go(`policies/${policyId}/exceptions`);
  await page.getByText('Nobody overrides anything.').waitFor();
  await daves.ask('POST', 'overrides', {
    ...{ deviceId: daves.deviceId, setting: 'memoryMiB', value: 8192 },
    ...{ seconds: 3600, reason: 'A large build before noon' },
  });
  // The open page hears of it by itself.
  const row = page
    .getByRole('table', { name: 'In force now' })
    .getByRole('row', { name: /dave@.*Memory.*8,192 MiB.*A large build before noon.*Not yet/ });
  await row.waitFor();
  const revoke = `Revoke ${label('memoryMiB')} of ${hub.said.designerEmail}`;
  await button(page, revoke).click();
  await page.getByRole('dialog').getByText('The value of the policy returns on their device').waitFor();
  await inDialog(page, 'Cancel').click();
  expect(await inForce()).toHaveLength(1);
  await button(page, revoke).click();
  await inDialog(page, 'Revoke').click();
  await page.getByText('Nobody overrides anything.').waitFor();
  expect(await inForce()).toEqual([]);
  await go('audit');
  await page
    .getByRole('row', { name: /override.*dave@/ })
    .first()
    .waitFor();
  noComplaints();
});
