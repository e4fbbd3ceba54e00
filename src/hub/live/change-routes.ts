import { Readable } from 'node:stream';
import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import { actorOf, organizationOf } from '../access.ts';
import { describeActor } from '../audit/record.ts';
import { answers, streamedFile } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { createChangeStreams } from './change-streams.ts';
import type { RecentChanges } from './recent-changes.ts';

/** How soon a page comes back after a stream that broke. */
const RETRY = 'retry: 3000\n\n';
/** A reader that lets this much pile up is gone: it may connect again. */
const LONGEST_BACKLOG = 64 * 1024;

/** `GET /v1/orgs/{organization}/changes`: server-sent events for pages that are open. */
export function changeRoutes(
  app: HubServer,
  { announcements, checkAccess }: HubContext,
  recent?: RecentChanges,
): void {
  const streams = createChangeStreams({ announcements, ...(recent === undefined ? {} : { recent }) });
  app.get(
    '/v1/orgs/:organization/changes',
    {
      config: { requires: 'member' },
      logLevel: 'warn',
      schema: {
        summary: 'Server-sent events that tell what kind of thing changed, as far as the role may know',
        tags: ['organizations'],
        params: organizationPathSchema,
        response: answers(200, streamedFile),
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const { id, role } = organizationOf(request);
      const body = new Readable({ read: () => undefined });
      body.push(RETRY);
      const leave = streams.open(
        {
          organizationId: id,
          listener: describeActor(actorOf(request)).id ?? '',
          check: async () => {
            await checkAccess(request);
            return organizationOf(request).role;
          },
          write: (text) => {
            if (body.readableLength > LONGEST_BACKLOG) body.destroy();
            else body.push(text);
          },
          end: () => body.push(null),
        },
        role,
      );
      body.once('close', leave);
      return reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(body);
    },
  );
  // Streams never end by themselves: they would hold a hub that stops.
  app.addHook('preClose', async () => streams.drain());
}
