import { beforeEach, expect, test, vi } from 'vitest';
import { createMessages } from './messages.ts';

const electron = vi.hoisted(() => ({
  windows: [] as { isVisible: () => boolean }[],
  boxes: [] as unknown[][],
  answer: Promise.resolve() as Promise<void>,
}));
vi.mock('electron', () => ({
  BrowserWindow: { getAllWindows: () => electron.windows },
  dialog: {
    showMessageBox: (...given: unknown[]) => {
      electron.boxes.push(given);
      return electron.answer;
    },
  },
}));

const log: string[] = [];
const notices: string[] = [];
const messages = (platform: 'linux' | 'mac') =>
  createMessages({
    platform,
    notify: (title) => notices.push(title),
    log: (message) => log.push(message),
  });
const shown = { isVisible: () => true };
const box = expect.objectContaining({ type: 'error', message: 'A link', detail: 'was refused' });
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  for (const list of [electron.windows, electron.boxes, log, notices]) list.length = 0;
  electron.answer = Promise.resolve();
});

test('one box stands at a time, however many links somebody sends', async () => {
  const read = Promise.withResolvers<void>();
  electron.answer = read.promise;
  const tell = messages('linux');
  for (let count = 0; count < 100; count += 1) tell('A link', 'was refused');
  expect(electron.boxes).toEqual([[box]]);
  expect(log.length).toBe(99);
  read.resolve();
  await settled();
  tell('A link', 'was refused');
  expect(electron.boxes.length).toBe(2);
});

test('a box that cannot be shown keeps no later one away', async () => {
  electron.answer = Promise.reject(new Error('no display'));
  const tell = messages('linux');
  tell('A link', 'was refused');
  await settled();
  tell('A link', 'was refused');
  await settled();
  expect([electron.boxes.length, log]).toEqual([
    2,
    ['a message could not be shown', 'a message could not be shown'],
  ]);
});

test('it belongs to the window that is seen; without one mac says it in a notification, which holds up nothing', () => {
  electron.windows.push({ isVisible: () => false });
  messages('mac')('A link', 'was refused');
  expect([electron.boxes, notices]).toEqual([[], ['A link']]);
  electron.windows.push(shown);
  messages('mac')('A link', 'was refused');
  messages('linux')('A link', 'was refused');
  expect(electron.boxes).toEqual([
    [shown, box],
    [shown, box],
  ]);
});
