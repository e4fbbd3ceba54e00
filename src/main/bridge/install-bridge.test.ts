import { beforeEach, expect, test, vi } from 'vitest';
import { BRIDGE_CHANNELS } from '../../shared/contracts/window-bridge.ts';
import { installBridge } from './install-bridge.ts';
import type { Sender, WindowDoor } from './window-door.ts';

/* Who a message is said to come from is what Electron knows of it, and never what the message says. */

type Handler = (event: object, value: unknown) => unknown;
const electron = vi.hoisted(() => ({ handlers: new Map<string, Handler>() }));

vi.mock('electron', () => {
  const keep = (channel: string, handler: Handler) => void electron.handlers.set(channel, handler);
  const forget = (channel: string) => void electron.handlers.delete(channel);
  return { ipcMain: { handle: keep, on: keep, removeHandler: forget, removeAllListeners: forget } };
});

const senders: Sender[] = [];
const door: WindowDoor = {
  fetch: async (sender) => {
    senders.push(sender);
    return { status: 200, body: '' };
  },
  follow: (sender, _, send) => {
    senders.push(sender);
    send(1, { type: 'open' });
  },
  unfollow: (sender) => void senders.push(sender),
  forget: () => undefined,
};
const OWN = 7;
const page = { url: 'app://mooring/', parent: null };
const said = (channel: string, event: object) => electron.handlers.get(channel)?.(event, { ownWindow: true });

beforeEach(() => {
  senders.length = 0;
});

test.each([
  [
    'our page',
    { sender: { id: OWN }, senderFrame: page },
    { ownWindow: true, mainFrame: true, url: page.url },
  ],
  [
    'another window',
    { sender: { id: 8 }, senderFrame: page },
    { ownWindow: false, mainFrame: true, url: page.url },
  ],
  [
    'a frame in our page',
    { sender: { id: OWN }, senderFrame: { url: 'app://mooring/', parent: page } },
    { ownWindow: true, mainFrame: false, url: page.url },
  ],
  [
    'a frame that is gone',
    { sender: { id: OWN }, senderFrame: null },
    { ownWindow: true, mainFrame: false, url: '' },
  ],
])('on every channel, %s is told from the others', (_, { sender, senderFrame }, seen) => {
  const end = installBridge(door, (id) => id === OWN);
  const event = { sender: { ...sender, isDestroyed: () => true }, senderFrame };
  for (const channel of [BRIDGE_CHANNELS.fetch, BRIDGE_CHANNELS.follow, BRIDGE_CHANNELS.unfollow])
    said(channel, event);
  expect(senders).toEqual(Array.from({ length: 3 }, () => ({ id: sender.id, ...seen })));
  end();
  expect(electron.handlers.size).toBe(0);
});

test('a window that is gone is sent nothing', () => {
  installBridge(door, () => true);
  const sent: unknown[] = [];
  const sender = (isDestroyed: boolean) => ({
    ...{ id: OWN, isDestroyed: () => isDestroyed },
    send: (...words: unknown[]) => sent.push(words),
  });
  said(BRIDGE_CHANNELS.follow, { sender: sender(true), senderFrame: page });
  expect(sent).toEqual([]);
  said(BRIDGE_CHANNELS.follow, { sender: sender(false), senderFrame: page });
  expect(sent).toEqual([[BRIDGE_CHANNELS.message, 1, { type: 'open' }]]);
});
