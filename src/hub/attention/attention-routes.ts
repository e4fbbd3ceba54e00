import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import { attentionSchema } from '../../shared/contracts/hub-attention.ts';
import { organizationOf } from '../access.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { readAttention } from './attention.ts';

/** `/v1/orgs/{organization}/attention` */
export function attentionRoutes(app: HubServer, { db, clock, config }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/attention',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'What owners should look at: failing domains, connections, refused provisioning',
        tags: ['organizations'],
        params: organizationPathSchema,
        response: answers(200, attentionSchema),
      },
    },
    (request) =>
      readAttention(db, {
        organizationId: organizationOf(request).id,
        publicUrl: config.publicUrl,
        now: clock.now(),
      }),
  );
}
