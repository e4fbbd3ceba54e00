import { randomBytes } from 'node:crypto';
import type { AgentOptions } from '../agent/agent-options.ts';
import type { Refusal } from '../shared/contracts/refusal.ts';
import { VERSION } from '../shared/version.ts';

/** Writes a fault of ours to the log and answers with what a person is told: a reference and where the log is. */
export async function reportFault(options: AgentOptions, error: unknown): Promise<Refusal> {
  const { appendToLog, logFile } = await import('../agent/log-file.ts');
  const reference = randomBytes(4).toString('hex');
  const file = logFile(options);
  const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const written = appendToLog(file, { level: 'error', version: VERSION, reference, fault });
  return {
    code: 'internal',
    message: `Mooring met a fault of its own (reference ${reference}).`,
    help: written
      ? `What happened is in ${file}. Run the command again; if the fault stays, report it with this reference and that file.`
      : `It could not be written to ${file}. Run the command again; if the fault stays, report it with the command that you typed.`,
    details: { reference, ...(written ? { log: file } : {}) },
  };
}
