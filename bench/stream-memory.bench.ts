import type { Benchmark } from './benchmark.ts';
import { openStreams, startPushServer } from './push-client.ts';

const STREAMS = 10_000;
/** Opened and closed before measuring, so that code, pools and caches are there on both sides. */
const WARM = 500;

/** Bytes resident for each idle stream. */
async function bytesPerStream(role: 'hub' | 'bare'): Promise<number> {
  const server = await startPushServer(role, STREAMS);
  try {
    const warm = await openStreams({ ...server, tokens: server.tokens.slice(0, WARM) }, () => undefined);
    const before = await server.memory();
    const rest = await openStreams({ ...server, tokens: server.tokens.slice(WARM) }, () => undefined);
    const after = await server.memory();
    for (const socket of [...warm, ...rest]) socket.destroy();
    return (after - before) / (STREAMS - WARM);
  } finally {
    await server.stop();
  }
}

const benchmark: Benchmark = {
  what: `memory of the hub per idle event stream, ${STREAMS} streams`,
  against: 'the same streams on bare node:http',
  atMost: 1.5,
  unit: '×',
  async measure() {
    const theirs = await bytesPerStream('bare');
    const ours = await bytesPerStream('hub');
    const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
    return { result: ours / theirs, ours: kib(ours), theirs: kib(theirs) };
  },
};
export default benchmark;
