import { z } from 'zod';
import { AGENT_ROUTES, agentErrorSchema } from '../../shared/contracts/agent-api.ts';
import {
  agentReportAnswerSchema,
  agentReportSchema,
  REPORT_LIMIT_BYTES,
} from '../../shared/contracts/device-report.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../database/connection.ts';
import { changeByAgent, createAgentCallers, sessionKey } from '../delivery/agent-caller.ts';
import type { AgentAccess } from '../identity/agent-access.ts';
import type { HubServer } from '../server.ts';
import { acceptReport } from './report-service.ts';

/** A report a day, and one at each occasion. */
const NEXT_SECONDS = 86_400;

/** `POST /v1/agent/reports` (docs/delivery.md section 5). */
export function agentReportRoutes(
  app: HubServer,
  options: { readonly db: Db; readonly access: AgentAccess; readonly clock: Clock },
): void {
  const { db, clock } = options;
  const callers = createAgentCallers(options);
  app.post(
    AGENT_ROUTES.reports.path,
    {
      config: {
        requires: 'own-check',
        // Each session by itself: an office shares one address, and one device that storms must not fill the database.
        rateLimit: { max: 120, timeWindow: '1 minute', keyGenerator: sessionKey, allowList: [] },
      },
      helmet: false,
      logLevel: 'warn',
      bodyLimit: REPORT_LIMIT_BYTES,
      onRequest: callers.check,
      schema: {
        summary: 'What is in force on a device',
        tags: ['agent'],
        querystring: z.object({ org: z.string() }).partial(),
        body: agentReportSchema,
        response: { 200: agentReportAnswerSchema, '4xx': agentErrorSchema },
      },
    },
    async (request, reply) => {
      const caller = callers.of(request);
      await acceptReport(db, changeByAgent(caller, request, clock), caller, request.body);
      void reply.header('cache-control', 'no-store');
      return { accepted: true as const, nextSeconds: NEXT_SECONDS };
    },
  );
}
