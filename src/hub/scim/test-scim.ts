import { Writable } from 'node:stream';
import { z } from 'zod';
import { systemClock } from '../clock.ts';
import type { DatabaseHandle } from '../database/connection.ts';
import { startTestDatabase } from '../database/test-database.ts';
import { createLogger } from '../logging.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { buildServer, type HubServer } from '../server.ts';
import { createScimPlugin } from './plugin.ts';
import { createScimToken } from './tokens.ts';

/*
 * For tests: SCIM over a real database. Organization acme owns acme.example, globex owns globex.example; each has
 * one connection with a token.
 */

export const PUBLIC_URL = 'http://127.0.0.1:9999';

const OPERATOR = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };

export interface TestScim {
  readonly app: HubServer;
  readonly database: DatabaseHandle;
  readonly acme: TestTenant;
  readonly globex: TestTenant;
  /** Sends as the given tenant's client and answers status, body and headers. */
  send(
    tenant: TestTenant | null,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ScimAnswer>;
  stop(): Promise<void>;
}

export interface TestTenant {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly token: string;
}

// Tests compare answers member by member, whatever their shape.
const anyAnswer = z.any();

export interface ScimAnswer {
  readonly status: number;
  readonly body: z.infer<typeof anyAnswer>;
  readonly headers: Record<string, unknown>;
}

/** `shared`: another server over a database that has its tenants already; they are then the caller's to use. */
export async function startTestScim(
  { requestsPerMinute = 100_000 }: { readonly requestsPerMinute?: number } = {},
  shared?: DatabaseHandle,
): Promise<TestScim> {
  const own = shared === undefined ? await startTestDatabase() : undefined;
  const database = own ?? shared;
  if (database === undefined) throw new Error('no database');
  const nobody: TestTenant = { organizationId: '', connectionId: '', token: '' };
  const acme = own === undefined ? nobody : await createTenant(database, 'acme');
  const globex = own === undefined ? nobody : await createTenant(database, 'globex');
  const app = await buildServer({
    db: database.db,
    config: { publicUrl: PUBLIC_URL, trustProxy: [], version: '0.0.0-test' },
    log: createLogger({ destination: new Writable({ write: (_chunk, _encoding, done) => done() }) }),
    clock: systemClock,
    announcements: { subscribe: () => () => undefined },
    authenticators: [],
    plugins: [createScimPlugin({ requestsPerMinute })],
  });
  await app.ready();
  return {
    app,
    database,
    acme,
    globex,
    send: async (tenant, method, path, body, headers = {}) => {
      const answer = await app.inject({
        method,
        url: path.startsWith('/v2/') ? path : `/scim/v2${path}`,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
          ...(tenant === null ? {} : { authorization: `Bearer ${tenant.token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return {
        status: answer.statusCode,
        body: answer.body === '' ? undefined : anyAnswer.parse(JSON.parse(answer.body)),
        headers: answer.headers,
      };
    },
    stop: async () => {
      await app.close();
      await own?.stop();
    },
  };
}

async function createTenant({ db }: DatabaseHandle, name: string): Promise<TestTenant> {
  const { id: organizationId } = await createOrganization(db, OPERATOR, { name, displayName: name });
  await db
    .insertInto('domains')
    .values({
      organization_id: organizationId,
      name: `${name}.example`,
      challenge: 'x',
      verified_at: new Date(),
    })
    .execute();
  const connection = await db
    .insertInto('connections')
    .values({ organization_id: organizationId, name: 'okta', kind: 'saml' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const made = await createScimToken(db, OPERATOR, { organizationId, connectionId: connection.id });
  if (made === null) throw new Error('no connection');
  return { organizationId, connectionId: connection.id, token: made.secret };
}
