import { createConnection, type NetConnectOpts } from 'node:net';
import type { DisplayAddress } from './display-address.ts';

/** How long a display that is reached through a network may take, in milliseconds. */
const PATIENCE_MS = 3_000;

/** Whether somebody listens there. Nothing is said to it: a display that wants to know more asks Chromium for it. */
export async function answers(address: DisplayAddress): Promise<boolean> {
  if (address.kind === 'given') return true;
  if (address.kind === 'tcp') return connects({ host: address.host, port: address.port });
  for (const path of address.paths) if (await connects({ path })) return true;
  return false;
}

function connects(to: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(to);
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PATIENCE_MS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
