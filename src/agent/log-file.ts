import { appendFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentOptions, LogEntry } from './agent-options.ts';
import { makeFolder } from './files/make-folder.ts';
import { userPaths } from './local-api/connect.ts';

/** One file of this size, in bytes, and the one before it are kept. */
const LARGEST_LOG = 1024 * 1024;

/** Where faults, and what the agent has to say, are written: one JSON object a line. */
export function logFile(options: AgentOptions): string {
  return join(userPaths(options).userData, 'mooring.log');
}

/** Appends one line, readable by the user alone; false when that cannot be done, which must not stop anything. */
export function appendToLog(file: string, entry: Readonly<Record<string, unknown>>): boolean {
  try {
    makeFolder(dirname(file));
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG) renameSync(file, `${file}.1`);
    appendFileSync(file, `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`, {
      mode: 0o600,
    });
    return true;
  } catch {
    return false;
  }
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
