import type { App } from 'electron';
import type { DesktopText } from '../../shared/text/desktop-text.ts';
import { faultOf, reasonOf } from './reason-of.ts';

/** How long the agent may take to end, in milliseconds; whatever it writes is whole at any moment. */
const PATIENCE_MS = 8_000;

/** What ends the app early. */
export interface Ending {
  /** The app's start met a fault: it ends in order, and the person hears why. */
  readonly failStart: (error: unknown) => void;
}

/**
 * Ends the app in order: however it is told to quit, the agent lets go of its lock and its socket first. A fault that
 * nobody caught is logged, told and ends the app too, rather than leaving a tray behind which nothing works.
 */
export function endGracefully(options: {
  readonly app: Pick<App, 'on' | 'quit' | 'exit'>;
  readonly stop: () => Promise<void>;
  /** Before it ends because the session does: what would ask a person goes. */
  readonly hurry: () => void;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Shows the person a message and waits until it was read. */
  readonly tell: (title: string, text: string) => void;
  readonly text: Pick<DesktopText, 't'>;
  /** Where the log is. */
  readonly logFile: string;
}): Ending {
  const { app, stop, hurry, log, tell, logFile } = options;
  const { t } = options.text;
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  let exit = 0;
  let fault: { readonly title: string; readonly text: string } | null = null;
  const end = (): void => {
    if (state !== 'running') return;
    state = 'stopping';
    const patience = setTimeout(() => app.exit(1), PATIENCE_MS);
    stop()
      .catch((error: unknown) => log('the agent did not end in order', { fault: faultOf(error) }))
      .finally(() => {
        clearTimeout(patience);
        state = 'stopped';
        // A box is waited for, and nothing goes on meanwhile: by now nothing has to.
        if (fault !== null) tell(fault.title, fault.text);
        if (exit === 0) app.quit();
        else app.exit(exit);
      });
  };
  app.on('will-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    end();
  });
  const fail = (error: unknown, title: string, key: 'fault.text' | 'start.fault'): void => {
    log('a fault of the app', { fault: faultOf(error) });
    exit = 1;
    // One on the way out ends nothing that somebody still needs, and a session that ends waits for no box.
    if (state === 'running') fault = { title, text: t(key, { reason: reasonOf(error), log: logFile }) };
    end();
  };
  const failed = (error: unknown): void => fail(error, t('fault.title'), 'fault.text');
  process.on('uncaughtException', failed);
  process.on('unhandledRejection', failed);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      hurry();
      app.quit();
    });
  }
  return { failStart: (error) => fail(error, t('start.failed'), 'start.fault') };
}
