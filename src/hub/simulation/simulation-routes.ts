import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import { simulationRequestSchema, simulationSchema } from '../../shared/contracts/hub-simulation.ts';
import { organizationOf } from '../access.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { simulate } from './simulate.ts';

/** `POST /v1/orgs/{organization}/policies/simulate` */
export function simulationRoutes(app: HubServer, { db }: HubContext): void {
  app.post(
    '/v1/orgs/:organization/policies/simulate',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'What a draft would change, for whom and from what to what; nothing is saved',
        tags: ['policies'],
        params: organizationPathSchema,
        body: simulationRequestSchema,
        response: answers(200, simulationSchema),
      },
    },
    (request) => simulate(db, organizationOf(request).id, request.body),
  );
}
