import type { App } from 'electron';

/** How long the agent may take to end, in milliseconds; whatever it writes is whole at any moment. */
const PATIENCE_MS = 8_000;

/**
 * Ends the app in order: however it is told to quit, the agent lets go of its lock and its socket first. A fault that
 * nobody caught is logged and ends the app too, rather than leaving a tray behind which nothing works.
 */
export function endGracefully(options: {
  readonly app: Pick<App, 'on' | 'quit' | 'exit'>;
  readonly stop: () => Promise<void>;
  /** Before it ends because the session does: what would ask a person goes. */
  readonly hurry: () => void;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}): void {
  const { app, stop, hurry, log } = options;
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  let exit = 0;
  const end = (): void => {
    if (state !== 'running') return;
    state = 'stopping';
    const patience = setTimeout(() => app.exit(1), PATIENCE_MS);
    stop()
      .catch((error: unknown) => log('the agent did not end in order', { fault: faultOf(error) }))
      .finally(() => {
        clearTimeout(patience);
        state = 'stopped';
        if (exit === 0) app.quit();
        else app.exit(exit);
      });
  };
  app.on('will-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    end();
  });
  const fail = (error: unknown): void => {
    log('a fault of the app', { fault: faultOf(error) });
    process.stderr.write('Mooring met a fault of its own and ends; what happened is in its log.\n');
    exit = 1;
    end();
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      hurry();
      app.quit();
    });
  }
}

function faultOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
