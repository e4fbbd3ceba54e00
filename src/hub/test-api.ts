import { Writable } from 'node:stream';
import type { InjectOptions } from 'fastify';
import { expect } from 'vitest';
import { z } from 'zod';
import { apiRoutes } from './api-routes.ts';
import type { ChangeContext } from './audit/record.ts';
import type { Actor, Authenticate, Requires } from './authentication.ts';
import { systemClock } from './clock.ts';
import { readIdpMetadata } from './connections/idp-metadata.ts';
import { IDP_METADATA } from './connections/test-metadata.ts';
import type { DatabaseHandle } from './database/connection.ts';
import { startTestDatabase } from './database/test-database.ts';
import { addDomain } from './domains/domain-service.ts';
import { invite } from './invitations/invitation-service.ts';
import { createLogger } from './logging.ts';
import { type Letter, noMail } from './mail/mailer.ts';
import { createJob } from './member-jobs/job-service.ts';
import { beginMigration } from './migration/migration-service.ts';
import { addMember } from './organizations/member-service.ts';
import { createOrganization } from './organizations/organization-service.ts';
import { deletePolicy } from './policies/deleted-policies.ts';
import { createPolicy } from './policies/policy-service.ts';
import { acceptReport } from './reports/report-service.ts';
import { sampleReport } from './reports/test-report.ts';
import { createScimToken } from './scim/tokens.ts';
import { createHubSecret } from './secrets/hub-secret.ts';
import { buildServer, type HubServer } from './server.ts';
import { createOutbound } from './sso/outbound.ts';
import { listSamlKeys } from './sso/saml-key-service.ts';
import { createSsoRequests } from './sso/sso-requests.ts';
import { createTeam } from './teams/team-service.ts';
import { authenticateByApiToken, createApiToken } from './tokens/api-tokens.ts';

const TEST_SECRET = createHubSecret('a secret for tests, thirty-two characters and more');
const PUBLIC_URL = 'http://127.0.0.1:9999';

/** Callers that the tests speak as; `stranger` owns another organization. */
export type Person = 'member' | 'editor' | 'owner' | 'stranger';

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
  readonly ids: {
    readonly organizationId: string;
    readonly userId: string;
    readonly policyId: string;
    readonly deletedPolicyId: string;
    readonly teamId: string;
    readonly tokenId: string;
    readonly deviceId: string;
    readonly sharedConnectionId: string;
    readonly acceptingOrganization: string;
    readonly testId: string;
    readonly overrideId: string;
    readonly domainId: string;
    readonly connectionId: string;
    readonly fingerprint: string;
    readonly signInId: string;
    readonly scimTokenId: string;
    readonly invitationId: string;
    readonly migrationId: string;
    readonly jobId: string;
    readonly ownerId: string;
    readonly people: Readonly<Record<Person, string>>;
  };
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
  const ids = await createWorld(database);
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
    fill: (path) =>
      path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
        name === 'organization'
          ? 'acme'
          : name === 'revision'
            ? '1'
            : ((ids as Record<string, unknown>)[name] as string),
      ),
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
    const provedAt = headers['x-test-proved'] === 'long-ago' ? new Date(0) : new Date();
    return { kind: 'user', userId: people[person as Person], email: `${person}@acme.example`, via, provedAt };
  };
}

async function createWorld({ db }: DatabaseHandle): Promise<TestApi['ids']> {
  const context: ChangeContext = {
    actor: { kind: 'system', name: 'test' },
    sourceAddress: null,
    at: new Date(),
  };
  const acme = await createOrganization(db, context, { name: 'acme', displayName: 'Acme' });
  const globex = await createOrganization(db, context, { name: 'globex', displayName: 'Globex' });
  const people = { member: '', editor: '', owner: '', stranger: '' };
  for (const person of ['member', 'editor', 'owner', 'stranger'] as const) {
    const where = { organizationId: person === 'stranger' ? globex.id : acme.id, publicUrl: PUBLIC_URL };
    const role = person === 'stranger' ? 'owner' : person;
    const added = await addMember(db, context, where, {
      email: `${person}@acme.example`,
      name: person,
      role,
    });
    people[person] = added.member.userId;
  }
  const policy = await createPolicy(db, context, acme.id, {
    name: 'Standard',
    description: '',
    document: { configurationFileVersion: 2, analyticsEnabled: { locked: true, value: false } },
    reason: '',
  });
  const deleted = await createPolicy(db, context, acme.id, {
    name: 'Deleted',
    description: '',
    document: {},
    reason: '',
  });
  await deletePolicy(db, context, { organizationId: acme.id, policyId: deleted.id, version: null });
  const team = await createTeam(db, context, acme.id, { name: 'Platform', description: '' });
  const { token } = await createApiToken(db, context, acme.id, { name: 'existing', role: 'member', days: 1 });
  const connection = await db
    .insertInto('connections')
    .values({
      organization_id: acme.id,
      name: 'Walk',
      kind: 'saml',
      settings: JSON.stringify(readIdpMetadata(IDP_METADATA)),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const shared = await db
    .insertInto('connections')
    .values({ organization_id: globex.id, name: 'Of another', kind: 'saml' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const requests = createSsoRequests({ db, secret: TEST_SECRET, now: () => new Date() });
  const test = await requests.begin({
    connectionId: connection.id,
    place: { kind: 'test' },
    browserHash: null,
  });
  const keys = { db, secret: TEST_SECRET, publicUrl: PUBLIC_URL };
  const key = { organizationId: acme.id, connectionId: connection.id };
  const { fingerprint } = (await listSamlKeys(keys, key, context.at)).keys[0] ?? { fingerprint: '' };
  const scim = await createScimToken(db, context, { organizationId: acme.id, connectionId: connection.id });
  const place = { organizationId: acme.id, publicUrl: PUBLIC_URL, mail: noMail };
  const wanted = { emails: ['invited@acme.example'], role: 'member' as const, dryRun: false };
  const [invited] = await invite(db, context, place, wanted);
  const migration = await beginMigration(db, context, acme.id, connection.id);
  const job = await createJob(db, context, acme.id, {
    action: { kind: 'role', role: 'member' },
    userIds: [people.member],
  });
  const domain = await addDomain(db, context, acme.id, 'walk.acme.example');
  return {
    organizationId: acme.id,
    userId: people.member,
    policyId: policy.id,
    deletedPolicyId: deleted.id,
    teamId: team.id,
    tokenId: token.id,
    // None: deleting it is tested where overrides are.
    overrideId: '22222222-2222-4222-8222-222222222222',
    deviceId: await createDevice(db, context, { organizationId: acme.id, userId: people.member }),
    domainId: domain.id,
    connectionId: connection.id,
    fingerprint,
    // None: ending sessions is tested where they are.
    signInId: '22222222-2222-4222-8222-222222222222',
    sharedConnectionId: shared.id,
    acceptingOrganization: 'globex',
    testId: test.id,
    scimTokenId: scim?.token.id ?? '',
    invitationId: invited?.invitationId ?? '',
    migrationId: migration.id,
    jobId: job.id,
    ownerId: people.owner,
    people,
  };
}

async function createDevice(
  db: DatabaseHandle['db'],
  context: ChangeContext,
  who: { readonly organizationId: string; readonly userId: string },
): Promise<string> {
  await acceptReport(db, context, { ...who, email: 'member@acme.example' }, sampleReport());
  const { id } = await db.selectFrom('devices').select('id').executeTakeFirstOrThrow();
  return id;
}

export type { Requires };
