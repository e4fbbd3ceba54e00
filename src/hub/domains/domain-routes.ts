import {
  domainCreationSchema,
  domainListSchema,
  domainPathSchema,
  domainQuerySchema,
  domainSchema,
  domainVerificationSchema,
  organizationPathSchema,
  outsiderListSchema,
  outsiderQuerySchema,
} from '../../shared/contracts/hub-api.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { answers, noContent } from '../route-answers.ts';
import type { HubPlugin } from '../server.ts';
import { listDomains, listUncaptured } from './domain-list.ts';
import type { TxtResolver } from './domain-proof.ts';
import { claimDomain, removeDomain, verifyDomain } from './domain-service.ts';

const tags = ['domains'];
const base = '/v1/orgs/:organization/domains';

/** `/v1/orgs/{organization}/domains` */
export function domainRoutes(resolver: TxtResolver): HubPlugin {
  return (app, { db, clock }) => {
    app.get(
      base,
      {
        config: { requires: 'owner' },
        schema: {
          summary: 'List domains',
          tags,
          params: organizationPathSchema,
          querystring: domainQuerySchema,
          response: answers(200, domainListSchema),
        },
      },
      (request) => listDomains(db, organizationOf(request).id, request.query),
    );
    app.post(
      base,
      {
        config: { requires: 'owner' },
        schema: {
          summary: 'Claim a domain',
          tags,
          params: organizationPathSchema,
          body: domainCreationSchema,
          response: { 200: domainSchema.describe('It was claimed already'), ...answers(201, domainSchema) },
        },
      },
      async (request, reply) => {
        const { id } = organizationOf(request);
        const { domain, made } = await claimDomain(db, changeBy(request, clock), id, request.body.name);
        return reply.code(made ? 201 : 200).send(domain);
      },
    );
    app.post(
      `${base}/:domainId/verify`,
      {
        config: { requires: 'owner' },
        schema: {
          summary: 'Look for the DNS record of a domain now',
          tags,
          params: domainPathSchema,
          response: answers(200, domainVerificationSchema),
        },
      },
      async (request) => {
        const where = { organizationId: organizationOf(request).id, domainId: request.params.domainId };
        return verifyDomain(db, changeBy(request, clock), resolver, where);
      },
    );
    app.delete(
      `${base}/:domainId`,
      {
        config: { requires: 'owner' },
        schema: {
          summary: 'Give a domain up',
          tags,
          params: domainPathSchema,
          response: answers(204, noContent),
        },
      },
      async (request, reply) => {
        await removeDomain(db, changeBy(request, clock), {
          organizationId: organizationOf(request).id,
          domainId: request.params.domainId,
        });
        return reply.code(204).send();
      },
    );
    app.get(
      `${base}/uncaptured`,
      {
        config: { requires: 'owner' },
        schema: {
          summary: 'Accounts in verified domains that are not members',
          tags,
          params: organizationPathSchema,
          querystring: outsiderQuerySchema,
          response: answers(200, outsiderListSchema),
        },
      },
      (request) => listUncaptured(db, organizationOf(request).id, request.query),
    );
  };
}
