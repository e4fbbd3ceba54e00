import type { HubPlugin } from '../hub-plugin.ts';
import type { Mailer } from '../mail/mailer.ts';
import type { TxtResolver } from './domain-proof.ts';
import { recheckDomains } from './domain-service.ts';
import { writeToOwnersOfFailingDomains } from './failing-letters.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Looks at every verified domain once a day, while the hub runs, and writes to the owners of one that began to fail. Looked for each hour, so that a hub that was off at
 * night catches up; each look takes only what is due.
 */
export function domainRecheck(resolver: TxtResolver, mail: Mailer): HubPlugin {
  return (app, { db, clock, config, log }) => {
    let running: Promise<unknown> = Promise.resolve();
    const look = (): void => {
      const at = new Date(clock.now());
      const context = { actor: { kind: 'system' as const, name: 'domain check' }, sourceAddress: null, at };
      running = running.then(() =>
        recheckDomains(db, context, resolver, new Date(at.getTime() - DAY_MS))
          .then(() => writeToOwnersOfFailingDomains(db, mail, config.publicUrl))
          .catch((error: unknown) => log.warn({ err: error }, 'domains could not be checked')),
      );
    };
    let timer: NodeJS.Timeout | undefined;
    app.addHook('onListen', async () => {
      look();
      timer = setInterval(look, HOUR_MS).unref();
    });
    app.addHook('onClose', async () => {
      clearInterval(timer);
      await running;
    });
  };
}
