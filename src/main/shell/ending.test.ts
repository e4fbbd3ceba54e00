import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { desktopText } from '../../shared/text/desktop-text.ts';
import { endGracefully } from './ending.ts';

/*
 * The app's end, with the process's own signals and faults heard by a stand-in of the process.
 */
const SIGNS = ['uncaughtException', 'unhandledRejection', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const;
let hearers: Map<string | symbol, (...args: never[]) => void>;

beforeEach(() => {
  hearers = new Map();
  vi.useFakeTimers();
  vi.spyOn(process, 'on').mockImplementation((name, hear) => {
    hearers.set(name, hear);
    return process;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const sign = (name: (typeof SIGNS)[number], error?: unknown): void =>
  Reflect.apply(hearers.get(name) ?? expect.unreachable(`nobody hears ${name}`), undefined, [error]);

function world(stop: () => Promise<void> = async () => undefined, language = 'en') {
  const did: string[] = [];
  const log: string[] = [];
  class FakeApp extends EventEmitter {
    quit(): void {
      let refused = false;
      this.emit('will-quit', { preventDefault: () => (refused = true) });
      if (!refused) did.push('quit');
    }
    exit(code: number): void {
      did.push(`exit ${code}`);
    }
  }
  const app = new FakeApp();
  const ending = endGracefully({
    app: app as never,
    log: (message) => log.push(message),
    tell: (title, text) => did.push(`${title}: ${text}`),
    ...{ text: desktopText([language]), logFile: '/logs/mooring.log' },
    hurry: () => did.push('hurry'),
    stop: () => {
      did.push('stop');
      return stop();
    },
  });
  return { app, did, log, ending };
}
const settled = () => vi.advanceTimersByTimeAsync(0);

test('the agent stops before the app quits, however often it is told to', async () => {
  const { app, did } = world();
  app.quit();
  app.quit();
  await settled();
  expect(did).toEqual(['stop', 'quit']);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends it in order, and asks nobody', async (name) => {
  const { did } = world();
  sign(name);
  await settled();
  expect(did).toEqual(['hurry', 'stop', 'quit']);
});

test.each(['uncaughtException', 'unhandledRejection'] as const)(
  '%s is logged and ends it in order too, and is told once nothing runs any more',
  async (name) => {
    const { did, log } = world();
    sign(name, new Error('the disk at https://ada:secret@disk.example is gone.\n    at Object.<anonymous>'));
    sign(name, new Error('and another one'));
    await settled();
    expect(did).toEqual([
      'stop',
      'Mooring had to end: It met a fault of its own: the disk at https://***@disk.example is gone. Settings stay as they are until Mooring runs again: start it. If it ends again, whoever helps you will want its log, /logs/mooring.log.',
      'exit 1',
    ]);
    expect(log).toEqual(['a fault of the app', 'a fault of the app']);
  },
);

test('a fault on the way out is logged, and keeps nobody waiting for a box', async () => {
  const { did, log } = world();
  sign('SIGTERM');
  sign('unhandledRejection', new Error('broken'));
  await settled();
  expect([did, log]).toEqual([['hurry', 'stop', 'exit 1'], ['a fault of the app']]);
});

test('a fault is told in the language of the session', async () => {
  const { did } = world(undefined, 'de-AT');
  sign('uncaughtException', new Error('broken'));
  await settled();
  expect(did[1]).toMatch(/^Mooring musste beendet werden: Mooring hatte einen eigenen Fehler: broken\. /);
});

test('a start that met a fault ends in order too, and says that it was the start', async () => {
  const { did, ending } = world();
  ending.failStart(new Error('broken'));
  await settled();
  expect(did).toEqual(['stop', expect.stringMatching(/^Mooring could not start: .*: broken\. /), 'exit 1']);
});

test('an agent that cannot stop is logged, and does not keep the app', async () => {
  const { app, did, log } = world(() => Promise.reject(new Error('busy')));
  app.quit();
  await settled();
  expect([did, log]).toEqual([['stop', 'quit'], ['the agent did not end in order']]);
});

test('an agent that never stops is not waited for for ever', async () => {
  const { app, did } = world(() => new Promise(() => {}));
  app.quit();
  await vi.advanceTimersByTimeAsync(7_999);
  expect(did).toEqual(['stop']);
  await vi.advanceTimersByTimeAsync(1);
  expect(did).toEqual(['stop', 'exit 1']);
});
