import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { PushQuestion, PushReady } from './push.server.ts';

/** A server of push.server.ts, started. */
export interface PushServer extends PushReady {
  ask(question: PushQuestion): void;
  /** Bytes resident after collecting. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

export async function startPushServer(role: 'hub' | 'bare', desktops: number): Promise<PushServer> {
  const file = fileURLToPath(new URL('./push.server.ts', import.meta.url));
  const child: ChildProcess = fork(file, [role, String(desktops)], { execArgv: ['--expose-gc'] });
  const ended = once(child, 'exit');
  const first = await Promise.race([once(child, 'message'), ended.then(() => null)]);
  if (first === null) throw new Error(`the ${role} server ended`);
  const ready = first[0] as PushReady;
  return {
    ...ready,
    ask: (question) => void child.send(question),
    memory: async () => {
      child.send({ ask: 'memory' } satisfies PushQuestion);
      const [{ bytes }] = (await once(child, 'message')) as [{ bytes: number }];
      return bytes;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.disconnect();
      await ended;
    },
  };
}

/** An open event stream; `onSeq` hears of each number. */
export async function openStream(port: number, token: string, onSeq: (seq: number) => void): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const heard = new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (!text.startsWith('HTTP/1.1 200') && text.startsWith('HTTP/')) reject(new Error(text.slice(0, 200)));
      for (const [, seq] of text.matchAll(/^id: (\d+)$/gm)) {
        onSeq(Number(seq));
        resolve();
      }
    });
    socket.once('close', () => reject(new Error('the server closed the stream')));
  });
  socket.write(
    `GET /v1/agent/events?org=acme HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`,
  );
  await heard;
  return socket;
}

/** Opens streams, so many at a time: a server is not stampeded by its own benchmark. */
export async function openStreams(
  server: PushReady,
  onSeq: (index: number, seq: number) => void,
): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  const AT_ONCE = 100;
  for (let from = 0; from < server.tokens.length; from += AT_ONCE) {
    const some = server.tokens.slice(from, from + AT_ONCE);
    sockets.push(
      ...(await Promise.all(
        some.map((token, offset) => openStream(server.port, token, (seq) => onSeq(from + offset, seq))),
      )),
    );
  }
  return sockets;
}
