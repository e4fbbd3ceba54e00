import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { desktopText } from '../../shared/text/desktop-text.ts';
import { RefusedStart } from './shell.ts';
import { firstStart, followStarts, type Inbox } from './starts.ts';

async function started(
  argv: readonly string[],
  change: { display?: boolean; inbox?: Inbox; fails?: Error; languages?: string[] } = {},
) {
  const did: string[] = [];
  const { display = true, inbox = { links: [], starts: [] }, fails, languages = ['en'] } = change;
  await firstStart({
    ...{ inbox, argv, display, trayShown: async () => true, text: desktopText(languages) },
    shell: {
      start: async ({ by }) => {
        if (fails !== undefined) throw fails;
        did.push(`start by ${by}`);
      },
      follow: (link) => did.push(`follow ${link}`),
    },
    tell: (title, text) => did.push(`${title}: ${text}`),
    exit: (code) => did.push(`exit ${code}`),
  });
  return did;
}

describe('the first start', () => {
  test('follows the links that it was started for, those that came early too', async () => {
    const inbox = { links: ['mooring://account'], starts: [] };
    expect(await started(['mooring', 'mooring://policy'], { inbox })).toEqual([
      ...['start by person', 'follow mooring://account', 'follow mooring://policy'],
    ]);
    expect(inbox.links).toEqual([]);
  });

  test.each([
    [['mooring'], true, 'person'],
    [['mooring', '--at-login'], true, 'login'],
    [['mooring', '--background'], true, 'program'],
    // Without a display there is no window that a person could want.
    [['mooring'], false, 'program'],
  ])('%j, display %s, is one by a %s', async (argv, display, by) => {
    expect(await started(argv, { display })).toEqual([`start by ${by}`]);
  });

  test('an agent that refuses is told, with what to do, and ends the app without opening anything', async () => {
    const fails = new RefusedStart({
      code: 'conflict',
      message: 'Process 7 holds the lock.',
      help: 'End it.',
    });
    expect(await started(['mooring', 'mooring://policy'], { fails })).toEqual([
      ...['Mooring could not start: Process 7 holds the lock. End it.', 'exit 1'],
    ]);
    await expect(started(['mooring'], { fails: new Error('a fault') })).rejects.toThrow('a fault');
  });

  test('to a German reader it is told in German', async () => {
    const fails = new RefusedStart({
      code: 'conflict',
      message: "Process 7 holds the lock of this user's agent and does not answer.",
      help: 'End it, or sign out of this computer and in again, and start Mooring once more.',
    });
    expect(await started(['mooring'], { fails, languages: ['de-AT'] })).toEqual([
      'Mooring konnte nicht gestartet werden: Prozess 7 hält die Sperre des Agenten dieses Benutzers und antwortet nicht. Beenden Sie es, oder melden Sie sich am Computer ab und wieder an, und starten Sie Mooring noch einmal.',
      'exit 1',
    ]);
  });
});

test('later starts and links come to the first, which shows itself to a person', () => {
  const did: string[] = [];
  const app = new EventEmitter();
  const inbox: Inbox = {
    links: [],
    starts: [
      ['mooring', 'mooring://policy'],
      ['mooring', '--background'],
    ],
  };
  let early = 0;
  app.on('second-instance', () => {
    early += 1;
  });
  const stop = followStarts({
    ...{ inbox, app: app as never, showWindow: () => did.push('window') },
    shell: { follow: (link) => did.push(link) },
  });
  expect([did, inbox.starts]).toEqual([['mooring://policy'], []]);
  app.emit('second-instance', {}, ['mooring']);
  app.emit('second-instance', {}, ['mooring', '--background']);
  app.emit('second-instance', {}, ['mooring', '--at-login']);
  app.emit('second-instance', {}, ['mooring', 'mooring://account']);
  let prevented = 0;
  const preventDefault = (): void => {
    prevented += 1;
  };
  app.emit('open-url', { preventDefault }, 'mooring://diagnostics');
  // mac: a click in the dock.
  app.emit('activate');
  expect(did).toEqual(['mooring://policy', 'window', 'mooring://account', 'mooring://diagnostics', 'window']);
  expect([prevented, early]).toEqual([1, 0]);
  stop();
  app.emit('activate');
  expect(did.length).toBe(5);
});
