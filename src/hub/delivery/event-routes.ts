import type { FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { z } from 'zod';
import { AGENT_ROUTES, agentErrorSchema } from '../../shared/contracts/agent-api.ts';
import type { Db } from '../database/connection.ts';
import type { AgentAccess, AgentBearer } from '../identity/agent-access.ts';
import type { HubServer } from '../server.ts';
import { NO_ORGANIZATION, notMember, organizationNamed, refuse, UNAUTHENTICATED } from './agent-refusals.ts';
import { LEAN } from './agent-routes.ts';
import type { EventStreams } from './event-streams.ts';
import { type AgentStream, nudge } from './stream-registry.ts';

export interface EventRouteOptions {
  readonly db: Db;
  readonly access: AgentAccess;
  readonly streams: EventStreams;
}

const HEAD = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // Proxies that collect answers before they pass them on would make a push of minutes (nginx reads this one).
  'x-accel-buffering': 'no',
};
/** How soon to come back after a stream that broke by itself; agents add a random delay. */
const RETRY = 'retry: 5000\n\n';

/** `GET /v1/agent/events` (docs/delivery.md section 2). */
export function eventRoutes(app: HubServer, options: EventRouteOptions): void {
  const { streams } = options;
  app.get(
    AGENT_ROUTES.events.path,
    {
      ...LEAN,
      schema: {
        summary: 'Server-sent events that tell when policy may have changed',
        tags: ['agent'],
        querystring: z.object({ org: z.string() }).partial(),
        response: { 200: z.string().describe('text/event-stream'), '4xx': agentErrorSchema },
      },
      validatorCompiler: () => () => true,
    },
    (request, reply) => open(request, reply, options),
  );
  // Streams never end by themselves: they would hold a hub that stops.
  app.addHook('preClose', async () => streams.drain());
}

async function open(
  request: FastifyRequest,
  reply: FastifyReply,
  { db, access, streams }: EventRouteOptions,
): Promise<void> {
  const bearer = await access.verify(request.headers.authorization);
  if (bearer === null) return refuse(reply, UNAUTHENTICATED);
  const organization = organizationNamed(request);
  if (organization === '') return refuse(reply, NO_ORGANIZATION);
  const since = streams.changes;
  const membership = await readMembership(db, bearer, organization);
  if (membership === null) return refuse(reply, notMember(organization));
  if (streams.draining) return refuse(reply, DRAINING);
  reply.hijack();
  const { raw: response } = reply;
  // The page headers of helmet are set on the reply, which is not sent: this head is all there is. The stream ends with
  // its connection, so its text needs no frames (see stream-registry.ts).
  response.useChunkedEncodingByDefault = false;
  response.writeHead(200, HEAD);
  response.write(RETRY);
  const stream: AgentStream = {
    response,
    bearer,
    organizationId: membership.organizationId,
    told: lastEventId(request),
  };
  // A number from the future (a hub whose backup was restored) must not silence the stream.
  if (stream.told > membership.seq) stream.told = -1;
  nudge(stream, membership.seq);
  streams.open(stream, since);
}

const DRAINING = {
  code: 'unreachable',
  message: 'This hub is stopping.',
  help: 'Connect again in a few seconds.',
} as const;

/** The number that the agent heard last; -1 for none, or for what is no number of ours. */
function lastEventId(request: FastifyRequest): number {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : -1;
}

async function readMembership(db: Db, bearer: AgentBearer, organization: string) {
  const { rows } = await sql<{ organizationId: string; seq: number }>`
    select o.id as "organizationId", coalesce(s.seq, 0) as seq
      from organizations o
      join memberships m on m.organization_id = o.id
      left join bundle_sequences s on s.organization_id = o.id and s.user_id = m.user_id
     where o.name = ${organization} and m.user_id = ${bearer.userId}
       and exists (select 1 from device_sessions d where d.id = ${bearer.sessionId})
  `.execute(db);
  return rows[0] ?? null;
}
