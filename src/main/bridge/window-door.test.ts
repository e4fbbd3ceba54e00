import { describe, expect, test } from 'vitest';
import { BODY_LIMIT } from '../../agent/local-api/http-answer.ts';
import { LOCAL_ROUTES, type LocalEvent } from '../../shared/contracts/local-api.ts';
import type { BridgeMessage } from '../../shared/contracts/window-bridge.ts';
import { createWindowDoor, type Sender } from './window-door.ts';

const OWN: Sender = { id: 1, ownWindow: true, mainFrame: true, url: 'app://mooring/#/settings' };
const READ = { method: 'GET', path: '/v1/status', body: null };

function open(answer: () => Promise<Response> = async () => Response.json({ fine: true })) {
  const listeners = new Set<(event: LocalEvent) => void>();
  const asked: string[] = [];
  const refused: unknown[] = [];
  const door = createWindowDoor({
    fetch: (request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return answer();
    },
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    log: (message, facts) => refused.push([message, facts]),
  });
  return { door, asked, refused, listeners };
}

describe('the window’s door', () => {
  test.each<[string, Partial<Sender>]>([
    ['another page in our window', { url: 'https://evil.example/' }],
    ['a file in our window', { url: 'file:///tmp/evil.html' }],
    ['our name under another scheme', { url: 'https://mooring/' }],
    ['a name that looks like ours', { url: 'app://mooring.evil.example/' }],
    ['an address that is none', { url: 'about:srcdoc' }],
    ['a document of its own making', { url: `data:text/html,${'x'.repeat(100_000)}` }],
    ['a file of our page’s making', { url: 'blob:app://mooring/6f9c' }],
    ['our name with a user', { url: 'app://me@mooring/' }],
    ['our name with a port', { url: 'app://mooring:80/' }],
    ['a frame in our page', { mainFrame: false }],
    ['a window that is not ours', { ownWindow: false }],
    ['a frame that is gone', { url: '' }],
  ])('refuses %s without asking the agent', async (_, change) => {
    const { door, asked, refused, listeners } = open();
    const sender = { ...OWN, ...change };
    await expect(door.fetch(sender, READ)).rejects.toThrow('refused');
    door.follow(sender, 1, () => expect.unreachable('a stranger is told of events'));
    expect([asked, listeners.size]).toEqual([[], 0]);
    expect(refused).toHaveLength(2);
    // What is written down is bounded, whatever a stranger calls itself.
    expect(JSON.stringify(refused).length).toBeLessThan(1_000);
  });

  test('carries what its own page asks', async () => {
    const { door, asked } = open();
    expect(await door.fetch(OWN, READ)).toEqual({ status: 200, body: '{"fine":true}' });
    expect(asked).toEqual(['GET /v1/status']);
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['more fields than there are', { ...READ, headers: { host: 'x' } }],
    ['a path with a line break', { ...READ, path: '/v1/status\r\nx: y' }],
    ['an endless path', { ...READ, path: `/v1/${'a'.repeat(5000)}` }],
    ['a body to read with', { ...READ, body: '{}' }],
  ])('refuses %s as malformed', async (_, value) => {
    const { door, asked } = open();
    expect((await door.fetch(OWN, value)).status).toBe(400);
    expect(asked).toEqual([]);
  });

  test.each(['stop', 'session', 'dashboard', 'events'] as const)('may not ask for %s', async (route) => {
    const { door, asked } = open();
    const { method, path } = LOCAL_ROUTES[route];
    const body = method === 'GET' ? null : '{}';
    const { status, body: text } = await door.fetch(OWN, { method, path, body });
    expect([status, JSON.parse(text).error.code]).toEqual([403, 'forbidden']);
    expect(asked).toEqual([]);
  });

  test('a body that is too large goes no further', async () => {
    const { door, asked } = open();
    const body = 'x'.repeat(BODY_LIMIT + 1);
    const answer = await door.fetch(OWN, { method: 'PATCH', path: '/v1/settings', body });
    expect([answer.status, asked]).toEqual([413, []]);
  });

  test('one window cannot keep the agent from all else', async () => {
    const waiting = Promise.withResolvers<Response>();
    const { door } = open(() => waiting.promise.then((response) => response.clone()));
    const answers = Array.from({ length: 65 }, () => door.fetch(OWN, READ));
    expect((await answers.at(-1))?.status).toBe(429);
    waiting.resolve(Response.json({}));
    expect((await Promise.all(answers)).filter(({ status }) => status === 200)).toHaveLength(64);
    expect((await door.fetch(OWN, READ)).status).toBe(200);
  });

  test('tells events until it is told to stop, and forgets a window that is gone', () => {
    const { door, listeners } = open();
    const told: [number, BridgeMessage['type']][] = [];
    for (const following of [1, 2, 2]) door.follow(OWN, following, (of, { type }) => told.push([of, type]));
    for (const nonsense of ['1', 1.5, -1, null, {}]) door.follow(OWN, nonsense, () => expect.unreachable());
    expect(listeners.size).toBe(2);
    door.unfollow({ ...OWN, mainFrame: false }, 1);
    expect(listeners.size).toBe(2);
    door.unfollow(OWN, 1);
    for (const listener of listeners) listener({ type: 'status' });
    expect(told).toEqual([
      [1, 'open'],
      [2, 'open'],
      // Asked for again, as by a page that was loaded anew: it is told anew, and nobody is told twice.
      [2, 'open'],
      [2, 'event'],
    ]);
    door.forget(OWN.id);
    expect(listeners.size).toBe(0);
  });

  test('follows a bounded number of times', () => {
    const { door, listeners } = open();
    let closed = 0;
    for (let following = 1; following <= 20; following += 1)
      door.follow(OWN, following, (_, { type }) => {
        if (type === 'closed') closed += 1;
      });
    expect([listeners.size, closed]).toEqual([8, 12]);
  });
});
