import { chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LocalEvent } from '../../shared/contracts/local-api.ts';
import { socketFetch } from './client.ts';
import { eventStream } from './event-stream.ts';
import { answerJson } from './http-answer.ts';
import { type Door, openSocketDoor } from './socket-door.ts';

describe('the socket door', () => {
  let folder = '';
  let paths = { platform: 'linux' as const, socket: '' };
  let doors: Door[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-socket-'));
    paths = { platform: 'linux', socket: join(folder, 'run', 'agent.sock') };
    doors = [];
  });

  afterEach(async () => {
    for (const door of doors) await door.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(fetch: (request: Request) => Promise<Response>): Promise<Door> {
    const opened = await openSocketDoor(paths, fetch);
    if (!opened.ok) throw new Error(opened.message);
    doors.push(opened.door);
    return opened.door;
  }

  test('is the user’s alone: mode 0600 in a folder of mode 0700, also where the folder was open', async () => {
    await mkdir(join(folder, 'run'), { mode: 0o777 });
    await open(async () => answerJson({}));
    expect((await stat(paths.socket)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'run'))).mode & 0o777).toBe(0o700);
  });

  test('carries requests and answers whole', async () => {
    await open(async (request) =>
      answerJson(
        { method: request.method, path: new URL(request.url).pathname, body: await request.text() },
        request.method === 'GET' ? 200 : 423,
        { 'x-seen': 'yes' },
      ),
    );
    const fetch = socketFetch(paths.socket);
    const body = JSON.stringify({ text: 'ü'.repeat(200_000) });
    const answer = await fetch(
      new Request('http://agent/v1/settings?x=1', {
        method: 'PATCH',
        body,
        headers: { 'content-type': 'application/json' },
      }),
    );
    expect([answer.status, answer.headers.get('x-seen')]).toEqual([423, 'yes']);
    expect(await answer.json()).toEqual({ method: 'PATCH', path: '/v1/settings', body });
    const empty = await fetch(new Request('http://agent/v1/sync', { method: 'POST' }));
    expect(await empty.json()).toEqual({ method: 'POST', path: '/v1/sync', body: '' });
  });

  test('replaces what a dead agent left behind, whatever it is', async () => {
    await mkdir(join(folder, 'run'));
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(paths.socket, resolve));
    // Node removes the socket file when it closes; a killed process does not.
    await new Promise<void>((resolve) => dead.close(() => resolve()));
    await writeFile(paths.socket, 'left behind');
    await open(async () => answerJson({ alive: true }));
    const answer = await socketFetch(paths.socket)(new Request('http://agent/v1/status'));
    expect(await answer.json()).toEqual({ alive: true });
  });

  test('a folder that is a link is refused with words', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'run'));
    const opened = await openSocketDoor(paths, async () => answerJson({}));
    expect(opened).toMatchObject({ ok: false, message: expect.stringContaining(paths.socket) });
  });

  test('a folder of somebody else is refused with words', async () => {
    // As root one can be made; everybody else finds one.
    const theirs = process.getuid?.() === 0 ? join(folder, 'run') : '/usr';
    if (theirs !== '/usr') {
      await mkdir(theirs);
      await chown(theirs, 12_345, 12_345);
    }
    paths = { platform: 'linux', socket: join(theirs, 'agent.sock') };
    const opened = await openSocketDoor(paths, async () => answerJson({}));
    if (opened.ok) doors.push(opened.door);
    expect(opened).toMatchObject({ ok: false, message: expect.stringContaining('somebody else') });
  });

  test('a path that is too long is refused with words', async () => {
    paths = { platform: 'linux', socket: join(folder, 'x'.repeat(120), 'agent.sock') };
    const opened = await openSocketDoor(paths, async () => answerJson({}));
    expect(opened.ok).toBe(false);
  });

  test('nobody there rejects at once', async () => {
    await expect(socketFetch(paths.socket)(new Request('http://agent/v1/status'))).rejects.toThrow(/ENOENT/);
  });

  test('events stream through, and the reader leaving ends the subscription', async () => {
    const listeners = new Set<(event: LocalEvent) => void>();
    const left = Promise.withResolvers<void>();
    await open(async (request) =>
      eventStream((listener) => {
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
          left.resolve();
        };
      }, request.signal),
    );
    const answer = await socketFetch(paths.socket)(new Request('http://agent/v1/events'));
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) throw new Error('no body');
    expect((await reader.read()).value).toBe(': connected\n\n');
    for (const listener of listeners) listener({ type: 'settings', changed: ['proxyMode'] });
    expect((await reader.read()).value).toBe(
      'event: settings\ndata: {"type":"settings","changed":["proxyMode"]}\n\n',
    );
    await reader.cancel();
    await left.promise;
    expect(listeners.size).toBe(0);
  });

  test('closing the door ends open streams instead of waiting for them', async () => {
    const door = await open(async (request) => eventStream(() => () => {}, request.signal));
    const answer = await socketFetch(paths.socket)(new Request('http://agent/v1/events'));
    const reader = answer.body?.getReader();
    await reader?.read();
    await door.close();
    const end = await reader?.read().catch(() => ({ done: true }));
    expect(end?.done).toBe(true);
  });
});

test('a stream that nothing happens on is kept alive, and one that nobody reads any more is not', async () => {
  const leaving = new AbortController();
  let followers = 0;
  const follow = () => {
    followers += 1;
    return () => {
      followers -= 1;
    };
  };
  const reader = eventStream(follow, leaving.signal, 1)
    .body?.pipeThrough(new TextDecoderStream())
    .getReader();
  for (const words of [': connected\n\n', ': still here\n\n', ': still here\n\n'])
    expect((await reader?.read())?.value).toBe(words);
  expect(followers).toBe(1);
  leaving.abort();
  expect(followers).toBe(0);
  await reader?.cancel();
  // Gone before it was answered at all.
  expect(await eventStream(follow, leaving.signal).text()).toBe('');
  expect(followers).toBe(0);
});

test('a reader that does not read is cut off instead of being buffered for ever', async () => {
  let send: (event: LocalEvent) => void = () => {};
  let subscribed = true;
  const response = eventStream((listener) => {
    send = listener;
    return () => {
      subscribed = false;
    };
  }, new AbortController().signal);
  for (let sent = 0; sent < 2000 && subscribed; sent++) send({ type: 'status' });
  expect(subscribed).toBe(false);
  await response.body?.cancel();
});
