import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import {
  type SigningKeyView,
  signingKeyListSchema,
  signingKeyQuerySchema,
  signingKeySchema,
} from '../../shared/contracts/hub-signing-keys.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { answers } from '../route-answers.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import type { HubPlugin } from '../server.ts';
import {
  ensureSigningKey,
  pageSigningKeys,
  pinnedAs,
  rotateSigningKey,
  type SigningKey,
} from './signing-keys.ts';

const tags = ['signing keys'];
const base = '/v1/orgs/:organization/signing-keys';

/** `/v1/orgs/{organization}/signing-keys`: the keys are those of the whole hub. */
export function signingKeyRoutes(secret: HubSecret): HubPlugin {
  return (app, { db, clock }) => {
    const params = organizationPathSchema;
    const store = { db, secret };
    app.get(
      base,
      {
        config: { requires: 'owner' },
        schema: {
          summary: 'List signing keys',
          tags,
          params,
          querystring: signingKeyQuerySchema,
          response: answers(200, signingKeyListSchema),
        },
      },
      async (request) => {
        const { rows, total, next } = await pageSigningKeys(db, request.query);
        return { keys: rows.map(view), total, next };
      },
    );
    app.post(
      `${base}/rotate`,
      {
        config: { requires: 'owner', recentSignIn: true },
        schema: {
          summary: 'Make a new signing key, signed by the one that it replaces',
          tags,
          params,
          response: answers(201, signingKeySchema),
        },
      },
      async (request, reply) => {
        const context = changeBy(request, clock);
        await ensureSigningKey(store, context.at);
        const by = { organizationId: organizationOf(request).id };
        return reply.code(201).send(view(await rotateSigningKey(store, context, by)));
      },
    );
  };
}

function view(key: SigningKey): SigningKeyView {
  return {
    kid: key.kid,
    ...pinnedAs(key),
    predecessor: key.predecessor,
    state: key.active ? 'signing' : 'replaced',
    createdAt: key.createdAt.toISOString(),
  };
}
