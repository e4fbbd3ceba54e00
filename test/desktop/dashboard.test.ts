import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policySchema } from '../../src/shared/contracts/hub-api.ts';
import {
  accountAnswerSchema,
  dashboardAnswerSchema,
  diagnosticsAnswerSchema,
  settingStateSchema,
} from '../../src/shared/contracts/local-api.ts';
import { makeMachine, type RunningAgent } from '../agent-at-hub.ts';
import { launchBrowser } from '../browser.ts';
import { manualClock } from '../manual-clock.ts';
import { type RealHub, signInAt, startRealHub } from '../real-hub.ts';
import { labelOf } from '../web/sample-settings.ts';
import { type Launcher, openLauncher } from './desktop.ts';

/*
 * The same pages on both grounds: in the app's own window over its bridge, and in a browser over the local API. Behind
 * both stands the whole agent, signed in at the hub itself.
 */
interface Ground {
  readonly page: Page;
  readonly ask: RunningAgent['ask'];
  /** Puts the file there that enforces sign-in. */
  enforceSignIn(content: unknown): Promise<void>;
  end(): Promise<void>;
}

const DOCUMENT = {
  configurationFileVersion: 2,
  theme: { locked: true, value: 'light' },
  memoryMiB: { locked: false, value: 3072 },
};

let hub: RealHub;
let browser: Browser;
let launcher: Launcher;

beforeAll(async () => {
  [hub, browser, launcher] = await Promise.all([startRealHub(), launchBrowser(), openLauncher()]);
  const made = await hub.owner('POST', '/policies', { name: 'Engineering', document: DOCUMENT });
  await hub.owner('PUT', '/default-policy', { policyId: policySchema.parse(made.body).id });
});
afterAll(async () => {
  await launcher?.close();
  await browser?.close();
  await hub?.stop();
});

/** The app with its window open. */
async function appWindow(): Promise<Ground> {
  const desktop = await launcher.launch();
  await desktop.until(({ menu }) => menu.some(({ id, enabled }) => id === 'sync' && enabled));
  await desktop.app.choose('open-settings');
  await desktop.until(({ windows }) => windows.some(({ shown }) => shown));
  const [file] = desktop.paths.signInFiles;
  return {
    page: await desktop.app.page(),
    ask: desktop.ask,
    enforceSignIn: (content) => desktop.write(file?.path ?? '', content),
    end: () => desktop.end(),
  };
}

/** An agent without a screen, and the address that it gives, in Chromium. */
async function browserTab(): Promise<Ground> {
  const machine = await makeMachine({
    dashboardFolder: join(import.meta.dirname, '..', '..', 'out', 'renderer'),
    time: manualClock(Date.now()),
  });
  const agent = await machine.launch({ watch: true });
  const { url } = dashboardAnswerSchema.parse((await agent.ask('POST', '/v1/dashboard')).body);
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(url);
  const [file] = agent.agent.paths.signInFiles;
  return {
    ...{ page, ask: agent.ask },
    enforceSignIn: async (content) => {
      await mkdir(dirname(file?.path ?? ''), { recursive: true });
      await writeFile(file?.path ?? '', JSON.stringify(content));
    },
    end: async () => {
      await context.close();
      await machine.end();
    },
  };
}

