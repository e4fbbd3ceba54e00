import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { statusAnswerSchema } from '../../src/shared/contracts/local-api.ts';
import { type Desktop, type Launcher, openLauncher } from './desktop.ts';

describe('the desktop app', () => {
  let launcher: Launcher;
  let desktop: Desktop;

  beforeAll(async () => {
    launcher = await openLauncher();
  });
  afterAll(() => launcher.close());
  afterEach(() => desktop.end());

  const ready = () => desktop.until(({ menu }) => menu.some(({ id, enabled }) => id === 'sync' && enabled));

  test('starts into the tray alone, with an agent that answers its socket', async () => {
    desktop = await launcher.launch();
    await ready();
    const seen = await desktop.app.seen();
    expect(seen.trayImage).toMatch(/^signed-out-/);
    expect(seen.opened).toBe(0);
    expect(seen.menu.map(({ label }) => label)).toContain('Not managed: every setting is yours');
    const status = statusAnswerSchema.parse((await desktop.ask('GET', '/v1/status')).body);
    expect(status.testPaths).toBe(true);
    expect(await desktop.app.quit()).toBe(0);
    expect(existsSync(desktop.paths.socket)).toBe(false);
    expect(existsSync(desktop.paths.endpoint)).toBe(false);
  });

  test('opens the dashboard over the bridge', async () => {
    desktop = await launcher.launch();
    await ready();
    await desktop.app.choose('open-settings');
    await desktop.until(({ windows }) => windows.some(({ shown }) => shown));
    const page = await desktop.app.page();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });
});
