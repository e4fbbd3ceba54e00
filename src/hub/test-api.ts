import { Writable } from 'node:stream';
import type { InjectOptions } from 'fastify';
import { expect } from 'vitest';
import { z } from 'zod';
import { apiRoutes } from './api-routes.ts';
import type { Actor, Authenticate, Requires } from './authentication.ts';
import { systemClock } from './clock.ts';
import type { DatabaseHandle } from './database/connection.ts';
import { startTestDatabase } from './database/test-database.ts';
import { createLogger } from './logging.ts';
import { type Letter, noMail } from './mail/mailer.ts';
import { buildServer, type HubServer } from './server.ts';
import { createOutbound } from './sso/outbound.ts';
import { createTestWorld, fillPath, type Person, TEST_SECRET, type TestWorld } from './test-world.ts';
import { authenticateByApiToken } from './tokens/api-tokens.ts';

export type { Person } from './test-world.ts';

const PUBLIC_URL = 'http://127.0.0.1:9999';
/** A sign-in that is just too old for changes that open doors (docs/identity.md section 8). */
const LONG_AGO_MS = 10 * 60_000 + 1_000;

const operationSchema = z.looseObject({
  summary: z.string().default(''),
  'x-recent-sign-in': z.boolean().optional(),
  'x-requires': z.enum(['nothing', 'account', 'member', 'editor', 'owner']),
  responses: z.record(
    z.string(),
    z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional() }),
  ),
});
type Operation = z.infer<typeof operationSchema>;
const documentSchema = z.looseObject({
  components: z.looseObject({ schemas: z.unknown() }).optional(),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

export interface TestApi {
  readonly app: HubServer;
  readonly database: DatabaseHandle;
  readonly publicUrl: string;
  readonly ids: TestWorld;
  /** `METHOD /path` of every documented route that was registered. */
  readonly registered: readonly string[];
  /** What was sent by mail. */
  readonly letters: readonly Letter[];
  operations(): {
    key: string;
    method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
    path: string;
    operation: Operation;
  }[];
  /** A path with ids that exist in acme. */
  fill(path: string): string;
  send(
    request: InjectOptions & { readonly as?: Person; readonly session?: boolean },
  ): Promise<Awaited<ReturnType<HubServer['inject']>>>;
  /** Holds a body against the schema that the document gives for a status. */
  expectMatches(operation: Operation, status: string, body: unknown, key: string): void;
  stop(): Promise<void>;
}

/** The administration API over a real database, with two organizations, and callers told by a test header. */
export async function startTestApi(): Promise<TestApi> {
  const database = await startTestDatabase();
  const ids = await createTestWorld(database, { publicUrl: PUBLIC_URL, secret: TEST_SECRET });
  const log = createLogger({ destination: new Writable({ write: (_chunk, _encoding, done) => done() }) });
  const registered: string[] = [];
  const letters: Letter[] = [];
  const app = await buildServer({
    db: database.db,
    config: { publicUrl: PUBLIC_URL, trustProxy: [], version: '0.0.0-test' },
    log,
    clock: systemClock,
    announcements: { subscribe: () => () => undefined },
    authenticators: [
      authenticateByHeader(ids.people),
      authenticateByApiToken({ db: database.db, clock: systemClock }),
    ],
    plugins: [
      ...apiRoutes({
        resolver: { txt: async () => ({ ok: true, values: [] }) },
        mail: { ...noMail, send: async (letter) => letters.push(letter) > 0 },
        outbound: createOutbound(),
        secret: TEST_SECRET,
      }).map((plugin): typeof plugin => (scope, context) => {
        scope.addHook('onRoute', ({ method, url, schema }) => {
          if (method === 'HEAD' || (schema as { hide?: boolean } | undefined)?.hide === true) return;
          for (const each of [method].flat()) registered.push(`${each} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
        });
        return plugin(scope, context);
      }),
    ],
  });
  await app.ready();
  const document = documentSchema.parse((await app.inject('/openapi.json')).json());
  return {
    app,
    database,
    publicUrl: PUBLIC_URL,
    ids,
    registered,
    letters,
    operations: () => operationsOf(document),
    fill: (path) => fillPath(path, ids, 'acme'),
    send: async ({ as, session, headers, ...request }) => {
      const wanted = {
        ...request,
        headers: {
          ...headers,
          ...(as === undefined
            ? {}
            : { 'x-test-person': as, 'x-test-via': session === true ? 'session' : 'bearer' }),
        },
      };
      if (!String(request.url).endsWith('/changes')) return app.inject(wanted);
      // A stream has no end: its head is all that can be waited for. A refusal is asked for once more, with its body.
      const begun = await app.inject({ ...wanted, payloadAsStream: true });
      begun.stream().destroy();
      return begun.statusCode === 200 ? begun : app.inject(wanted);
    },
    expectMatches: (operation, status, body, key) => {
      const schema = operation.responses[status]?.content?.['application/json']?.schema;
      expect(schema, key).toBeDefined();
      const shared = z.record(z.string(), z.unknown()).parse(document.components?.schemas ?? {});
      const whole = JSON.stringify({ ...(schema as object), $defs: shared });
      const strict = z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')));
      const outcome = strict.safeParse(body);
      expect(outcome.error?.issues ?? [], key).toEqual([]);
    },
    stop: async () => {
      await app.close();
      await database.stop();
    },
  };
}

function operationsOf(document: z.infer<typeof documentSchema>): ReturnType<TestApi['operations']> {
  const methods = { get: 'GET', put: 'PUT', post: 'POST', patch: 'PATCH', delete: 'DELETE' } as const;
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([name, operation]) => {
      const method = methods[name as keyof typeof methods];
      return { key: `${method} ${path}`, method, path, operation };
    }),
  );
}

/** Stands for the sessions of real people: the test says who it is, and how the proof was sent. */
function authenticateByHeader(people: Readonly<Record<Person, string>>): Authenticate {
  return async ({ headers }): Promise<Actor | null> => {
    const person = headers['x-test-person'];
    if (typeof person !== 'string' || !(person in people)) return null;
    const via = headers['x-test-via'] === 'session' ? 'session' : 'bearer';
    const provedAt = new Date(Date.now() - (headers['x-test-proved'] === 'long-ago' ? LONG_AGO_MS : 0));
    return { kind: 'user', userId: people[person as Person], email: `${person}@acme.example`, via, provedAt };
  };
}

export type { Requires };