describe.each([
  ['in the window of the app', appWindow],
  ['in a browser over the local API', browserTab],
])('the dashboard %s', (_, open) => {
  let ground: Ground;
  const page = () => ground.page;
  const heading = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor();
  const go = async (name: string) => {
    await page().getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
    await heading(name);
  };
  const row = (id: string) => page().locator(`[data-setting="${id}"]`);
  const settingOf = async (id: string) =>
    settingStateSchema.parse((await ground.ask('GET', `/v1/settings/${id}`)).body);

  beforeAll(async () => {
    ground = await open();
  });
  afterAll(() => ground?.end());

  test('has a wall while sign-in is enforced, which a member of the organization passes', async () => {
    await heading('Settings');
    await ground.enforceSignIn({ allowedOrgs: ['acme'] });
    await heading('Sign in to continue');
    await page().getByText('acme', { exact: false }).first().waitFor();
    await signInAt(hub.url, ground, hub.ada.email);
    await heading('Settings');
    await row('theme').getByRole('button', { name: 'Managed by' }).waitFor();
  });

  test('finds a setting, and a change that is applied is in force', async () => {
    await page().getByLabel('Search settings').fill('memoryMiB');
    await page().getByText('1 setting for “memoryMiB”').waitFor();
    await row('theme').waitFor({ state: 'hidden' });
    await row('memoryMiB').locator('input').fill('4096');
    await page().getByRole('button', { name: 'Apply' }).click();
    await page().getByText('1 setting saved').waitFor();
    expect(await settingOf('memoryMiB')).toMatchObject({ value: 4096, locked: false });
    await page().getByLabel('Search settings').fill('');
  });

  test('puts back what is cancelled, and shows alone what is managed', async () => {
    const memory = row('memoryMiB').locator('input');
    await memory.fill('5120');
    await page().getByRole('button', { name: 'Cancel', exact: true }).click();
    await expect.poll(() => memory.inputValue()).toBe('4096');
    expect(await settingOf('memoryMiB')).toMatchObject({ value: 4096 });
    const shown = () =>
      page().evaluate(
        `[...document.querySelectorAll('[data-setting]')].filter((row) => row.checkVisibility()).map((row) => row.dataset.setting)`,
      );
    await page().getByLabel('Managed only').setChecked(true);
    await expect.poll(async () => [await shown()].flat().sort()).toEqual(['memoryMiB', 'theme']);
    await page().getByLabel('Managed only').setChecked(false);
    await row('analyticsEnabled').waitFor();
  });

  test('keeps a locked setting, refuses it by its API too, and says who locked it', async () => {
    expect(await row('theme').locator('select').isDisabled()).toBe(true);
    expect(await row('theme').locator('[data-reset]').count()).toBe(0);
    const refused = await ground.ask('PATCH', '/v1/settings', { set: { theme: 'dark' } });
    expect(refused.body).toMatchObject({ error: { code: 'setting_locked' } });
    expect(await settingOf('theme')).toMatchObject({ value: 'light' });
    await row('theme').getByRole('button', { name: 'Managed by' }).click();
    const why = page().getByRole('dialog', { name: 'Why is this locked?' });
    await why.getByText('Engineering').first().waitFor();
    await page().keyboard.press('Escape');
    await why.waitFor({ state: 'detached' });
  });

  test('tells on the Policy page what is managed and where from', async () => {
    await go('Policy');
    for (const id of ['theme', 'memoryMiB'])
      await page().getByText(labelOf(id)).filter({ visible: true }).first().waitFor();
    await page().getByText('Engineering').filter({ visible: true }).first().waitFor();
    const chosen = page()
      .getByRole('row')
      .filter({ hasText: labelOf('memoryMiB') });
    await chosen.getByText('Your choice instead').waitFor();
    await page().getByRole('main').getByRole('button', { name: 'Sync now' }).first().click();
    await page().getByRole('main').getByText('You already have the current policy.').waitFor();
  });

  test('checks itself on the page Diagnostics, and collects what it found into a file', async () => {
    await go('Diagnostics');
    const save = page().getByRole('button', { name: 'Export diagnostics' });
    const [file] = await Promise.all([page().waitForEvent('download'), save.click()]);
    const saved = diagnosticsAnswerSchema.parse(JSON.parse(await readFile(await file.path(), 'utf8')));
    expect(saved.checks.map(({ id }) => id)).toContain('hub');
    // What the person chose themselves stays theirs.
    const chosen = saved.settings.find(({ id }) => id === 'memoryMiB');
    expect(chosen).toMatchObject({ chosen: true });
    expect(chosen).not.toHaveProperty('value');
  });

  test('says on the page Account who is signed in, and signs out', async () => {
    await go('Account');
    await page().getByText(hub.ada.email).first().waitFor();
    await page().getByText('acme', { exact: false }).filter({ visible: true }).first().waitFor();
    await page().getByRole('button', { name: 'Sign out' }).first().click();
    await page().getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await heading('Sign in to continue');
    await expect
      .poll(async () => accountAnswerSchema.parse((await ground.ask('GET', '/v1/account')).body).state)
      .toBe('signed-out');
  });
});
