import { describe, expect, test } from 'vitest';
import type { LocalEvent } from '../../shared/contracts/local-api.ts';
import type { Carrier, StreamListener } from './carrier.ts';
import { CarrierLost } from './carrier.ts';
import { type Connection, followLiveEvents } from './live-events.ts';

/** A carrier whose streams a test opens, feeds and ends. */
function streams() {
  const opened: { listener: StreamListener; end(status: number | Error): void; signal: AbortSignal }[] = [];
  const waiting: (() => void)[] = [];
  const carrier: Carrier = {
    send: async () => ({ status: 200, text: '' }),
    follow: (listener, signal) =>
      new Promise((resolve, reject) => {
        const end = (status: number | Error) => (status instanceof Error ? reject(status) : resolve(status));
        signal.addEventListener('abort', () => resolve(200));
        opened.push({ listener, end, signal });
        waiting.shift()?.();
      }),
  };
  const next = async (index: number) => {
    while (opened[index] === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
    return opened[index];
  };
  return { carrier, next, opened };
}

function follow(delays: number[] = []) {
  const { carrier, next, opened } = streams();
  const connections: Connection[] = [];
  const events: (LocalEvent | null)[] = [];
  const following = followLiveEvents({
    carrier,
    onConnection: (connection) => connections.push(connection),
    onEvent: (event) => events.push(event),
    delay: (attempt) => {
      delays.push(attempt);
      return 0;
    },
  });
  return { following, next, opened, connections, events };
}

describe('live events', () => {
  test('each subscription asks to read everything anew, then events name what changed', async () => {
    const { following, next, connections, events } = follow();
    const stream = await next(0);
    stream.listener.open();
    stream.listener.data('{"type":"settings","changed":["cpus"]}');
    expect(connections).toEqual(['connecting', 'live']);
    expect(events).toEqual([null, { type: 'settings', changed: ['cpus'] }]);
    following.stop();
  });

  test('what is no event of the contract is passed over', async () => {
    const { following, next, events } = follow();
    const stream = await next(0);
    for (const text of ['', 'not json', '{}', '{"type":"from-the-future"}', '[]', 'null'])
      stream.listener.data(text);
    expect(events).toEqual([]);
    following.stop();
  });

  test('a lost stream is opened again with growing delays, which start anew once it was open', async () => {
    const delays: number[] = [];
    const { following, next, connections } = follow(delays);
    (await next(0)).end(new CarrierLost(new Error('refused')));
    (await next(1)).end(new CarrierLost(new Error('refused')));
    const third = await next(2);
    third.listener.open();
    third.end(200);
    await next(3);
    expect(delays).toEqual([0, 1, 0]);
    expect(connections).toEqual(['connecting', 'lost', 'lost', 'live', 'lost']);
    following.stop();
  });

  test('a bearer that is no longer known ends it for good', async () => {
    const { next, opened, connections } = follow();
    (await next(0)).end(401);
    await Promise.resolve();
    await expect.poll(() => connections).toEqual(['connecting', 'session-ended']);
    expect(opened.length).toBe(1);
  });

  test('after stop nothing is told and nothing is opened', async () => {
    const { following, next, opened, connections } = follow();
    const stream = await next(0);
    following.stop();
    expect(stream.signal.aborted).toBe(true);
    await Promise.resolve();
    expect(opened.length).toBe(1);
    expect(connections).toEqual(['connecting']);
  });
});
