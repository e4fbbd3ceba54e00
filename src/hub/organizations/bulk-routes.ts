import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import {
  memberExportQuerySchema,
  memberRemovalAnswerSchema,
  memberRemovalSchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { answers, streamedFile } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { removeMembers } from './bulk-removal.ts';
import { exportMembers } from './member-export.ts';

const tags = ['members'];

/** Members as a file, and many at a time. */
export function bulkMemberRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/members/export',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Members and invited people as CSV',
        tags,
        params: organizationPathSchema,
        querystring: memberExportQuerySchema,
        response: answers(200, streamedFile),
        produces: ['text/csv'],
      },
    },
    async (request, reply) => {
      const { id, name } = organizationOf(request);
      return reply
        .header('content-disposition', `attachment; filename="${name}-members-${clock.now()}.csv"`)
        .type('text/csv; charset=utf-8')
        .send(exportMembers(db, id, request.query));
    },
  );
  app.post(
    '/v1/orgs/:organization/members/remove',
    {
      config: { requires: 'owner', recentSignIn: true },
      schema: {
        summary: 'Remove many members; each answers for itself',
        tags,
        params: organizationPathSchema,
        body: memberRemovalSchema,
        response: answers(200, memberRemovalAnswerSchema),
      },
    },
    async (request) => ({
      results: await removeMembers(
        db,
        changeBy(request, clock),
        organizationOf(request).id,
        request.body.userIds,
      ),
    }),
  );
}
