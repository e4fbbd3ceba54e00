import { auditListSchema, auditQuerySchema, organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import { organizationOf } from '../access.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { listAuditEvents } from './audit-list.ts';

/** `/v1/orgs/{organization}/audit` */
export function auditRoutes(app: HubServer, { db }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/audit',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Every change, newest first',
        tags: ['audit'],
        params: organizationPathSchema,
        querystring: auditQuerySchema,
        response: answers(200, auditListSchema),
      },
    },
    (request) => listAuditEvents(db, organizationOf(request).id, request.query),
  );
}
