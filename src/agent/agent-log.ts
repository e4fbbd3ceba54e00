import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { maskUserInfo } from '../shared/text/mask-user-info.ts';
import type { LogEntry } from './agent-options.ts';
import { type Clock, instant } from './clock.ts';

/** One file of this size and the one before it are kept. */
const LARGEST_LOG = 1024 * 1024;

/**
 * Writes one JSON object a line to a file of mode 0600. User-info of addresses is hidden. A log that cannot be
 * written is given up silently: it must never be what stops the agent.
 */
export function fileLog(file: string, clock: Clock): (entry: LogEntry) => void {
  let last: Promise<void> = Promise.resolve();
  const write = async (line: string) => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size > LARGEST_LOG) await rename(file, `${file}.1`);
    await appendFile(file, line, { mode: 0o600 });
  };
  return (entry) => {
    const line = `${maskUserInfo(JSON.stringify({ time: instant(clock.wall()), ...entry }))}\n`;
    last = last.then(() => write(line)).catch(() => {});
  };
}
