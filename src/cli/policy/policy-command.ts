import { hostPlatform } from '../../agent/host.ts';
import { exitWhenFlushed, openTerminal } from '../terminal/terminal.ts';
import type { PolicyIo } from './policy-io.ts';

/**
 * Starts `policy resolve`, `policy validate` or `policy schema` without loading the command tree: a device manager
 * or a fleet simulation calls them often. Answers with the exit code, or `null` for anything that is not one of
 * them, or asks for help.
 */
export async function runPolicyCommand(words: readonly string[], io: PolicyIo): Promise<number | null> {
  const [name, ...args] = words;
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  if (options.includes('--help') || options.includes('-h')) return null;
  switch (name) {
    case 'resolve': {
      const { runResolve } = await import('./resolve-command.ts');
      return runResolve(args, io);
    }
    case 'validate': {
      const { runValidate } = await import('./validate-command.ts');
      return runValidate(args, io);
    }
    case 'schema': {
      const { runSchema } = await import('./schema-command.ts');
      return runSchema(args, io);
    }
    default:
      return null;
  }
}

/** `runPolicyCommand` on this process's own streams; waits until everything written has left the process. */
export async function startPolicyCommand(words: readonly string[]): Promise<number | null> {
  const { stdin, stdout, stderr, env } = process;
  const terminal = openTerminal({ stdout, stderr, environment: env });
  const exit = await runPolicyCommand(words, { terminal, stdin, stdout, platform: hostPlatform() });
  return exit === null ? null : exitWhenFlushed(terminal, exit);
}
