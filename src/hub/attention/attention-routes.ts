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
      config: { requires: 'editor' },
      schema: {
        summary:
          'What to look at: failing domains, certificates, provisioning, sign-ins, devices (editors: devices)',
        tags: ['organizations'],
        params: organizationPathSchema,
        response: answers(200, attentionSchema),
      },
    },
    (request) => {
      const { id, role } = organizationOf(request);
      const place = { organizationId: id, publicUrl: config.publicUrl, at: new Date(clock.now()) };
      return readAttention(db, place, role === 'owner' ? 'everything' : 'devices');
    },
  );
}
