import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A display that does nothing but answer: the stand-in draws elsewhere. */
export interface StandInDisplay {
  /** As `DISPLAY` and `WAYLAND_DISPLAY` name it: the path of its socket. */
  readonly name: string;
  /** Ends it and leaves its name behind, as a session does that was killed. */
  close(): Promise<void>;
}

export async function openDisplay(): Promise<StandInDisplay> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-display-'));
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  });
  const name = join(folder, 'display');
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(name, resolve));
  return {
    name,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
