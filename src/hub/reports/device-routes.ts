import { organizationPathSchema, policyComplianceSchema } from '../../shared/contracts/hub-api.ts';
import {
  complianceTrendQuerySchema,
  complianceTrendSchema,
  deviceChangeSchema,
  deviceDetailSchema,
  deviceDriftQuerySchema,
  deviceDriftSchema,
  deviceForgettingSchema,
  deviceListSchema,
  devicePathSchema,
  deviceQuerySchema,
  reportSettingsSchema,
} from '../../shared/contracts/hub-devices.ts';
import { organizationOf } from '../access.ts';
import { ifMatchSchema, tagged } from '../audit/made-from.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent, streamedFile } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { keepComplianceDays, readTrend } from './compliance-days.ts';
import { exportDevices } from './device-export.ts';
import { countFollowing } from './device-rows.ts';
import { forgetDevice, listDevices, listDrift, nameDevice, readDevice } from './device-service.ts';
import { createStandings } from './device-standings.ts';
import { changeReportSettings, readReportSettings } from './report-settings.ts';
import { keepReportsTidy } from './retention.ts';

const tags = ['devices'];

/** `/v1/orgs/{organization}/devices` and how long reports are kept. */
export function deviceRoutes(app: HubServer, context: HubContext): void {
  const standings = createStandings(context.db, () => new Date(context.clock.now()));
  readRoutes(app, context, standings);
  deviceReadRoutes(app, context);
  changeRoutes(app, context);
  settingsRoutes(app, context);
  trendRoute(app, context, standings);
  keepReportsTidy(app, context);
  keepComplianceDays(app, context);
}

type Standings = ReturnType<typeof createStandings>;

function readRoutes(app: HubServer, { db, clock }: HubContext, standings: Standings): void {
  const now = () => new Date(clock.now());
  app.get(
    '/v1/orgs/:organization/devices',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'Devices of members and whether they follow the policy',
        tags,
        params: organizationPathSchema,
        querystring: deviceQuerySchema,
        response: answers(200, deviceListSchema),
      },
    },
    async (request) => {
      const { id } = organizationOf(request);
      await standings(id);
      return listDevices(db, id, now(), request.query);
    },
  );
  app.get(
    '/v1/orgs/:organization/devices/export',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'The same list as CSV',
        tags,
        params: organizationPathSchema,
        querystring: deviceQuerySchema.omit({ limit: true, cursor: true, sort: true }),
        response: answers(200, streamedFile),
        produces: ['text/csv'],
      },
    },
    async (request, reply) => {
      const { id } = organizationOf(request);
      await standings(id);
      return reply
        .header('content-disposition', 'attachment; filename="devices.csv"')
        .type('text/csv; charset=utf-8')
        .send(exportDevices(db, id, now(), request.query));
    },
  );
  app.get(
    '/v1/orgs/:organization/policy-compliance',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'How many devices follow each policy, of those that should have it',
        tags,
        params: organizationPathSchema,
        response: answers(200, policyComplianceSchema),
      },
    },
    async (request) => {
      const { id } = organizationOf(request);
      await standings(id);
      return { policies: [...(await countFollowing(db, id, now()))] };
    },
  );
}

function deviceReadRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.get(
    '/v1/orgs/:organization/devices/:deviceId',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'One device with its last report',
        tags,
        params: devicePathSchema,
        response: answers(200, deviceDetailSchema),
      },
    },
    async (request, reply) => {
      const found = await readDevice(
        db,
        organizationOf(request).id,
        new Date(clock.now()),
        request.params.deviceId,
      );
      return tagged(reply, found, { name: found.name });
    },
  );
  app.get(
    '/v1/orgs/:organization/devices/:deviceId/drift',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'What was repaired on a device, newest first',
        tags,
        params: devicePathSchema,
        querystring: deviceDriftQuerySchema,
        response: answers(200, deviceDriftSchema),
      },
    },
    (request) => listDrift(db, organizationOf(request).id, request.params.deviceId, request.query),
  );
}

function trendRoute(app: HubServer, { db, clock }: HubContext, standings: Standings): void {
  app.get(
    '/v1/orgs/:organization/devices/trend',
    {
      config: { requires: 'editor' },
      schema: {
        summary: 'How many devices had which status, day by day',
        tags,
        params: organizationPathSchema,
        querystring: complianceTrendQuerySchema,
        response: answers(200, complianceTrendSchema),
      },
    },
    async (request) => {
      const { id } = organizationOf(request);
      await standings(id);
      return readTrend(db, id, new Date(clock.now()), request.query.days);
    },
  );
}

function changeRoutes(app: HubServer, { db, clock }: HubContext): void {
  app.patch(
    '/v1/orgs/:organization/devices/:deviceId',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Name a device',
        tags,
        params: devicePathSchema,
        headers: ifMatchSchema,
        body: deviceChangeSchema,
        response: answers(200, deviceDetailSchema),
      },
    },
    async (request, reply) => {
      const change = { deviceId: request.params.deviceId, name: request.body.name };
      const found = await nameDevice(db, changeBy(request, clock), organizationOf(request).id, change);
      return tagged(reply, found, { name: found.name });
    },
  );
  app.delete(
    '/v1/orgs/:organization/devices/:deviceId',
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Forget a device and all it reported, and sign it out where that is asked for',
        tags,
        params: devicePathSchema,
        querystring: deviceForgettingSchema,
        response: answers(204, noContent),
      },
    },
    async (request, reply) => {
      const wanted = { deviceId: request.params.deviceId, signOut: request.query.signOut === 'true' };
      await forgetDevice(db, changeBy(request, clock), organizationOf(request).id, wanted);
      return reply.code(204).send();
    },
  );
}

function settingsRoutes(app: HubServer, { db, clock }: HubContext): void {
  const schema = { tags, params: organizationPathSchema, response: answers(200, reportSettingsSchema) };
  app.get(
    '/v1/orgs/:organization/report-settings',
    {
      config: { requires: 'editor' },
      schema: { ...schema, summary: 'When a silent device counts as unknown, and how long reports are kept' },
    },
    async (request, reply) => {
      const found = await readReportSettings(db, organizationOf(request).id);
      return tagged(reply, found, { ...found });
    },
  );
  app.put(
    '/v1/orgs/:organization/report-settings',
    {
      config: { requires: 'owner' },
      schema: { ...schema, summary: 'Change them', headers: ifMatchSchema, body: reportSettingsSchema },
    },
    async (request, reply) => {
      const { id } = organizationOf(request);
      const found = await changeReportSettings(db, changeBy(request, clock), id, request.body);
      return tagged(reply, found, { ...found });
    },
  );
}
