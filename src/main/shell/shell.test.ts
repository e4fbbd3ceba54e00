import { describe, expect, test } from 'vitest';
import type { CommandMessage } from '../../agent/command-on-path/command-offer.ts';
import type { SettingsAnswer, StatusAnswer } from '../../shared/contracts/local-api.ts';
import { desktopText } from '../../shared/text/desktop-text.ts';
import type { LinkOutcome } from '../agent/agent-link.ts';
import type { KeptLink } from '../agent/kept-link.ts';
import type { StartedBy } from '../login-item/login-item.ts';
import type { TrayAction } from '../tray/menu.ts';
import { status } from '../tray/sample-status.ts';
import { createShell } from './shell.ts';

/*
 * What goes in from Electron and the agent, and what comes out, without either.
 */

type Values = Readonly<Record<string, SettingsAnswer['settings'][number]['value']>>;

const settingsOf = (values: Values): SettingsAnswer => ({
  ...{ platform: 'linux', frozen: false },
  settings: Object.entries(values).map(([id, value]) => ({
    ...{
      id,
      value,
      locked: false,
      source: 'user' as const,
      suggestion: null,
      managedBy: null,
      contributions: [],
    },
  })),
});

function world(
  values: Values = {},
  now: { values: Values; status: StatusAnswer } = { values, status: status() },
  said: CommandMessage | null = null,
  refusal: unknown = null,
) {
  const did: string[] = [];
  const asked: string[] = [];
  let started: Promise<LinkOutcome> = Promise.resolve({ ok: true, link: {} as never });
  let tell = (): void => {};
  let redraw = (): void => {};
  const agent: KeptLink = {
    fetch: async (request) => {
      const path = new URL(request.url).pathname;
      if (request.method !== 'GET') {
        asked.push(`${request.method} ${path}`);
        if (refusal !== null) return Response.json(refusal, { status: 507 });
      }
      return Response.json(path === '/v1/status' ? now.status : settingsOf(now.values));
    },
    onEvent: (hear) => {
      tell = () => hear({ type: 'settings', changed: [] });
      return () => {
        tell = () => {};
      };
    },
    ...{ mode: () => 'hosted' as const, wake: () => undefined, stop: async () => void did.push('stopped') },
    start: () => started,
  };
  const note =
    (name: string) =>
    (...args: unknown[]): void =>
      void did.push([name, ...args.filter((arg) => arg !== undefined).map(String)].join(' '));
  let drawn = 0;
  const shell = createShell({
    agent,
    host: {
      drawTray: () => {
        drawn += 1;
      },
      showWindow: note('window'),
      notify: ({ title }) => did.push(`notify ${title}`),
      tell: (title, text) => did.push(`tell ${title}: ${text}`),
      closeWindow: (then) => {
        did.push('close');
        then();
      },
      ...{
        setTheme: note('theme'),
        startAtLogin: note('at-login'),
        about: note('about'),
        quit: note('quit'),
      },
    },
    updates: {
      state: () => ({ state: 'idle' }),
      follow: ({ disableUpdate, autoDownloadUpdates }) =>
        did.push(`updates ${disableUpdate} ${autoDownloadUpdates}`),
      check: async () => void did.push('check'),
      download: async () => void did.push('download'),
      ...{ install: note('install'), stop: note('no updates') },
    },
    command: {
      offered: () => true,
      put: async () => said,
      refresh: async () => undefined,
    },
    text: desktopText(['en']),
    now: () => 0,
    every: (_, act) => {
      redraw = act;
      return () => {
        redraw = () => {};
      };
    },
    log: () => undefined,
  });
  const startsLike = (outcome: Promise<LinkOutcome>): void => {
    started = outcome;
  };
  return {
    shell,
    did,
    asked,
    now,
    startsLike,
    tell: () => tell(),
    redraw: () => redraw(),
    drawn: () => drawn,
  };
}

describe('a start', () => {
  const OPEN = { openDashboardOnStartup: true };
  test.each<readonly [StartedBy, boolean, Values, readonly string[]]>([
    ['person', true, {}, []],
    ['person', true, OPEN, ['window']],
    // Whoever starts it where no icon can be seen would have no way to it.
    ['person', false, {}, ['window']],
    ['login', true, {}, []],
    ['login', true, OPEN, ['window']],
    ['login', false, {}, ['notify Mooring runs without an icon']],
    ['login', false, OPEN, ['window']],
    ['login', false, { notifyGeneral: false }, []],
    ['program', true, OPEN, []],
    ['program', false, OPEN, []],
  ])('by a %s, icons shown: %s, with %j', async (by, trayShown, values, expected) => {
    const { shell, did } = world(values);
    await shell.start({ by, trayShown });
    expect(did.filter((each) => /^(window|notify)/.test(each))).toEqual(expected);
    await shell.stop();
  });
});

