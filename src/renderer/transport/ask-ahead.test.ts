import { expect, test } from 'vitest';
import { askAhead } from './ask-ahead.ts';
import { type Carrier, CarrierLost, type StreamListener } from './carrier.ts';

/** A carrier that counts what it is asked; a test opens, feeds and ends its streams. */
function agent() {
  const asked: string[] = [];
  const streams: {
    readonly listener: StreamListener;
    readonly signal: AbortSignal;
    end(status: number): void;
  }[] = [];
  let lost = false;
  const carrier: Carrier = {
    send: async ({ method, path }) => {
      asked.push(`${method} ${path}`);
      if (lost) throw new CarrierLost(null);
      return { status: 200, text: String(asked.length) };
    },
    follow: (listener, signal) =>
      new Promise((resolve) => {
        streams.push({ listener, signal, end: resolve });
      }),
  };
  return { carrier, asked, streams, lose: () => (lost = true) };
}

/** Who listens, and what it heard in which order. */
function listener() {
  const heard: string[] = [];
  return { heard, open: () => void heard.push('open'), data: (text: string) => void heard.push(text) };
}

const read = (carrier: Carrier, path: string) => carrier.send({ method: 'GET', path });
const going = () => new AbortController().signal;

test('what pages need first is asked as soon as events are followed, each once, and answers the first read', async () => {
  const { carrier, asked, streams } = agent();
  const ahead = askAhead(carrier);
  expect(asked).toEqual([]);
  streams[0]?.listener.open();
  expect(asked).toEqual(['GET /v1/status', 'GET /v1/settings', 'GET /v1/catalog']);
  expect((await read(ahead, '/v1/settings')).text).toBe('2');
  // Asked again because something changed: never the same answer twice.
  expect((await read(ahead, '/v1/settings')).text).toBe('4');
  expect((await read(ahead, '/v1/policy')).text).toBe('5');
});

test('an answer that an event has made old answers nobody', async () => {
  const { carrier, asked, streams } = agent();
  const ahead = askAhead(carrier);
  streams[0]?.listener.open();
  streams[0]?.listener.data('{"type":"settings"}');
  expect((await read(ahead, '/v1/settings')).text).toBe('4');
  expect(asked).toHaveLength(4);
});

test('nor does one from before a change of this page', async () => {
  const { carrier, streams } = agent();
  const ahead = askAhead(carrier);
  streams[0]?.listener.open();
  await ahead.send({ method: 'PATCH', path: '/v1/settings', body: {} });
  expect((await read(ahead, '/v1/settings')).text).toBe('5');
});

test('the first who follows hears the stream from its beginning, and ends it; the next has one of its own', async () => {
  const { carrier, streams } = agent();
  const ahead = askAhead(carrier);
  streams[0]?.listener.open();
  streams[0]?.listener.data('one');
  const first = listener();
  const leaving = new AbortController();
  const following = ahead.follow(first, leaving.signal);
  streams[0]?.listener.data('two');
  expect(first.heard).toEqual(['open', 'one', 'two']);
  const second = listener();
  void ahead.follow(second, going());
  expect(streams).toHaveLength(2);
  streams[1]?.listener.open();
  expect([first.heard.length, second.heard]).toEqual([3, ['open']]);
  expect(streams[0]?.signal.aborted).toBe(false);
  leaving.abort();
  expect(streams[0]?.signal.aborted).toBe(true);
  streams[0]?.end(200);
  expect(await following).toBe(200);
});

test('a stream that was refused before anybody listened is refused to the first who does', async () => {
  const { carrier, asked, streams } = agent();
  const ahead = askAhead(carrier);
  streams[0]?.end(401);
  const first = listener();
  expect(await ahead.follow(first, going())).toBe(401);
  expect([first.heard, asked]).toEqual([[], []]);
});

test('an agent that goes away meanwhile is gone for the read that would have had the answer', async () => {
  const { carrier, streams, lose } = agent();
  const ahead = askAhead(carrier);
  lose();
  streams[0]?.listener.open();
  await expect(read(ahead, '/v1/status')).rejects.toBeInstanceOf(CarrierLost);
});

/** Never over. */
const PATIENT = new Promise<never>(() => {});

test('what is answered before the page is drawn is given once; the next read asks the agent', async () => {
  const { carrier, asked, streams } = agent();
  const ahead = askAhead(carrier);
  const first = ahead.first(PATIENT);
  streams[0]?.listener.open();
  expect([...(await first)].map(([name, { text }]) => [name, text])).toEqual([
    ['status', '1'],
    ['settings', '2'],
    ['catalog', '3'],
  ]);
  expect((await read(ahead, '/v1/status')).text).toBe('4');
  expect(asked).toHaveLength(4);
  expect((await ahead.first(PATIENT)).size).toBe(0);
});

test('what does not come in time is left for the first read of its kind', async () => {
  const { carrier, asked, streams } = agent();
  const late = Promise.withResolvers<void>();
  const ahead = askAhead({
    ...carrier,
    send: async (request) => {
      const answer = await carrier.send(request);
      if (request.path === '/v1/settings') await late.promise;
      return answer;
    },
  });
  const patience = Promise.withResolvers<void>();
  const first = ahead.first(patience.promise);
  streams[0]?.listener.open();
  await read(ahead, '/v1/policy');
  patience.resolve();
  expect([...(await first).keys()]).toEqual(['status', 'catalog']);
  const reading = read(ahead, '/v1/settings');
  late.resolve();
  expect((await reading).text).toBe('2');
  expect(asked).toHaveLength(4);
});

test('what an event made old before the page was drawn is not given to it', async () => {
  const { carrier, streams } = agent();
  const ahead = askAhead(carrier);
  const first = ahead.first(PATIENT);
  streams[0]?.listener.open();
  streams[0]?.listener.data('{"type":"settings"}');
  expect((await first).size).toBe(0);
  expect((await read(ahead, '/v1/settings')).text).toBe('4');
});

test('a stream that is refused, and an agent that goes away, give nothing and end the wait', async () => {
  const refused = agent();
  const first = askAhead(refused.carrier).first(PATIENT);
  refused.streams[0]?.end(401);
  expect((await first).size).toBe(0);
  const gone = agent();
  const ahead = askAhead(gone.carrier);
  gone.lose();
  gone.streams[0]?.listener.open();
  expect((await ahead.first(PATIENT)).size).toBe(0);
});
