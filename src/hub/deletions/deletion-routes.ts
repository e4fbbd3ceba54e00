import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import {
  deletionListSchema,
  deletionPathSchema,
  deletionQuerySchema,
  restorationAnswerSchema,
  restorationSchema,
} from '../../shared/contracts/hub-deletions.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import type { TxtResolver } from '../domains/domain-proof.ts';
import { hourly } from '../hourly.ts';
import { answers } from '../route-answers.ts';
import type { HubPlugin } from '../server.ts';
import { forgetDeletions, listDeletions } from './kept-things.ts';
import { restoreDeletion } from './restore-deletion.ts';

const tags = ['deletions'];

/** `/v1/orgs/{organization}/deletions` */
export function deletionRoutes(resolver: TxtResolver): HubPlugin {
  return (app, { db, clock, log }) => {
    app.get(
      '/v1/orgs/:organization/deletions',
      {
        config: { requires: 'owner' },
        schema: {
          summary:
            'Deleted teams, connections, domains and members that can be restored still, last deleted first',
          tags,
          params: organizationPathSchema,
          querystring: deletionQuerySchema,
          response: answers(200, deletionListSchema),
        },
      },
      (request) => listDeletions(db, organizationOf(request).id, new Date(clock.now()), request.query),
    );
    app.post(
      '/v1/orgs/:organization/deletions/:deletionId/restore',
      {
        config: { requires: 'owner' },
        schema: {
          summary:
            'Restore what was deleted, with what hung on it. A connection, and a member who was an owner, ask for a recent sign-in; a domain comes back only with its DNS record',
          tags,
          params: deletionPathSchema,
          body: restorationSchema,
          response: answers(200, restorationAnswerSchema),
        },
      },
      (request) =>
        restoreDeletion({ db, resolver }, changeBy(request, clock), organizationOf(request).id, {
          id: request.params.deletionId,
          name: request.body.name,
        }),
    );
    hourly(app, log, {
      failed: 'deleted things whose time is over could not be forgotten; trying again in an hour',
      work: () => forgetDeletions(db, new Date(clock.now())),
    });
  };
}
