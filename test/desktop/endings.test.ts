import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type Desktop,
  installedElectron,
  type Launcher,
  type LaunchOptions,
  openLauncher,
} from './desktop.ts';

/*
 * How the app ends, what it leaves, and what an installed copy does otherwise.
 */
let launcher: Launcher;
let desktop: Desktop;
beforeAll(async () => {
  launcher = await openLauncher();
});
afterAll(() => launcher.close());
afterEach(() => desktop.end());

const start = async (options: LaunchOptions = {}): Promise<void> => {
  desktop = await launcher.launch(options);
  await desktop.until(({ menu }) => menu.some(({ id, enabled }) => id === 'sync' && enabled));
};
const openWindow = async (): Promise<Page> => {
  await desktop.until(({ windows }) => windows.some(({ shown }) => shown));
  return desktop.app.page();
};
const labels = async () => (await desktop.app.seen()).menu.map(({ label }) => label);

describe('a window with changes that are not saved', () => {
  const change = async (): Promise<void> => {
    await desktop.app.choose('open-settings');
    const page = await openWindow();
    await page.getByRole('switch').and(page.locator(':enabled')).first().click({ force: true });
    await page.getByText('1 unsaved change').waitFor();
  };

  test('is asked for when the person quits, and stays where they say so', async () => {
    await start();
    await change();
    void desktop.app.quit();
    expect(await desktop.until(({ questions }) => questions[0])).toBe('There are unsaved changes');
    expect((await desktop.app.seen()).windows).toHaveLength(1);
    expect((await desktop.ask('GET', '/v1/account')).status).toBe(200);
  });

  test('is closed where they say so, and the app quits after all', async () => {
    await start({ environment: { TEST_ANSWER: '0' } });
    await change();
    expect(await desktop.app.quit()).toBe(0);
    expect((await desktop.app.seen()).questions).toEqual(['There are unsaved changes']);
  });

  // Windows has no signals: there a process is ended, or it is not.
  test.runIf(process.platform !== 'win32').each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'is not asked for at the end of a session (%s), when nobody could answer',
    async (name) => {
      await start();
      await change();
      desktop.app.signal(name);
      expect(await desktop.app.exited).toBe(0);
      expect((await desktop.app.seen()).questions).toEqual([]);
    },
  );

  test('is not asked for by "mooring agent stop" either, which ends the app', async () => {
    await start();
    await change();
    expect((await desktop.ask('POST', '/v1/stop')).status).toBe(200);
    expect(await desktop.app.exited).toBe(0);
    expect((await desktop.app.seen()).questions).toEqual([]);
  });
});

describe('a copy that is installed', () => {
  let resources: string;
  const image = '/home/ada/Mooring.AppImage';
  /** As the start of an AppImage says it, whose mount holds the program that runs. */
  const fromImage = () => ({
    ...{ TEST_RESOURCES: resources, APPIMAGE: image },
    APPDIR: dirname(installedElectron() ?? process.execPath),
  });
  beforeAll(async () => {
    resources = await mkdtemp(join(tmpdir(), 'mooring-resources-'));
    await writeFile(join(resources, 'app-update.yml'), 'provider: generic\nurl: https://127.0.0.1:9\n');
  });
  afterAll(() => rm(resources, { recursive: true, force: true }));

  test('asks its feed through the proxy in force, has no developer tools, and starts at login as its AppImage', async () => {
    await start({ environment: fromImage() });
    const proxy = { proxyMode: 'manual', proxyHttps: 'http://127.0.0.1:10' };
    expect(
      (await desktop.ask('PATCH', '/v1/settings', { set: { ...proxy, startOnLogin: true } })).status,
    ).toBe(200);
    if (desktop.paths.platform === 'linux') {
      const entry = join(desktop.paths.userData, 'config', 'autostart', 'dev.mooring.desktop.desktop');
      await expect
        .poll(() => readFile(entry, 'utf8').catch(() => ''))
        .toContain(`\nExec="${image}" --at-login\n`);
    }
    await desktop.app.choose('check-updates');
    expect(await desktop.until(({ proxies }) => proxies[0])).toMatchObject({
      mode: 'fixed_servers',
      proxyRules: 'https=http://127.0.0.1:10,direct://',
    });
    await desktop.app.choose('open-settings');
    await openWindow();
    expect((await desktop.app.seen()).webPreferences).toMatchObject({ devTools: false });
  });

  test.runIf(process.platform === 'linux')(
    'puts the command of its AppImage on the PATH when it is asked to, and then offers that no more',
    async () => {
      await mkdir(join(resources, 'cli'), { recursive: true });
      await writeFile(join(resources, 'cli', 'mooring'), '#!/bin/sh\necho it runs\n', { mode: 0o755 });
      await start({ environment: fromImage() });
      await desktop.app.choose('put-command');
      await desktop.until(({ menu }) => menu.every(({ id }) => id !== 'put-command'));
      const command = join(desktop.paths.userData, 'local', 'bin', 'mooring');
      expect(await promisify(execFile)(command)).toMatchObject({ stdout: 'it runs\n' });
      const note = join(desktop.paths.userData, 'command', 'app.json');
      expect(JSON.parse(await readFile(note, 'utf8'))).toMatchObject({ app: image });
      const [said] = await desktop.until(({ notifications }) => notifications.length > 0 && notifications);
      expect(said?.body).toContain(dirname(command));
    },
  );

  test('and one that is not installed has developer tools', async () => {
    await start();
    await desktop.app.choose('open-settings');
    await openWindow();
    expect((await desktop.app.seen()).webPreferences).toMatchObject({ devTools: true });
  });
});

test('a terminal that is closed takes nothing with it, whatever would be said there', async () => {
  await start();
  desktop.app.closeStderr();
  for (const link of ['mooring://nowhere', 'mooring://policy?set=1'])
    expect(await desktop.startAgain(link)).toBe(0);
  await desktop.until(({ boxes }) => boxes.length === 2);
  expect((await desktop.ask('GET', '/v1/account')).status).toBe(200);
  expect(await desktop.app.quit()).toBe(0);
});

describe('a crash', () => {
  test('of its page costs the window, not the app, and the person hears of it', async () => {
    await start();
    await desktop.app.choose('open-policy');
    await (await openWindow()).getByRole('heading', { level: 1, name: 'Policy' }).waitFor();
    await desktop.app.crashPage();
    const notice = await desktop.until(({ notifications }) => notifications[0]);
    expect(notice).toEqual({
      title: 'The window of Mooring was closed',
      body: expect.stringContaining('Open the window again'),
    });
    expect((await desktop.app.seen()).windows).toEqual([]);
    expect((await desktop.ask('GET', '/v1/account')).status).toBe(200);
    expect(await labels()).toContain('Open settings');
    await desktop.app.clickNotification(0);
    await (await openWindow()).getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });

  test('of the app leaves a machine that starts again', async () => {
    await start();
    await desktop.app.choose('open-settings');
    await openWindow();
    await desktop.app.kill();
    const folder = desktop.folder;
    const crashed = desktop;
    await start({ folder });
    expect((await desktop.ask('GET', '/v1/account')).status).toBe(200);
    await desktop.app.quit();
    await crashed.end();
  });
});
