import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Benchmark, ratio } from './benchmark.ts';
import type { ServerReady } from './hub-304.server.ts';

/** Kept-alive connections, as from agents behind a proxy; each waits for its answer before it asks again. */
const CONNECTIONS = 8;
const REQUESTS = 8_000;

/** An answer of 304 has no body: it ends with its headers. */
const END_OF_HEADERS = Buffer.from('\r\n\r\n');
const NOT_MODIFIED = Buffer.from('HTTP/1.1 304 ');

const benchmark: Benchmark = {
  what: 'hub answering If-None-Match with 304',
  against: 'bare node:http answering a constant 304 after reading the same header',
  atMost: 3,
  unit: '×',
  async measure() {
    const hub = start('hub');
    const bare = start('bare');
    try {
      const [ours, theirs] = await Promise.all([opened(hub), opened(bare)]);
      const measured = await ratio(ours.run, theirs.run, 15);
      for (const socket of [...ours.sockets, ...theirs.sockets]) socket.destroy();
      return measured;
    } finally {
      await Promise.all([hub, bare].map(stop));
    }
  },
};
export default benchmark;

function start(role: 'hub' | 'bare'): ChildProcess {
  return fork(fileURLToPath(new URL('./hub-304.server.ts', import.meta.url)), [role]);
}

/** The server's process ends by itself, and its database with it, once nobody is connected. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}

/** Connections to a server, and one round of requests over all of them. */
async function opened(
  child: ChildProcess,
): Promise<{ readonly sockets: readonly Socket[]; run(): Promise<void> }> {
  const { port, request } = await new Promise<ServerReady>((resolve, reject) => {
    child.once('message', (message) => resolve(message as ServerReady));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const bytes = Buffer.from(request);
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => dial(port)));
  return {
    sockets,
    run: async () => {
      await Promise.all(sockets.map((socket) => ask(socket, bytes, REQUESTS / CONNECTIONS)));
    },
  };
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Sends the request so many times, each after the answer to the one before; any answer but 304 ends it. */
function ask(socket: Socket, request: Buffer, times: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = times;
    let pending: Buffer = Buffer.alloc(0);
    const finish = (error?: Error): void => {
      socket.off('data', receive).off('close', closed);
      if (error === undefined) resolve();
      else reject(error);
    };
    const closed = (): void => finish(new Error('the server closed the connection'));
    const receive = (chunk: Buffer): void => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      if (pending.indexOf(END_OF_HEADERS) === -1) return;
      if (!pending.subarray(0, NOT_MODIFIED.length).equals(NOT_MODIFIED)) {
        finish(new Error(`answered ${pending.toString('latin1').slice(0, 200)}`));
        return;
      }
      pending = Buffer.alloc(0);
      left -= 1;
      if (left === 0) finish();
      else socket.write(request);
    };
    socket.on('data', receive).on('close', closed);
    socket.write(request);
  });
}
