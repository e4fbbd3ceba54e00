import { sql } from 'kysely';
import { z } from 'zod';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { HubContext, HubServer } from '../hub-plugin.ts';
import { answers } from '../route-answers.ts';

const healthSchema = z.object({ status: z.literal('ok'), version: z.string() });

/** `/healthz`: the process runs. `/readyz`: it can also reach its database. Neither needs proof of anything. */
export function healthRoutes(app: HubServer, { db, config, log }: HubContext): void {
  const healthy = { status: 'ok', version: config.version } as const;
  const open = { config: { requires: 'nothing', rateLimit: false }, logLevel: 'warn' } as const;
  app.get(
    '/healthz',
    {
      ...open,
      schema: { summary: 'The process runs', tags: ['operations'], response: answers(200, healthSchema) },
    },
    async () => healthy,
  );
  app.get(
    '/readyz',
    {
      ...open,
      schema: {
        summary: 'It reaches its database',
        tags: ['operations'],
        response: answers(200, healthSchema),
      },
    },
    async () => {
      try {
        await sql`select 1`.execute(db);
      } catch (error) {
        log.warn({ err: error }, 'the database does not answer');
        throw new RefusalError({
          code: 'unreachable',
          message: 'The hub runs, but its database does not answer.',
          help: 'Look at the log of the hub for the cause.',
        });
      }
      return healthy;
    },
  );
}
