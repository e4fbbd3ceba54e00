import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { Platform } from '../../shared/settings/setting.ts';
import { printRefusal, refusalBody } from '../refusal-output.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What the `policy` commands stand on; the process's own in use, a test's in tests. */
export interface PolicyIo {
  readonly terminal: Terminal;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /** The stream behind `terminal.out`, for output that has to wait for its reader. */
  readonly stdout: NodeJS.WritableStream;
  /** This machine's. */
  readonly platform: Platform;
}

/** Exit codes of docs/policy.md, section 4. */
export const DONE = 0;
export const BAD_INPUT = 2;

/** Refuses what was asked for: in words on standard error, or as JSON where that was asked for. */
export function refuse(io: PolicyIo, json: boolean, message: string, help: string): number {
  const refusal: Refusal = { code: 'bad_request', message, help };
  if (json) io.terminal.out(`${JSON.stringify(refusalBody(refusal), null, 2)}\n`);
  else printRefusal(io.terminal, refusal);
  return BAD_INPUT;
}
