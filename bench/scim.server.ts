import { createServer } from 'node:http';
import { Writable } from 'node:stream';
import express from 'express';
import { sql } from 'kysely';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';
import { systemClock } from '../src/hub/clock.ts';
import type { DatabaseHandle } from '../src/hub/database/connection.ts';
import { startTestDatabase } from '../src/hub/database/test-database.ts';
import { createLogger } from '../src/hub/logging.ts';
import { createOrganization } from '../src/hub/organizations/organization-service.ts';
import { createScimPlugin } from '../src/hub/scim/plugin.ts';
import { createScimToken } from '../src/hub/scim/tokens.ts';
import { hashOneTimeSecret } from '../src/hub/secrets/one-time-secret.ts';
import { buildServer } from '../src/hub/server.ts';

/** A SCIM server that listens: its base address, and the token it takes. */
export interface ScimEndpoint {
  readonly base: string;
  readonly token: string;
  readonly database: DatabaseHandle;
  /** Rows of users made without the protocol, so that a table is as full as a measurement wants it. */
  fill(from: number, to: number): Promise<void>;
  stop(): Promise<void>;
}

/** The hub's SCIM over a real PostgreSQL. */
export async function startOurs(): Promise<ScimEndpoint> {
  const database = await startTestDatabase();
  const { db } = database;
  const context = { actor: { kind: 'system' as const, name: 'bench' }, sourceAddress: null, at: new Date() };
  const { id: organizationId } = await createOrganization(db, context, { name: 'acme', displayName: 'Acme' });
  await db
    .insertInto('domains')
    .values({
      organization_id: organizationId,
      name: 'acme.example',
      challenge: 'x',
      verified_at: new Date(),
    })
    .execute();
  const { id: connectionId } = await db
    .insertInto('connections')
    .values({ organization_id: organizationId, name: 'bench', kind: 'saml' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const made = await createScimToken(db, context, { organizationId, connectionId });
  if (made === null) throw new Error('no connection');
  const app = await buildServer({
    db,
    config: { publicUrl: 'http://127.0.0.1', trustProxy: [], version: '0.0.0' },
    log: createLogger({ destination: new Writable({ write: (_chunk, _encoding, done) => done() }) }),
    clock: systemClock,
    announcements: { subscribe: () => () => undefined },
    authenticators: [],
    plugins: [createScimPlugin({ requestsPerMinute: 10_000_000 })],
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    base: `${address}/scim/v2`,
    token: made.secret,
    database,
    fill: async (from, to) => {
      await sql`with made as (
          insert into users (email, username, name)
          select 'fill' || n || '@acme.example', 'fill' || n, 'Fill ' || n from generate_series(${from}::int, ${to}::int) n returning id, email)
        insert into scim_users (connection_id, user_id, managed, user_name, active, resource, placement_organization_id, created_at, updated_at)
        select ${connectionId}, id, true, email, true, '{}', ${organizationId}, now(), now() from made`.execute(
        db,
      );
      await sql`insert into memberships (organization_id, user_id, role, origin, connection_id)
        select ${organizationId}, user_id, 'member', 'scim', ${connectionId} from scim_users on conflict do nothing`.execute(
        db,
      );
      await sql`analyze`.execute(db);
    },
    stop: async () => {
      await app.close();
      await database.stop();
    },
  };
}

/**
 * What one writes with scimmy-routers over the same tables, by hand in SQL: the token looked up, the name and the
 * verified domain looked for, then account, resource, membership, the stamp of its policy and two audit events in one
 * transaction. It knows neither groups nor teams nor accounts that exist.
 */
export async function startScimmy(): Promise<ScimEndpoint> {
  const ours = await startOurs();
  const { pool } = ours.database;
  const { rows } = await pool.query('select id, organization_id from connections');
  const connection: { id: string; organization_id: string } = rows[0];
  SCIMMY.Resources.declare(SCIMMY.Resources.User, {
    egress: async () => [],
    degress: async () => undefined,
    ingress: async (
      _resource: unknown,
      instance: { userName: string; displayName?: string; externalId?: string },
    ) => {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query('select 1 from connections where id = $1 for update', [connection.id]);
        const taken = await client.query(
          'select 1 from scim_users where connection_id = $1 and lower(user_name) = lower($2)',
          [connection.id, instance.userName],
        );
        const domain = await client.query(
          'select 1 from domains where organization_id = $1 and name = $2 and verified_at is not null',
          [connection.organization_id, instance.userName.split('@', 2)[1]],
        );
        if (domain.rows.length === 0) throw new SCIMMY.Types.Error(400, 'invalidValue', 'domain');
        if (taken.rows.length > 0) throw new SCIMMY.Types.Error(409, 'uniqueness', 'taken');
        const user = await client.query(
          'insert into users (email, username, name) values ($1, $2, $3) returning id',
          [instance.userName, instance.userName.split('@', 1)[0], instance.displayName ?? ''],
        );
        const made = await client.query(
          `insert into scim_users (connection_id, user_id, managed, user_name, external_id, active, resource, placement_organization_id, created_at, updated_at)
           values ($1, $2, true, $3, $4, true, $5, $6, now(), now()) returning id, created_at`,
          [
            connection.id,
            user.rows[0].id,
            instance.userName,
            instance.externalId ?? null,
            JSON.stringify({ displayName: instance.displayName }),
            connection.organization_id,
          ],
        );
        await client.query(
          `insert into memberships (organization_id, user_id, role, origin, connection_id) values ($1, $2, 'member', 'scim', $3)`,
          [connection.organization_id, user.rows[0].id, connection.id],
        );
        await client.query(
          `insert into bundle_sequences (organization_id, user_id, seq, changed_at) values ($1, $2, $3, now())
           on conflict (organization_id, user_id) do update set seq = greatest(bundle_sequences.seq + 1, excluded.seq)`,
          [connection.organization_id, user.rows[0].id, Date.now()],
        );
        await client.query(
          `insert into audit_events (organization_id, at, actor_kind, actor_label, action, target_kind, target_id, target_label)
           values ($1, now(), 'system', 'scimmy', 'scim.user.create', 'scim-user', $2, $3), ($1, now(), 'system', 'scimmy', 'member.add', 'member', $2, $3)`,
          [connection.organization_id, made.rows[0].id, instance.userName],
        );
        await client.query('commit');
        return {
          ...instance,
          id: made.rows[0].id,
          meta: { created: made.rows[0].created_at, lastModified: made.rows[0].created_at },
        };
      } catch (error) {
        await client.query('rollback');
        throw error;
      } finally {
        client.release();
      }
    },
  });
  const app = express();
  app.use(
    '/scim',
    new SCIMMYRouters({
      type: 'bearer',
      handler: async (request: { header(name: string): string | undefined }) => {
        const secret = (request.header('authorization') ?? '').slice('Bearer '.length);
        const found = await pool.query(
          `select t.id from scim_tokens t join connections c on c.id = t.connection_id
            where t.secret_hash = $1 and t.revoked_at is null and c.scim_enabled`,
          [hashOneTimeSecret(secret)],
        );
        if (found.rows.length === 0) throw new Error('no token');
        return 'client';
      },
    }),
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    ...ours,
    base: `http://127.0.0.1:${port}/scim`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await ours.stop();
    },
  };
}
