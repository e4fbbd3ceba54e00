import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './ownership.ts';
import type { PostgresEndpoint } from './postgres-process.ts';

/*
 * postmaster.pid, one value a line: process id, data directory, start time, port, socket directory, listen
 * address, shared memory, status. PostgreSQL writes it at start and removes it at a clean end.
 */
function readLines(directory: string): readonly string[] | null {
  try {
    return readFileSync(join(directory, 'postmaster.pid'), 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch {
    return null;
  }
}

/** Process id of the server that runs in a directory, by its own file; `null` when there is none. */
export function runningServer(directory: string): number | null {
  const pid = Number(readLines(directory)?.[0]);
  return Number.isInteger(pid) && pid > 1 && isAlive(pid) ? pid : null;
}

/** Where the server of this cluster listens, as its own file says; `null` when none runs. */
export function endpointOfRunningServer(directory: string): PostgresEndpoint | null {
  const lines = readLines(directory);
  const pid = Number(lines?.[0]);
  const port = Number(lines?.[3]);
  if (lines === null || !Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port) || !isAlive(pid))
    return null;
  const host = lines[4] || lines[5] || '';
  return host === '' ? null : { host, port };
}

/**
 * Removes the file of a server that is gone when its process id now belongs to something else: PostgreSQL
 * itself takes any living process of its user for a rival, which after a restart of a container is common.
 */
export async function forgetDeadServer(directory: string): Promise<void> {
  const pid = Number(readLines(directory)?.[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const command = `/proc/${pid}/cmdline`;
  if (!existsSync('/proc/self/cmdline')) return; // not Linux: leave the judgement to PostgreSQL
  let words: string;
  try {
    words = readFileSync(command, 'utf8');
  } catch {
    return; // no such process: PostgreSQL sees that by itself
  }
  if (!words.split('\0').includes(directory)) rmSync(join(directory, 'postmaster.pid'), { force: true });
}
