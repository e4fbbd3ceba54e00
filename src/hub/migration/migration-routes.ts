import { memberPathSchema, organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import {
  migrationAdvanceSchema,
  migrationCreationSchema,
  migrationExportQuerySchema,
  migrationListSchema,
  migrationPathSchema,
  migrationQuerySchema,
  migrationReportQuerySchema,
  migrationReportSchema,
  migrationSchema,
  ownershipSchema,
  ownershipTransferAnswerSchema,
  ownershipTransferSchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { actorOf, demandRecentSignIn, organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { lookForWork } from '../background-work.ts';
import { answers, streamedFile } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { exportMigration } from './migration-export.ts';
import { listMigrations, readMigration, showMigration } from './migration-list.ts';
import { advanceMigration, beginMigration } from './migration-service.ts';
import { readOwnership, transferOwnership } from './ownership.ts';
import { createRemovalRunner } from './removal-runner.ts';

const tags = ['migration'];
const base = '/v1/orgs/:organization/migrations';

/** `/v1/orgs/{organization}/migrations`: the move from sign-in provisioning to SCIM. */
export function migrationRoutes(app: HubServer, context: HubContext): void {
  moveRoutes(app, context);
  ownershipRoutes(app, context);
}

function moveRoutes(app: HubServer, { db, clock, log }: HubContext): void {
  const runner = createRemovalRunner({
    db,
    clock,
    onError: (error) =>
      log.warn({ err: error }, 'removing the people of a move was interrupted; trying again'),
  });
  const look = lookForWork(app, runner);
  app.get(
    base,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Moves from sign-in provisioning to SCIM, newest first',
        tags,
        params: organizationPathSchema,
        querystring: migrationQuerySchema,
        response: answers(200, migrationListSchema),
      },
    },
    (request) => listMigrations(db, organizationOf(request).id, request.query),
  );
  app.post(
    base,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Begin a move, or go on with the one under way',
        tags,
        params: organizationPathSchema,
        body: migrationCreationSchema,
        response: answers(201, migrationSchema),
      },
    },
    async (request, reply) => {
      const { id } = organizationOf(request);
      const { connectionId } = request.body;
      return reply.code(201).send(await beginMigration(db, changeBy(request, clock), id, connectionId));
    },
  );
  app.get(
    `${base}/:migrationId`,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Where a move stands, and the people in it: all of them, or a page',
        tags,
        params: migrationPathSchema,
        querystring: migrationReportQuerySchema,
        response: answers(200, migrationReportSchema),
      },
    },
    (request) => {
      const where = { organizationId: organizationOf(request).id, migrationId: request.params.migrationId };
      return readMigration(db, where, request.query);
    },
  );
  app.get(
    `${base}/:migrationId/export`,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'The people in a move as CSV',
        tags,
        params: migrationPathSchema,
        querystring: migrationExportQuerySchema,
        response: answers(200, streamedFile),
        produces: ['text/csv'],
      },
    },
    async (request, reply) => {
      const where = { organizationId: organizationOf(request).id, migrationId: request.params.migrationId };
      const { createdAt } = await showMigration(db, where);
      return reply
        .header('content-disposition', `attachment; filename="migration-${createdAt.slice(0, 10)}.csv"`)
        .type('text/csv; charset=utf-8')
        .send(exportMigration(db, where, request.query));
    },
  );
  app.post(
    `${base}/:migrationId/advance`,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Remove the next batch or everybody, pause that, look who came back, finish or cancel',
        tags,
        params: migrationPathSchema,
        body: migrationAdvanceSchema,
        response: answers(200, migrationSchema),
      },
    },
    async (request) => {
      const { action } = request.body;
      if (action === 'remove' || action === 'remove-all') demandRecentSignIn(actorOf(request), clock);
      const where = { organizationId: organizationOf(request).id, migrationId: request.params.migrationId };
      const move = await advanceMigration(db, changeBy(request, clock), where, request.body);
      if (action === 'remove-all') look();
      return move;
    },
  );
}

function ownershipRoutes(app: HubServer, { db, clock }: HubContext): void {
  const url = '/v1/orgs/:organization/members/:userId/ownership';
  app.get(
    url,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'What a member made and would leave behind',
        tags: ['members'],
        params: memberPathSchema,
        response: answers(200, ownershipSchema),
      },
    },
    (request) => readOwnership(db, organizationOf(request).id, request.params.userId),
  );
  app.post(
    url,
    {
      config: { requires: 'owner', recentSignIn: true },
      schema: {
        summary: 'Give it to an owner',
        tags: ['members'],
        params: memberPathSchema,
        body: ownershipTransferSchema,
        response: answers(200, ownershipTransferAnswerSchema),
      },
    },
    (request) => {
      const wanted = { fromUserId: request.params.userId, toUserId: request.body.toUserId };
      return transferOwnership(db, changeBy(request, clock), organizationOf(request).id, wanted);
    },
  );
}
