import {
  auditExportQuerySchema,
  auditListSchema,
  auditQuerySchema,
  organizationPathSchema,
} from '../../shared/contracts/hub-api.ts';
import { organizationOf } from '../access.ts';
import { answers, streamedFile } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { exportAuditEvents } from './audit-export.ts';
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
  app.get(
    '/v1/orgs/:organization/audit/export',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'The same as a file: JSON lines or CSV',
        tags: ['audit'],
        params: organizationPathSchema,
        querystring: auditExportQuerySchema,
        response: answers(200, streamedFile),
        produces: ['application/jsonl', 'text/csv'],
      },
    },
    async (request, reply) => {
      const { format } = request.query;
      const { id, name } = organizationOf(request);
      return reply
        .header('content-disposition', `attachment; filename="${name}-audit.${format}"`)
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8')
        .send(exportAuditEvents(db, id, request.query));
    },
  );
}
