import {
  effectivePolicyQuerySchema,
  effectivePolicySchema,
  memberPathSchema,
  organizationPathSchema,
} from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { actorOf, organizationOf } from '../access.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { readEffectivePolicy } from './effective-policy.ts';

const tags = ['effective policy'];

/** What the hub's policy makes of every setting: of one's own, and of any member for editors. */
export function effectivePolicyRoutes(app: HubServer, { db }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/effective-policy',
    {
      config: { requires: 'member' },
      schema: {
        summary: "The caller's own effective policy",
        tags,
        params: organizationPathSchema,
        querystring: effectivePolicyQuerySchema,
        response: answers(200, effectivePolicySchema),
      },
    },
    (request) => {
      const actor = actorOf(request);
      if (actor.kind !== 'user') {
        throw new RefusalError({
          code: 'bad_request',
          message: 'An API token is not a member, so it has no policy of its own.',
          help: 'Ask for a member: /v1/orgs/{organization}/members/{userId}/effective-policy.',
        });
      }
      const ids = { organizationId: organizationOf(request).id, userId: actor.userId };
      return readEffectivePolicy(db, ids, request.query.platform);
    },
  );
  app.get(
    '/v1/orgs/:organization/members/:userId/effective-policy',
    {
      config: { requires: 'editor' },
      schema: {
        summary: "A member's effective policy, resolved with every contribution",
        tags,
        params: memberPathSchema,
        querystring: effectivePolicyQuerySchema,
        response: answers(200, effectivePolicySchema),
      },
    },
    (request) => {
      const ids = { organizationId: organizationOf(request).id, userId: request.params.userId };
      return readEffectivePolicy(db, ids, request.query.platform);
    },
  );
}
