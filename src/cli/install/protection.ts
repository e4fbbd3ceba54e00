import { lstat } from 'node:fs/promises';
import { win32 } from 'node:path';
import type { CommandRunner } from '../../agent/agent-options.ts';
import type { AgentPaths } from '../../agent/paths.ts';
import type { FileTrust } from '../../agent/sources/machine-file-trust.ts';

/** Administrators and SYSTEM, by the identifiers that no language of Windows changes. */
const ADMINISTRATORS = '*S-1-5-32-544';
const SYSTEM = '*S-1-5-18';
const USERS = '*S-1-5-32-545';

/** Makes what is installed belong to administrators alone, and checks it with the rule by which the agent reads it. */
export interface Protection {
  /** What is wrong, in words; `null`: nothing. */
  readonly folder: (path: string) => Promise<string | null>;
  readonly file: (path: string) => Promise<string | null>;
}

/** The protection of this host. Test paths belong to whoever tests. */
export function machineProtection(
  paths: Pick<AgentPaths, 'platform' | 'testPaths' | 'systemRoot'>,
  runCommand: CommandRunner,
  trust: FileTrust,
): Protection {
  if (paths.testPaths) return { folder: async () => null, file: async () => null };
  const trusted = async (path: string): Promise<string | null> => trust(path, await lstat(path));
  // Elsewhere root makes it with its mode: nothing is left to do but to look, at a folder before it is written to.
  if (paths.platform !== 'windows') return { folder: trusted, file: trusted };
  const icacls = win32.join(paths.systemRoot, 'System32', 'icacls.exe');
  const run = async (path: string, steps: readonly (readonly string[])[]): Promise<string | null> => {
    for (const step of steps) {
      const ended = await runCommand(icacls, [path, ...step, '/q']);
      if (ended.kind === 'failed') return `icacls.exe could not be started (${ended.reason})`;
      if (ended.exitCode !== 0) return `icacls.exe ended with ${ended.exitCode} for ${path}`;
    }
    return null;
  };
  return {
    // Anybody may make a folder in ProgramData, is then its owner, and may have given rights or made it a link to
    // another: so it is taken over before it is used.
    folder: async (path) => {
      if ((await lstat(path)).isSymbolicLink()) return 'it is a link';
      return run(path, [
        ['/setowner', ADMINISTRATORS],
        ['/reset'],
        [
          '/inheritance:r',
          '/grant:r',
          `${SYSTEM}:(OI)(CI)F`,
          `${ADMINISTRATORS}:(OI)(CI)F`,
          `${USERS}:(OI)(CI)RX`,
        ],
      ]);
    },
    file: async (path) => (await run(path, [['/setowner', ADMINISTRATORS], ['/reset']])) ?? trusted(path),
  };
}
