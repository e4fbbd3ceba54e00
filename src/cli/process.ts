import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentOptions } from '../agent/agent-options.ts';
import { VERSION } from '../shared/version.ts';
import { printFault, runCli } from './cli.ts';
import type { Installation } from './installation.ts';
import type { Interruption } from './interruption.ts';
import { exitWhenFlushed, openTerminal, type Terminal } from './terminal/terminal.ts';

const SIGNALS: readonly Interruption[] = [
  { signal: 'SIGINT', exit: 130 },
  { signal: 'SIGTERM', exit: 143 },
  { signal: 'SIGHUP', exit: 129 },
];

/** Runs a command line on this process's own streams, environment and signals. */
export async function runProcess(words: readonly string[], { folder, app }: Installation): Promise<number> {
  const terminal = ownTerminal();
  const agentOptions: AgentOptions = { version: VERSION, dashboardFolder: dashboardBeside(folder) };
  const interruption = followSignals();
  const exit = await runCli(words, {
    terminal,
    agentOptions,
    // Loaded late: what only prints help or a version needs no agent.
    openApi: async () => {
      if (app !== null) {
        const { openThroughApp } = await import('./executable/open-through-app.ts');
        return openThroughApp(agentOptions, app);
      }
      const [{ openLocalApi }, { withLog }] = await Promise.all([
        import('../agent/local-api/connect.ts'),
        import('../agent/log-file.ts'),
      ]);
      return openLocalApi(withLog(agentOptions));
    },
    agentIn: app === null ? 'this-command' : 'desktop-app',
    signal: interruption,
  });
  return exitWhenFlushed(terminal, exit);
}

/** Tells of a fault that happened outside the command tree, and answers with the exit code. */
export async function printProcessFault(words: readonly string[], error: unknown): Promise<number> {
  const terminal = ownTerminal();
  const exit = await printFault({ terminal, agentOptions: { version: VERSION } }, words, error);
  return exitWhenFlushed(terminal, exit);
}

function ownTerminal(): Terminal {
  return openTerminal({ stdout: process.stdout, stderr: process.stderr, environment: process.env });
}

/** The built dashboard beside the bundle; `null` where it was not built. */
function dashboardBeside(folder: string): string | null {
  const pages = join(folder, '..', 'renderer');
  return existsSync(join(pages, 'index.html')) ? pages : null;
}

/** The first signal asks the command to end; a second one ends the process at once. */
function followSignals(): AbortSignal {
  const controller = new AbortController();
  for (const interruption of SIGNALS) {
    process.on(interruption.signal, () => {
      if (controller.signal.aborted) process.exit(interruption.exit);
      controller.abort(interruption);
    });
  }
  return controller.signal;
}