test('the settings that concern the app are followed, at the start and whenever they change', async () => {
  const { shell, did, now, tell } = world({ theme: 'dark', startOnLogin: true, disableUpdate: true });
  await shell.start({ by: 'program', trayShown: true });
  expect(did).toEqual(['theme dark', 'at-login true', 'updates true false']);
  did.length = 0;
  now.values = { theme: 'light', startOnLogin: false, autoDownloadUpdates: true };
  tell();
  await expect.poll(() => did).toEqual(['theme light', 'at-login false', 'updates false true']);
});

test.each<readonly [TrayAction, string]>([
  ['open-settings', 'window /settings'],
  ['open-policy', 'window /policy'],
  ['sign-in', 'window /account'],
  ['check-updates', 'check'],
  ['download-update', 'download'],
  ['about', 'about'],
  ['quit', 'quit'],
])('the menu’s "%s" does it', (action, done) => {
  const { shell, did } = world();
  shell.act(action);
  expect(did).toEqual([done]);
});

test.each<readonly [TrayAction, string]>([
  ['sync', 'POST /v1/sync'],
  ['sign-out', 'POST /v1/account/logout'],
])('the menu’s "%s" asks the agent', (action, request) => {
  const { shell, asked } = world();
  shell.act(action);
  expect(asked).toEqual([request]);
});

test('an update is installed once the window is closed, which asks for what is unsaved', () => {
  const { shell, did } = world();
  shell.act('install-update');
  expect(did).toEqual(['close', 'install']);
});

test.each([
  [
    { error: { code: 'storage_failed', message: 'The disk is full.', help: 'Make room.' } },
    'tell Mooring could not sign you out: The disk is full. Make room.',
  ],
  ['strange', expect.stringMatching(/^tell Mooring could not sign you out: The agent answered/)],
])('what the agent refuses is said, because the menu is gone by then: %j', async (refusal, told) => {
  const { shell, did } = world({}, undefined, null, refusal);
  shell.act('sign-out');
  await expect.poll(() => did.filter((each) => each.startsWith('tell'))).toEqual([told]);
});

test.each<readonly [string, LinkOutcome]>([
  ['starts all the same', { ok: true, link: {} as never }],
  ['was refused', { ok: false, refusal: { code: 'conflict', message: 'It is held.' } }],
])('quit while it starts, an app whose agent %s shows nothing more', async (_, outcome) => {
  const { shell, did, startsLike, drawn } = world({ openDashboardOnStartup: true });
  const began = Promise.withResolvers<LinkOutcome>();
  startsLike(began.promise);
  const starting = shell.start({ by: 'person', trayShown: false });
  const before = drawn();
  await shell.stop();
  began.resolve(outcome);
  await starting;
  shell.follow('mooring://policy');
  shell.draw();
  expect([did, drawn()]).toEqual([['no updates', 'stopped'], before]);
});

test('quit while it reads what its agent says, it opens nothing', async () => {
  const { shell, did, startsLike } = world({ openDashboardOnStartup: true });
  const began: Promise<LinkOutcome> = Promise.resolve({ ok: true, link: {} as never });
  startsLike(began);
  const starting = shell.start({ by: 'person', trayShown: false });
  await began;
  await Promise.resolve();
  await shell.stop();
  await starting;
  expect(did).toEqual(['no updates', 'stopped']);
});

test.each<readonly [CommandMessage | null, readonly string[]]>([
  [{ ok: true, title: 'Done', body: 'Now.' }, ['notify Done']],
  [{ ok: false, title: 'Refused', body: 'Because.' }, ['tell Refused: Because.']],
  // Nobody needs to hear that they gave no password.
  [null, []],
])('what came of putting the command on the PATH is said: %j', async (said, told) => {
  const { shell, did, drawn } = world({}, undefined, said);
  shell.act('put-command');
  await expect.poll(drawn).toBe(1);
  expect(did).toEqual(told);
});

test('the tray is drawn again as time passes, and no more after the end', async () => {
  const { shell, did, redraw, drawn } = world();
  await shell.start({ by: 'program', trayShown: true });
  const before = drawn();
  redraw();
  expect(drawn()).toBe(before + 1);
  await shell.stop();
  redraw();
  expect(drawn()).toBe(before + 1);
  expect(did.slice(-2)).toEqual(['no updates', 'stopped']);
});

test('a link opens its page; one that is refused opens nothing, and is told in words of ours', () => {
  const { shell, did } = world();
  shell.follow('mooring://policy');
  shell.follow('mooring://call-0900-123456');
  expect(did).toEqual(['window /policy', expect.stringMatching(/^tell .*: .*there is no such page/)]);
  expect(did.join()).not.toContain('0900');
});
