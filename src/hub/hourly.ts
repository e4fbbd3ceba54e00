import type { Logger } from './logging.ts';
import type { HubServer } from './server.ts';

const HOUR_MS = 3_600_000;

/** Does something once an hour while the hub runs; several hubs on one database only find less to do. */
export function hourly(
  app: Pick<HubServer, 'addHook'>,
  log: Logger,
  { work, failed }: { readonly work: () => Promise<unknown>; readonly failed: string },
): void {
  const timer = setInterval(() => {
    work().catch((error: unknown) => log.warn({ err: error }, failed));
  }, HOUR_MS);
  timer.unref();
  app.addHook('onClose', async () => clearInterval(timer));
}
