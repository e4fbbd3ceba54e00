import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import {
  invitationCreationAnswerSchema,
  invitationCreationSchema,
  invitationLinkSchema,
  invitationListSchema,
  invitationPathSchema,
  invitationQuerySchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { actorOf, demandRecentSignIn, organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import type { Mailer } from '../mail/mailer.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubPlugin } from '../server.ts';
import { invite, pageInvitations, resendInvitation, revokeInvitation } from './invitation-service.ts';

const tags = ['members'];
const base = '/v1/orgs/:organization/invitations';

/** `/v1/orgs/{organization}/invitations` */
export function invitationRoutes(mail: Mailer): HubPlugin {
  return (app, { db, clock, config }) => {
    const placeIn = (organizationId: string) => ({ organizationId, publicUrl: config.publicUrl, mail });
    app.get(
      base,
      {
        config: { requires: 'owner' },
        schema: {
          summary: 'List open invitations',
          tags,
          params: organizationPathSchema,
          querystring: invitationQuerySchema,
          response: answers(200, invitationListSchema),
        },
      },
      (request) => pageInvitations(db, organizationOf(request).id, new Date(clock.now()), request.query),
    );
    app.post(
      base,
      {
        config: { requires: 'owner' },
        schema: {
          summary: 'Invite people by address or CSV; a dry run only says what would happen',
          tags,
          params: organizationPathSchema,
          body: invitationCreationSchema,
          response: answers(200, invitationCreationAnswerSchema),
        },
      },
      async (request) => {
        if (request.body.role === 'owner') demandRecentSignIn(actorOf(request), clock);
        const place = placeIn(organizationOf(request).id);
        return { results: [...(await invite(db, changeBy(request, clock), place, request.body))] };
      },
    );
    app.post(
      `${base}/:invitationId/resend`,
      {
        config: { requires: 'owner' },
        schema: {
          summary: 'Send an invitation again, with a new link',
          tags,
          params: invitationPathSchema,
          response: answers(200, invitationLinkSchema),
        },
      },
      (request) => {
        const place = placeIn(organizationOf(request).id);
        return resendInvitation(db, changeBy(request, clock), place, request.params.invitationId);
      },
    );
    app.delete(
      `${base}/:invitationId`,
      {
        config: { requires: 'owner' },
        schema: {
          summary: 'Revoke an invitation',
          tags,
          params: invitationPathSchema,
          response: answers(204, noContent),
        },
      },
      async (request, reply) => {
        const { id } = organizationOf(request);
        await revokeInvitation(db, changeBy(request, clock), id, request.params.invitationId);
        return reply.code(204).send();
      },
    );
  };
}
