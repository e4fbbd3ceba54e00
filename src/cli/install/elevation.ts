import { win32 } from 'node:path';
import type { CommandRunner } from '../../agent/agent-options.ts';
import type { AgentPaths } from '../../agent/paths.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';

/** What tells whether this process may write the machine's files. */
export interface ElevationFacts {
  readonly paths: Pick<AgentPaths, 'platform' | 'testPaths' | 'systemRoot'>;
  /** Effective user; `null` on Windows. */
  readonly userId: number | null;
  readonly runCommand: CommandRunner;
}

/** Integrity levels "high" and "system": those of a process that was started as administrator, or by the system. */
const ELEVATED = /\bS-1-16-(?:12288|16384)\b/;

/** `null` where the machine's files may be written; otherwise why not, and how to start the command. */
export async function refuseUnlessElevated(facts: ElevationFacts, command: string): Promise<Refusal | null> {
  const { platform, testPaths, systemRoot } = facts.paths;
  if (testPaths) return null;
  if (platform !== 'windows') {
    if (facts.userId === 0) return null;
    return refusal(
      command,
      'it does not run as root',
      `Run "sudo mooring ${command}" with the same options.`,
    );
  }
  const whoami = win32.join(systemRoot, 'System32', 'whoami.exe');
  const asked = await facts.runCommand(whoami, ['/groups', '/fo', 'csv', '/nh']);
  if (asked.kind === 'ended' && asked.exitCode === 0 && ELEVATED.test(asked.stdout)) return null;
  const help = 'Start a terminal with "Run as administrator" and run it again with the same options.';
  return refusal(command, 'it does not run as administrator', help);
}

function refusal(command: string, why: string, help: string): Refusal {
  const message = `"mooring ${command}" changes files of the whole machine, and ${why}. Nothing was changed.`;
  return { code: 'forbidden', message, help };
}
