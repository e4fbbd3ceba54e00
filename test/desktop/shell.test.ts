import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serveAgent } from '../../src/agent/local-api/serve-agent.ts';
import { statusAnswerSchema } from '../../src/shared/contracts/local-api.ts';
import { desktopCatalog } from '../../src/shared/settings/desktop-catalog.ts';
import { type Desktop, type Launcher, type LaunchOptions, openLauncher } from './desktop.ts';

const label = desktopCatalog.byId.get('analyticsEnabled')?.label ?? 'analyticsEnabled';

describe('the desktop app', () => {
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
  const labels = async () => (await desktop.app.seen()).menu.map(({ label }) => label);
  const openWindow = async () => {
    await desktop.until(({ windows }) => windows.some(({ shown }) => shown));
    return desktop.app.page();
  };

  test('starts into the tray alone, answers its socket, and ends leaving nothing behind', async () => {
    await start();
    const seen = await desktop.app.seen();
    expect(seen.trayImage).toMatch(/^signed-out-/);
    expect(seen.tooltip).toBe('Mooring: signed out');
    expect(seen.opened).toBe(0);
    expect(await labels()).toEqual([
      'Test paths: this computer is not managed by this build',
      'Signed out',
      'Not managed: every setting is yours',
      'Open settings',
      'Policy',
      'Sync now',
      'Sign in…',
      'This build does not update itself',
      'About Mooring',
      'Quit Mooring',
    ]);
    const status = statusAnswerSchema.parse((await desktop.ask('GET', '/v1/status')).body);
    expect(status.testPaths).toBe(true);
    expect(await desktop.app.quit()).toBe(0);
    expect(existsSync(desktop.paths.socket)).toBe(false);
    expect(existsSync(desktop.paths.endpoint)).toBe(false);
  });

  test('opens one window, over the bridge, and frees it again', async () => {
    await start();
    await desktop.app.choose('open-settings');
    const page = await openWindow();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await desktop.app.choose('open-policy');
    await page.getByRole('heading', { level: 1, name: 'Policy' }).waitFor();
    // A click on the icon brings it to the front as it is.
    await desktop.app.clickTray();
    await page.getByRole('heading', { level: 1, name: 'Policy' }).waitFor();
    expect((await desktop.app.seen()).opened).toBe(1);
    await desktop.app.closeWindow();
    await desktop.until(({ windows }) => windows.length === 0);
    expect((await desktop.ask('GET', '/v1/account')).status).toBe(200);
    await desktop.app.choose('open-policy');
    const again = await openWindow();
    await again.getByRole('heading', { level: 1, name: 'Policy' }).waitFor();
    await desktop.app.closeWindow();
    await desktop.until(({ windows }) => windows.length === 0);
    await desktop.app.clickTray();
    await (await openWindow()).getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    expect((await desktop.app.seen()).opened).toBe(3);
    await desktop.app.choose('about');
    await desktop.until(({ abouts }) => abouts === 1);
  });

  test('shows what changes on the machine in the open window, the tray and a notification', async () => {
    await start();
    await desktop.app.choose('open-policy');
    const page = await openWindow();
    await page.getByRole('heading', { level: 1, name: 'Policy' }).waitFor();
    await desktop.write(desktop.paths.adminSettings, {
      configurationFileVersion: 2,
      analyticsEnabled: { locked: true, value: false },
    });
    await desktop.until(({ menu }) =>
      menu.some(({ label }) => label === 'Managed by this computer’s administrator: 1 setting'),
    );
    expect((await desktop.app.seen()).trayImage).toMatch(/^in-force-/);
    await page.getByText(label).filter({ visible: true }).first().waitFor();
    const [notice] = (await desktop.app.seen()).notifications;
    expect(notice?.title).toMatch(/^1 setting was changed by /);
  });

  test('says nothing of it where notifications are switched off', async () => {
    await start();
    await desktop.ask('PATCH', '/v1/settings', { set: { notifyGeneral: false } });
    await desktop.write(desktop.paths.adminSettings, {
      configurationFileVersion: 2,
      analyticsEnabled: { locked: true, value: false },
    });
    await desktop.until(({ trayImage }) => trayImage.startsWith('in-force-'));
    expect((await desktop.app.seen()).notifications).toEqual([]);
  });

  test('a file that enforces sign-in raises the wall while the window is open, and lowers it when it goes', async () => {
    await start();
    await desktop.app.choose('open-settings');
    const page = await openWindow();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    const [file] = desktop.paths.signInFiles;
    if (file === undefined) throw new Error('this platform has no such file');
    await desktop.write(file.path, { allowedOrgs: ['acme', 'umbrella'] });
    await desktop.until(({ trayImage }) => trayImage.startsWith('attention-'));
    await page.getByRole('heading', { level: 1, name: /sign in/i }).waitFor();
    await page.getByText('acme').first().waitFor();
    expect(await labels()).toContain('Sign in to acme or umbrella to change settings');
    const change = await desktop.ask('PATCH', '/v1/settings', { set: { theme: 'dark' } });
    expect(change.body).toMatchObject({ error: { code: 'sign_in_required' } });
    await desktop.write(file.path, null);
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await desktop.until(({ trayImage }) => !trayImage.startsWith('attention-'));
    const { notifications } = await desktop.app.seen();
    expect(notifications.map(({ title }) => title)).toEqual([
      'Sign-in is now required',
      'Sign-in is no longer required',
    ]);
    await desktop.app.clickNotification(0);
    await desktop.until(({ windows }) => windows.some(({ address }) => address.endsWith('#/account')));
  });

  test('follows its own settings: theme and start at login', async () => {
    await start();
    await desktop.ask('PATCH', '/v1/settings', {
      set: { theme: 'dark', startOnLogin: true },
    });
    await desktop.until(({ theme }) => theme === 'dark');
    if (desktop.paths.platform === 'linux') {
      const entry = join(desktop.paths.userData, 'config', 'autostart', 'dev.mooring.desktop.desktop');
      expect(await readFile(entry, 'utf8')).toMatch(/^Exec=".+" --at-login$/m);
      await desktop.ask('PATCH', '/v1/settings', { set: { startOnLogin: false } });
      await expect.poll(() => existsSync(entry)).toBe(false);
    }
    expect(await desktop.app.quit()).toBe(0);
    // Until the agent has answered next time, the window is drawn in this one.
    const remembered = await readFile(join(desktop.paths.userData, 'window', 'window.json'), 'utf8');
    expect(JSON.parse(remembered)).toMatchObject({ theme: 'dark' });
  });

  test('opens its window at the start where its setting says so, in the theme that it had', async () => {
    await start();
    await desktop.ask('PATCH', '/v1/settings', { set: { theme: 'dark', openDashboardOnStartup: true } });
    await desktop.until(({ theme }) => theme === 'dark');
    const first = desktop;
    const { folder } = first;
    await first.app.quit();
    // The start at login is a start too; one for the agent's sake is not a person's.
    await start({ folder, words: ['--at-login'] });
    await openWindow();
    expect((await desktop.app.seen()).theme).toBe('dark');
    await desktop.app.quit();
    await start({ folder, words: ['--background'] });
    expect((await desktop.app.seen()).opened).toBe(0);
    await desktop.app.quit();
    await first.end();
  });

  test('speaks German, in tray, notifications and window, to whoever reads German', async () => {
    await start({ environment: { LANGUAGE: 'de_AT:en' } });
    await desktop.app.choose('open-settings');
    const page = await openWindow();
    await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
    await page.getByText('Nutzungsdaten senden').first().waitFor();
    expect(await page.locator('html').getAttribute('lang')).toMatch(/^de/);
    expect((await desktop.app.seen()).tooltip).toBe('Mooring: abgemeldet');
    expect(await labels()).toEqual(expect.arrayContaining(['Einstellungen öffnen', 'Mooring beenden']));
    await desktop.write(desktop.paths.adminSettings, {
      configurationFileVersion: 2,
      analyticsEnabled: { locked: true, value: false },
    });
    await desktop.until(({ notifications }) =>
      notifications.some(
        ({ title, body }) => /Einstellung wurde/.test(title) && body === 'Nutzungsdaten senden',
      ),
    );
    expect(await labels()).toContain('Verwaltet von der Administration dieses Computers: 1 Einstellung');
  });

  test('remembers window and theme, and survives when that memory is ruined', async () => {
    await start({
      files: ({ userData }) => ({
        [join(userData, 'window', 'window.json')]: {
          bounds: { x: 100, y: 60, width: 900, height: 700 },
          maximized: 'perhaps',
          theme: 'light',
        },
      }),
    });
    await desktop.app.choose('open-settings');
    await openWindow();
    expect((await desktop.app.seen()).bounds).toMatchObject({ x: 100, y: 60, width: 900, height: 700 });
    await desktop.end();

    await start({
      files: ({ userData }) => ({ [join(userData, 'window', 'window.json')]: '{ "bounds": [' }),
    });
    await desktop.app.choose('open-settings');
    await openWindow();
    expect((await desktop.app.seen()).bounds).toMatchObject({ width: 1100, height: 760 });
    const kept = await readdir(join(desktop.paths.userData, 'window'));
    expect(kept.filter((name) => name.endsWith('.bad.json'))).toHaveLength(1);
    await desktop.app.closeWindow();
    const file = join(desktop.paths.userData, 'window', 'window.json');
    await expect.poll(async () => JSON.parse(await readFile(file, 'utf8')).bounds?.width).toBe(1100);
  });

  test('a second start shows the first and ends; one in the background ends only', async () => {
    await start();
    expect(await desktop.startAgain('--background')).toBe(0);
    expect((await desktop.app.seen()).opened).toBe(0);
    expect(await desktop.startAgain()).toBe(0);
    const page = await openWindow();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });

  test('a link opens the page that it names', async () => {
    await start();
    expect(await desktop.startAgain('mooring://settings/Proxies')).toBe(0);
    await desktop.until(({ windows }) =>
      windows.some(({ address }) => address.endsWith('#/settings/Proxies')),
    );
    await desktop.app.openUrl('mooring://policy');
    await desktop.until(({ windows }) => windows.some(({ address }) => address.endsWith('#/policy')));
    expect((await desktop.app.seen()).opened).toBe(1);
  });

  test.each(
    [
      'mooring://settings/Proxies?set=disableUpdate:true',
      'mooring://user:pass@policy',
      'mooring://sign-in?hub=https://evil.example',
      'mooring://settings/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
      'mooring://../../../etc/passwd',
      'mooring:javascript:alert(1)',
      `mooring://settings/${'a'.repeat(10_000)}`,
      'mooring://policy#<script>alert(1)</script>',
    ].map((link) => [link.slice(0, 60), link] as const),
  )('a hostile link opens nothing and says so: %s', async (_, link) => {
    await start();
    expect(await desktop.startAgain(link)).toBe(0);
    const box = await desktop.until(({ boxes }) => boxes[0]);
    expect(box.title).toBe('A link was not opened');
    expect(box.text).not.toContain('evil');
    const seen = await desktop.app.seen();
    expect(seen).toMatchObject({ opened: 0, outside: [] });
  });

  test('attaches to an agent that runs without a window, and hosts one when that ends', async () => {
    const first = await launcher.launch({ words: ['--background'] });
    const { paths, folder } = first;
    await first.app.quit();
    const host = {
      platform: paths.platform,
      home: '/',
      userName: 'dev',
      temporary: tmpdir(),
      exists: () => false,
    };
    const headless = await serveAgent({ version: '1.2.3', host: { ...host, testRoot: folder } });
    if (!headless.ok) throw new Error('the headless agent did not start');
    try {
      await start({ folder });
      const status = async () => statusAnswerSchema.parse((await desktop.ask('GET', '/v1/status')).body);
      expect((await status()).pid).toBe(process.pid);
      await desktop.app.choose('open-settings');
      const page = await openWindow();
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
      await headless.served.stop();
      await expect
        .poll(async () => (await status().catch(() => null))?.pid, { timeout: 20_000 })
        .toBeGreaterThan(0);
      expect((await status()).pid).not.toBe(process.pid);
      expect(await desktop.app.quit()).toBe(0);
    } finally {
      await headless.served.stop();
      await first.end();
    }
  });
});
