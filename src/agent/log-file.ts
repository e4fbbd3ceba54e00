import { appendFileSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { maskUserInfo } from '../shared/text/mask-user-info.ts';
import type { AgentOptions, LogEntry } from './agent-options.ts';
import { makeFolder } from './files/make-folder.ts';
import { userPaths } from './user-paths.ts';

/** One file of this size, in bytes, and the one before it are kept. */
const LARGEST_LOG = 1024 * 1024;

/** Where faults, and what the agent has to say, are written: one JSON object a line. */
export function logFile(options: AgentOptions): string {
  return join(userPaths(options).userData, 'mooring.log');
}

/** How much of the log's end is read, in bytes. */
const TAIL = 256 * 1024;

/** The last lines of the log, oldest first; none where there is no log or it cannot be read. */
export async function readLogTail(file: string): Promise<readonly string[]> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return [];
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer
      .toString('utf8', 0, bytesRead)
      .split('\n')
      .filter((line) => line !== '');
    // The first one may have been cut in the middle.
    return from > 0 ? lines.slice(1) : lines;
  } finally {
    await handle.close();
  }
}

/** Appends one line, readable by the user alone; false when that cannot be done, which must not stop anything. */
export function appendToLog(file: string, entry: Readonly<Record<string, unknown>>): boolean {
  try {
    makeFolder(dirname(file));
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG) renameSync(file, `${file}.1`);
    const line = JSON.stringify({ time: new Date().toISOString(), ...entry }, masked);
    appendFileSync(file, `${line}\n`, {
      mode: 0o600,
    });
    return true;
  } catch {
    return false;
  }
}

/** Errors of the system and of libraries name addresses whole (docs/delivery.md section 7). */
function masked(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? maskUserInfo(value) : value;
}

/** The same options, with an agent's log going into the file, and to `also` where somebody watches. */
export function withLog(options: AgentOptions, also: (entry: LogEntry) => void = () => {}): AgentOptions {
  const file = logFile(options);
  return {
    ...options,
    log: (entry) => {
      appendToLog(file, { pid: process.pid, ...entry });
      also(entry);
    },
  };
}
