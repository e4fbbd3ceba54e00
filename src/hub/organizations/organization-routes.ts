import type { FastifyRequest } from 'fastify';
import {
  memberAdditionAnswerSchema,
  memberAdditionSchema,
  memberChangeSchema,
  memberListSchema,
  memberPathSchema,
  memberQuerySchema,
  memberSchema,
  organizationChangeSchema,
  organizationListSchema,
  organizationPathSchema,
  organizationSchema,
  signInListSchema,
  signInPathSchema,
  signInQuerySchema,
  signInsEndedSchema,
} from '../../shared/contracts/hub-api.ts';
import { actorOf, demandRecentSignIn, organizationOf } from '../access.ts';
import { ifMatchSchema, tagged } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { endSignIns } from './end-sign-ins.ts';
import { listMembers, readMember } from './member-list.ts';
import { addMember, changeRole, removeMember } from './member-service.ts';
import {
  editedOfOrganization,
  listOrganizations,
  readOrganization,
  updateOrganization,
} from './organization-service.ts';
import { listSignIns } from './sign-ins.ts';

/** `/v1/orgs`: organizations and their members. */
export function organizationRoutes(app: HubServer, context: HubContext): void {
  settingsRoutes(app, context);
  memberReadRoutes(app, context);
  signInRoutes(app, context);
  memberChangeRoutes(app, context);
}

function settingsRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs',
    {
      config: { requires: 'account' },
      schema: {
        summary: 'Organizations the caller belongs to',
        tags: ['organizations'],
        response: answers(200, organizationListSchema),
      },
    },
    async (request) => ({ organizations: await listOrganizations(db, actorOf(request)) }),
  );
  app.get(
    '/v1/orgs/:organization',
    {
      config: { requires: 'member' },
      schema: {
        summary: 'One organization',
        tags: ['organizations'],
        params: organizationPathSchema,
        response: answers(200, organizationSchema),
      },
    },
    async (request, reply) => {
      const { id, role } = organizationOf(request);
      const found = await readOrganization(db, id, role);
      return tagged(reply, found, editedOfOrganization(found));
    },
  );
  app.patch(
    '/v1/orgs/:organization',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Change the settings of an organization',
        tags: ['organizations'],
        params: organizationPathSchema,
        headers: ifMatchSchema,
        body: organizationChangeSchema,
        response: answers(200, organizationSchema),
      },
    },
    async (request, reply) => {
      const { id, role } = organizationOf(request);
      await updateOrganization(db, changeBy(request, clock), id, request.body);
      const found = await readOrganization(db, id, role);
      return tagged(reply, found, editedOfOrganization(found));
    },
  );
}

function memberReadRoutes(app: HubServer, { db }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/members',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'List and search members',
        tags: ['members'],
        params: organizationPathSchema,
        querystring: memberQuerySchema,
        response: answers(200, memberListSchema),
      },
    },
    (request) => listMembers(db, organizationOf(request).id, request.query),
  );
  app.get(
    '/v1/orgs/:organization/members/:userId',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'One member',
        tags: ['members'],
        params: memberPathSchema,
        response: answers(200, memberSchema),
      },
    },
    async (request, reply) => {
      const member = await readMember(db, organizationOf(request).id, request.params.userId);
      return tagged(reply, member, { role: member.role });
    },
  );
}

/** Where members are signed in, and ending that. */
function signInRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/members/:userId/sign-ins',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Where a member is signed in at present',
        tags: ['members'],
        params: memberPathSchema,
        querystring: signInQuerySchema,
        response: answers(200, signInListSchema),
      },
    },
    (request) => {
      const { userId } = request.params;
      const wanted = { organizationId: organizationOf(request).id, userId, at: new Date(clock.now()) };
      return listSignIns(db, wanted, request.query);
    },
  );
  app.delete(
    '/v1/orgs/:organization/members/:userId/sign-ins',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Sign a member out everywhere',
        tags: ['members'],
        params: memberPathSchema,
        response: answers(200, signInsEndedSchema),
      },
    },
    (request) => {
      const of = { organizationId: organizationOf(request).id, userId: request.params.userId };
      return endSignIns(db, changeBy(request, clock), of, null);
    },
  );
  app.delete(
    '/v1/orgs/:organization/members/:userId/sign-ins/:signInId',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'End one session of a member',
        tags: ['members'],
        params: signInPathSchema,
        response: answers(200, signInsEndedSchema),
      },
    },
    (request) => {
      const { userId, signInId } = request.params;
      const of = { organizationId: organizationOf(request).id, userId };
      return endSignIns(db, changeBy(request, clock), of, signInId);
    },
  );
}

function memberChangeRoutes(app: HubServer, { db, clock, config }: HubContext): void {
  app.post(
    '/v1/orgs/:organization/members',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Add a member; makes the account when there is none',
        tags: ['members'],
        params: organizationPathSchema,
        body: memberAdditionSchema,
        response: answers(201, memberAdditionAnswerSchema),
      },
    },
    async (request, reply) => {
      const where = { organizationId: organizationOf(request).id, publicUrl: config.publicUrl };
      if (request.body.role === 'owner') demandRecentSignIn(actorOf(request), clock);
      const answer = await addMember(db, changeBy(request, clock), where, request.body);
      return reply.code(201).send(answer);
    },
  );
  app.patch(
    '/v1/orgs/:organization/members/:userId',
    {
      config: { requires: 'owner' },
      schema: {
        summary: "Change a member's role",
        tags: ['members'],
        params: memberPathSchema,
        headers: ifMatchSchema,
        body: memberChangeSchema,
        response: answers(200, memberSchema),
      },
    },
    async (request, reply) => {
      const change = { userId: request.params.userId, role: request.body.role };
      await askOwnershipProof(request, db, clock, change);
      const member = await changeRole(db, changeBy(request, clock), organizationOf(request).id, change);
      return tagged(reply, member, { role: member.role });
    },
  );
  app.delete(
    '/v1/orgs/:organization/members/:userId',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Remove a member',
        tags: ['members'],
        params: memberPathSchema,
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      await askOwnershipProof(request, db, clock, { userId: request.params.userId });
      await removeMember(db, changeBy(request, clock), organizationOf(request).id, request.params.userId);
      return reply.code(204).send();
    },
  );
}

/** Who becomes an owner, and who is one no longer, is decided by somebody who has just proved who they are. */
async function askOwnershipProof(
  request: FastifyRequest,
  db: Db,
  clock: Clock,
  change: { readonly userId: string; readonly role?: Role },
): Promise<void> {
  const { role } = await readMember(db, organizationOf(request).id, change.userId);
  if (role === 'owner' || change.role === 'owner') demandRecentSignIn(actorOf(request), clock);
}
