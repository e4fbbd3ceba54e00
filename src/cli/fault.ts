import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AgentOptions } from '../agent/agent-options.ts';
import { userPaths } from '../agent/local-api/connect.ts';
import type { Refusal } from '../shared/contracts/refusal.ts';
import { VERSION } from '../shared/version.ts';

/** One file of this size and the one before it are kept. */
const LARGEST_LOG = 1024 * 1024;

/** Writes a fault of ours to the log and answers with what a person is told: a reference and where the log is. */
export async function reportFault(options: AgentOptions, error: unknown): Promise<Refusal> {
  const reference = randomBytes(4).toString('hex');
  const file = join(userPaths(options).userData, 'mooring.log');
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const entry = { time: new Date().toISOString(), level: 'error', version: VERSION, reference, fault: text };
  const written = await append(file, `${JSON.stringify(entry)}\n`);
  return {
    code: 'internal',
    message: `Mooring met a fault of its own (reference ${reference}).`,
    help: written
      ? `What happened is in ${file}. Run the command again; if the fault stays, report it with this reference and that file.`
      : `It could not be written to ${file}. Run the command again; if the fault stays, report it with the command that you typed.`,
    details: { reference, ...(written ? { log: file } : {}) },
  };
}

async function append(file: string, line: string): Promise<boolean> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size > LARGEST_LOG) await rename(file, `${file}.1`);
    await appendFile(file, line, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
