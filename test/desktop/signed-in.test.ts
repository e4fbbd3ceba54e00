import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loginAnswerSchema } from '../../src/shared/contracts/local-api.ts';
import {
  followSignIn,
  publish,
  type StandInHub,
  standInAccount,
  standInKey,
  startStandInHub,
} from '../stand-in-hub.ts';
import { type Desktop, type Launcher, openLauncher } from './desktop.ts';

describe('the desktop app of somebody who belongs to an organization', () => {
  let launcher: Launcher;
  let hub: StandInHub;
  let desktop: Desktop;

  beforeAll(async () => {
    [launcher, hub] = await Promise.all([openLauncher(), startStandInHub()]);
  });
  afterAll(async () => {
    await launcher.close();
    await hub.stop();
  });
  beforeEach(async () => {
    hub.accounts.set('ada', standInAccount('ada', ['acme']));
    hub.keys = [await standInKey()];
    hub.policies.clear();
    await publish(hub, 'ada', 'acme', 1, {
      policy: {
        id: 'p',
        name: 'Engineering default',
        scope: 'organization',
        revision: 7,
        updatedAt: '2026-01-01T00:00:00.000Z',
      },
      document: { configurationFileVersion: 2, theme: { locked: true, value: 'dark' } },
    });
    desktop = await launcher.launch();
    await desktop.until(({ menu }) => menu.some(({ id, enabled }) => id === 'sync' && enabled));
  });
  afterEach(async () => {
    hub.intercept = null;
    await desktop.ask('POST', '/v1/account/logout');
    await desktop.end();
  });

  const managed = (revision: number) =>
    desktop.until(({ menu }) =>
      menu.some(({ label }) =>
        label.startsWith(`Managed by acme: Engineering default, revision ${revision}, `),
      ),
    );

  /** As a person does: the app opens the browser, and the browser comes back. */
  const signIn = async () => {
    hub.person = 'ada';
    const before = (await desktop.app.seen()).outside.length;
    const begun = loginAnswerSchema.parse(
      (await desktop.ask('POST', '/v1/account/login', { hub: hub.url })).body,
    );
    const address = await desktop.until(({ outside }) => outside[before]);
    expect(address).toBe(begun.url);
    expect((await fetch(await followSignIn(address))).status).toBe(200);
    await managed(7);
  };

  test('says in the tray who manages what, and follows the policy of its own theme', async () => {
    await signIn();
    const seen = await desktop.until((now) => now.theme === 'dark' && now);
    expect(seen.trayImage).toMatch(/^in-force-/);
    expect(seen.menu.map(({ id }) => id)).toContain('sign-out');
    expect(seen.menu.map(({ label }) => label)).toContain(
      'Managed by acme: Engineering default, revision 7, just now',
    );
  });

  test('fetches policy when asked to, and when the machine wakes', async () => {
    await signIn();
    const publishNext = (revision: number) =>
      publish(hub, 'ada', 'acme', revision, {
        policy: {
          id: 'p',
          name: 'Engineering default',
          scope: 'organization',
          revision,
          updatedAt: '2026-01-01T00:00:00.000Z',
        },
        document: { configurationFileVersion: 2, theme: { locked: true, value: 'light' } },
      });
    await publishNext(8);
    await desktop.app.choose('sync');
    await managed(8);
    await desktop.until(({ theme }) => theme === 'light');
    const { notifications } = await desktop.app.seen();
    expect(notifications.at(-1)).toEqual({
      title: '1 setting was changed by acme',
      body: 'Colour theme of this app',
    });
    await publishNext(9);
    await desktop.app.power('resume');
    await managed(9);
  });

  test('keeps policy in force where the hub is gone, and shows that it is', async () => {
    await signIn();
    hub.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    await desktop.app.choose('sync');
    await desktop.until(({ trayImage }) => trayImage.startsWith('offline-'));
    await managed(7);
    expect((await desktop.app.seen()).theme).toBe('dark');
  });

  test('signs out from the tray', async () => {
    await signIn();
    await desktop.app.choose('sign-out');
    await desktop.until(({ menu }) => menu.some(({ id }) => id === 'sign-in'));
    expect((await desktop.app.seen()).menu.map(({ label }) => label)).toContain('Signed out');
  });

  test('signs in through its window, which opens the browser and nothing else', async () => {
    hub.person = 'ada';
    await desktop.app.choose('sign-in');
    await desktop.until(({ windows }) => windows.some(({ shown }) => shown));
    const page = await desktop.app.page();
    await page.getByText('Hub address').click();
    await page.getByRole('textbox', { name: 'Hub address' }).fill(hub.url);
    await page.getByRole('button', { name: 'Sign in with the browser' }).click();
    const address = await desktop.until(({ outside }) => outside[0]);
    expect(new URL(address).origin).toBe(new URL(hub.url).origin);
    expect((await fetch(await followSignIn(address))).status).toBe(200);
    await managed(7);
    await page.getByText('ada@').first().waitFor();
  });
});
