import { callerSchema } from '../../shared/contracts/hub-api.ts';
import { actorOf } from '../access.ts';
import { describeActor } from '../audit/record.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';

/** `/v1/me`: who the caller is. */
export function callerRoutes(app: HubServer, { db }: HubContext): void {
  app.get(
    '/v1/me',
    {
      config: { requires: 'account' },
      schema: { summary: 'Who the caller is', tags: ['organizations'], response: answers(200, callerSchema) },
    },
    async (request) => {
      const actor = actorOf(request);
      const { id, label } = describeActor(actor);
      if (actor.kind !== 'user') return { kind: actor.kind, id, email: null, name: label };
      const user = await db
        .selectFrom('users')
        .where('id', '=', actor.userId)
        .select(['email', 'name'])
        .executeTakeFirst();
      return { kind: actor.kind, id, email: user?.email ?? actor.email, name: user?.name ?? '' };
    },
  );
}
