import Fastify from 'fastify';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { databaseForFile } from '../database/test-database.ts';
import { createTestOrganization, OPERATOR } from '../identity/test-hub.ts';
import { authenticateByApiToken, createApiToken } from './api-tokens.ts';

const DAY_MS = 86_400_000;

const database = databaseForFile();
let organizationId: string;
beforeAll(async () => {
  organizationId = (await createTestOrganization(database, 'acme', [])).id;
});

const make = (name: string) =>
  createApiToken(database.db, OPERATOR, organizationId, { name, role: 'editor', days: 2 });

/** Every row of every table as text; bytes are written in hexadecimal digits. */
async function everythingKept(): Promise<string> {
  const tables = await sql<{ name: string }>`select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(database.db);
  const texts: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await sql<{
      row: string;
    }>`select row_to_json(t)::text as row from ${sql.table(name)} t`.execute(database.db);
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

it('keeps a token’s name and its digest, and nowhere the token', async () => {
  const { secret } = await make('Nightly export');
  const kept = await everythingKept();
  expect(kept).toContain('Nightly export');
  for (const written of [secret, secret.slice(secret.indexOf('_') + 1)]) {
    expect(kept).not.toContain(written);
    expect(kept).not.toContain(Buffer.from(written, 'utf8').toString('hex'));
  }
});

it('knows a token until its last day has ended', async () => {
  const { secret, token } = await make('Ends');
  const ends = Date.parse(token.expiresAt);
  expect(ends - Date.parse(token.createdAt)).toBe(2 * DAY_MS);
  let now = ends - 1;
  const authenticate = authenticateByApiToken({ db: database.db, clock: { now: () => now } });
  const app = Fastify();
  app.get('/', async (request) => ({ actor: await authenticate(request) }));
  const answer = z.object({ actor: z.object({ name: z.string() }).nullable() });
  const asked = async () => {
    const headers = { authorization: `Bearer ${secret}` };
    return answer.parse((await app.inject({ url: '/', headers })).json()).actor;
  };
  expect(await asked()).toEqual({ name: 'Ends' });
  now = ends;
  expect(await asked()).toBeNull();
  await app.close();
});
