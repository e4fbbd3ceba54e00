import { randomBytes } from 'node:crypto';
import { chmod, lstat, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { dirname } from 'node:path';
import { createRequestListener } from '@remix-run/node-fetch-server';
import { makeFolder } from '../files/make-folder.ts';
import type { AgentPaths } from '../paths.ts';
import type { LocalFetch } from './router.ts';

/** An open door: where it is, and how it is closed. */
export interface Door {
  /** Socket path or pipe name. */
  readonly address: string;
  close(): Promise<void>;
}

export type OpenedDoor =
  | { readonly ok: true; readonly door: Door }
  | { readonly ok: false; readonly message: string };

/**
 * Opens the door that only this user can open: a socket of mode 0600 in a directory of mode 0700, or on Windows a
 * named pipe with a random name that is published in the user's own folder (a fixed name could be taken by another
 * user of the machine before the agent starts).
 *
 * Called only by the holder of the agent's lock, which is why a socket already there is a dead agent's and may be
 * removed without asking it.
 */
export async function openSocketDoor(
  paths: Pick<AgentPaths, 'platform' | 'socket'>,
  fetch: LocalFetch,
): Promise<OpenedDoor> {
  const address =
    paths.platform === 'windows' && process.platform === 'win32'
      ? `\\\\.\\pipe\\mooring-${randomBytes(16).toString('hex')}`
      : paths.socket;
  const isPipe = address !== paths.socket;
  try {
    if (!isPipe) await clearTheWay(address);
    const server = createServer(createRequestListener(fetch, { host: 'agent', protocol: 'http:' }));
    await listen(server, address, isPipe);
    return {
      ok: true,
      door: {
        address,
        close: async () => {
          await closeServer(server);
          if (!isPipe) await rm(address, { force: true });
        },
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, message: `The agent's socket ${address} could not be opened: ${reason}.` };
  }
}

/** How long answers under way may take to arrive after the server has closed, in milliseconds. */
const LAST_WORDS_MS = 250;

/** Ends a server: answers under way are still sent, event streams, which never end by themselves, are cut. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function clearTheWay(socket: string): Promise<void> {
  const folder = dirname(socket);
  makeFolder(folder);
  const info = await lstat(folder);
  const me = process.getuid?.();
  if (!info.isDirectory() || (me !== undefined && info.uid !== me)) {
    throw new Error(`${folder} belongs to somebody else; remove it`);
  }
  await chmod(folder, 0o700);
  await rm(socket, { force: true, recursive: true });
}

async function listen(server: Server, address: string, isPipe: boolean): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  if (!isPipe) await chmod(address, 0o600);
}
