import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import { checklistMarkSchema, overviewSchema } from '../../shared/contracts/hub-overview.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { markChecklist, readOverview } from './overview-service.ts';

/** `/v1/orgs/{organization}/overview`: how the organization stands. */
export function overviewRoutes(app: HubServer, { db, clock }: HubContext): void {
  const url = '/v1/orgs/:organization/overview';
  const schema = {
    tags: ['organizations'],
    params: organizationPathSchema,
    response: answers(200, overviewSchema),
  };
  const placeIn = (organizationId: string) => ({
    organizationId,
    at: new Date(clock.now()),
  });
  app.get(
    url,
    {
      config: { requires: 'editor' },
      schema: { ...schema, summary: 'How the organization stands, and its first steps' },
    },
    (request) => {
      const { id, role } = organizationOf(request);
      return readOverview(db, placeIn(id), role);
    },
  );
  app.put(
    `${url}/checklist`,
    {
      config: { requires: 'owner' },
      schema: {
        ...schema,
        summary: 'Say that sign-in is enforced on devices, which the hub cannot see',
        body: checklistMarkSchema,
      },
    },
    async (request) => {
      const { id, role } = organizationOf(request);
      await markChecklist(db, changeBy(request, clock), id, request.body.enforcement);
      return readOverview(db, placeIn(id), role);
    },
  );
}
