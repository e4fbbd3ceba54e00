import type { CommandRunner } from '../agent-options.ts';

/**
 * Whether the settings store of the original product may be written: on mac only while its backend is not running,
 * which keeps the settings in memory and would write them back (docs/policy.md section 5, layout `docker`).
 * A probe that cannot be run counts as running: what it protects is somebody else's file.
 */
export function dockerBackendQuit(runCommand: CommandRunner): () => Promise<boolean> {
  return async () => {
    // pgrep never names itself; it ends with 1 when it found nothing.
    const found = await runCommand('/usr/bin/pgrep', ['-f', '/com\\.docker\\.backend( |$)']);
    return found.kind === 'ended' && found.exitCode === 1;
  };
}
