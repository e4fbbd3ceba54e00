import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desktop, type Launcher, openLauncher } from './desktop.ts';
import { openDisplay } from './display.ts';

// Only Linux has sessions without a display.
describe.runIf(process.platform === 'linux')('without a display', () => {
  let launcher: Launcher;
  let gone: string;
  beforeAll(async () => {
    launcher = await openLauncher();
    const ended = await openDisplay();
    gone = ended.name;
    await ended.close();
  });
  afterAll(() => launcher.close());

  /** Waits for the agent of an app that started itself again, and ends that. */
  const answered = async (desktop: Desktop): Promise<void> => {
    const account = async () => (await desktop.ask('GET', '/v1/account').catch(() => ({ status: 0 }))).status;
    await expect.poll(account).toBe(200);
    expect((await desktop.ask('POST', '/v1/stop')).status).toBe(200);
    await expect.poll(account).toBe(0);
  };

  test.each([
    ['none is named', 'There is no display here', () => ({ DISPLAY: '', WAYLAND_DISPLAY: '' })],
    ['the one that X had is gone', 'DISPLAY=/', () => ({ DISPLAY: gone, WAYLAND_DISPLAY: '' })],
    ['the one that Wayland had is gone', 'WAYLAND_DISPLAY=/', () => ({ DISPLAY: '', WAYLAND_DISPLAY: gone })],
  ])('where %s the app starts again with the agent alone, and says so', async (_, said, environment) => {
    const desktop = await launcher.launch({ environment: environment() });
    // Chromium chose a display before the app's first line was run: only another process can do without.
    expect(await desktop.app.exited).toBe(0);
    await answered(desktop);
    expect(desktop.app.stderr()).toContain(said);
    expect(desktop.app.stderr()).toContain('“mooring agent stop”');
    await desktop.end();
  });

  test('without one there is no icon and no window, and a German reader hears why in German', async () => {
    const desktop = await launcher.launch({
      words: ['--ozone-platform=headless'],
      environment: { DISPLAY: gone, WAYLAND_DISPLAY: '', LANGUAGE: 'de_AT:en' },
    });
    await expect
      .poll(async () => (await desktop.ask('GET', '/v1/account').catch(() => null))?.status)
      .toBe(200);
    expect(desktop.app.stderr()).toContain(
      `Bei dem Bildschirm, den DISPLAY=${gone} nennt, antwortet niemand`,
    );
    expect(await desktop.app.seen()).toMatchObject({ trayImage: '', opened: 0, boxes: [] });
    await desktop.end();
  });
});
