import { createPublicKey, type KeyObject, verify as verifyWithCallback } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { agentKeysSchema } from '../src/shared/contracts/agent-api.ts';
import { bundlePayloadSchema } from '../src/shared/contracts/bundle.ts';
import { type Benchmark, inTurn, type Measurement, median, pairedRatio } from './benchmark.ts';
import { openStreams, type PushServer, startPushServer } from './push-client.ts';

const verify = promisify(verifyWithCallback);
const AGENTS = 2_000;
/** The first round warms up and is not counted. */
const ROUNDS = 15;
/** Agents that had nothing to do: the hub remembers a bearer for 5 s, and of these it remembers none any more. */
const IDLE_MS = 5_200;

/** When each agent held what was pushed, in milliseconds after it was saved. */
interface Round {
  readonly median: number;
  readonly p99: number;
}

/** One side: a server with its agents, which fetch when they are nudged. */
interface Side {
  round(): Promise<Round>;
  stop(): Promise<void>;
}

type Holds = (body: string, seq: number) => void | Promise<void>;

async function openSide(server: PushServer, holds: Holds, bodyBytes: () => number): Promise<Side> {
  let onNudge: (index: number, seq: number) => void = () => undefined;
  const streams = await openStreams(server, (index, seq) => onNudge(index, seq));
  const round = async (): Promise<Round> => {
    const times: number[] = [];
    const done = Promise.withResolvers<void>();
    const started = performance.now();
    onNudge = (index, seq) => {
      fetchPolicy(server.port, server.tokens[index] ?? '')
        .then((body) => holds(body, seq))
        .then(() => {
          times.push(performance.now() - started);
          if (times.length === AGENTS) done.resolve();
        }, done.reject);
    };
    server.ask({ ask: 'save', bodyBytes: bodyBytes() });
    await done.promise;
    const sorted = times.sort((a, b) => a - b);
    return { median: median(sorted), p99: sorted[Math.ceil(AGENTS * 0.99) - 1] ?? 0 };
  };
  return {
    round,
    stop: async () => {
      for (const socket of streams) socket.destroy();
      await server.stop();
    },
  };
}

/**
 * The body of one GET on a connection of its own: an agent that was idle for an hour has none left. Anything but 200
 * rejects.
 */
function fetchPolicy(port: number, token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (!text.startsWith('HTTP/1.1 200') || Number.isNaN(length)) reject(new Error(text.slice(0, 200)));
      else if (text.length >= end + 4 + length) resolve(text.slice(end + 4));
      else return;
      socket.destroy();
    });
    socket.once('error', reject);
    socket.write(
      `GET /v1/agent/policy?org=acme HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
  });
}

async function readKey(port: number): Promise<KeyObject> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/agent/keys`);
  const [key] = agentKeysSchema.parse(await answer.json()).keys;
  if (key === undefined) throw new Error('the hub has no key');
  return createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x }, format: 'jwk' });
}

/** Both sides of one round. */
type RoundPair = Readonly<Record<'ours' | 'theirs', Round>>;

let measured: Promise<readonly RoundPair[]> | undefined;

/** Both figures come from the same rounds. */
function rounds() {
  measured ??= run();
  return measured;
}

async function run(): Promise<readonly RoundPair[]> {
  let bytes = 1;
  const hub = await startPushServer('hub', AGENTS);
  const bare = await startPushServer('bare', AGENTS);
  const key = await readKey(hub.port);
  const verified: Holds = async (jws, seq) => {
    const end = jws.lastIndexOf('.');
    const signed = Buffer.from(jws.slice(0, end), 'latin1');
    const signature = Buffer.from(jws.slice(end + 1), 'base64url');
    // Off the thread that reads: two thousand desktops do not wait for each other's processors either.
    if (!(await verify(null, signed, key, signature))) throw new Error('a bundle does not verify');
    const payload = jws.slice(jws.indexOf('.') + 1, end);
    const bundle = bundlePayloadSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    if (bundle.seq < seq) throw new Error('an agent was nudged before its bundle was there');
    bytes = jws.length;
  };
  const sides = [
    await openSide(hub, verified, () => 0),
    // The bare answers are as long as bundles.
    await openSide(
      bare,
      () => undefined,
      () => bytes,
    ),
  ] as const;
  const pairs: RoundPair[] = [];
  try {
    for (let count = 0; count <= ROUNDS; count += 1) {
      await delay(IDLE_MS);
      const pair = await inTurn(count, sides[0].round, sides[1].round);
      if (count > 0) pairs.push(pair);
    }
    return pairs;
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
  }
}

function benchmarkOf(figure: keyof Round, name: string): Benchmark {
  return {
    what: `saving a policy until ${AGENTS} idle agents hold and have verified it, ${name}`,
    against: 'a bare node:http broadcast of one line, then as many bare GETs',
    atMost: 3,
    unit: '×',
    async measure(): Promise<Measurement> {
      const pairs = await rounds();
      return pairedRatio(pairs.map(({ ours, theirs }) => ({ ours: ours[figure], theirs: theirs[figure] })));
    },
  };
}

const benchmarks: readonly Benchmark[] = [benchmarkOf('median', 'median'), benchmarkOf('p99', 'p99')];
export default benchmarks;
