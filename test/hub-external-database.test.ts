import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Running, startProgram } from '../scripts/demo/processes.ts';
import type { Db } from '../src/hub/database/connection.ts';
import { startTestCluster, type TestCluster } from '../src/hub/database/test-database.ts';
import { createBrowser } from '../src/hub/identity/test-browser.ts';
import { OPERATOR, signInDesktop } from '../src/hub/identity/test-hub.ts';
import { createApiToken } from '../src/hub/tokens/api-tokens.ts';
import { policyNudgeSchema } from '../src/shared/contracts/agent-api.ts';

/* The hub on a PostgreSQL server that is not its own, named by DATABASE_URL. */

let cluster: TestCluster;
let folder: string;
beforeAll(async () => {
  cluster = await startTestCluster();
  folder = await mkdtemp(join(tmpdir(), 'mooring-external-'));
});
afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

const demoSchema = z.object({
  developerEmail: z.string(),
  developerPassword: z.string(),
  userPolicyId: z.string(),
});

/** A policy saved through one process reaches a stream of the other, through the database alone, and is served there. */
async function savedAtOneToldByTheOther(
  db: Db,
  one: string,
  other: string,
  { developerEmail, developerPassword, userPolicyId }: z.infer<typeof demoSchema>,
): Promise<void> {
  const desktop = await signInDesktop({ url: one }, developerEmail, createBrowser(one), developerPassword);
  const headers = { authorization: `Bearer ${desktop.tokens.access_token}` };
  const stopping = new AbortController();
  try {
    // An event that never comes must not keep the hubs from being stopped.
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(30_000)]);
    const stream = await fetch(`${other}/v1/agent/events?org=acme`, { headers, signal });
    const events = stream.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    const next = async () => {
      const read = await events?.read();
      return policyNudgeSchema.parse(JSON.parse(read?.value?.data ?? '')).seq;
    };
    const before = await next();
    const acme = await db
      .selectFrom('organizations')
      .select('id')
      .where('name', '=', 'acme')
      .executeTakeFirstOrThrow();
    const wanted = { name: 'tests', role: 'owner', days: 1 } as const;
    const { secret } = await createApiToken(db, OPERATOR, acme.id, wanted);
    const saved = await fetch(`${one}/v1/orgs/acme/policies/${userPolicyId}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${secret}`, 'if-match': '*', 'content-type': 'application/json' },
      body: JSON.stringify({ document: { theme: { locked: true, value: 'dark' } } }),
    });
    expect(saved.status).toBe(200);
    const told = await next();
    expect(told).toBeGreaterThan(before);
    const fetched = await fetch(`${other}/v1/agent/policy?org=acme`, { headers });
    expect([fetched.status, fetched.headers.get('etag')]).toEqual([200, `"${told}"`]);
    const [, payload = ''] = (await fetched.text()).split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      document: { theme: { locked: true, value: 'dark' } },
    });
  } finally {
    stopping.abort();
  }
}

it('starts on an empty database, keeps everything in it, and two hubs serve the same world', async () => {
  const database = await cluster.createDatabase({ migrated: false });
  const { target } = database;
  if (target.kind !== 'parts') throw new Error('the test server is reached by its parts');
  const { host, port, user, password, database: name } = target;
  const address = `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`;
  const env = { DATABASE_URL: address, MOORING_HUB_SECRET: 'a secret that both hubs are given, long enough' };
  const hubs: Running[] = [];
  const start = async (data: string, ...more: string[]) => {
    const hub = startProgram(
      'mooring-hub',
      ['start', '--data', join(folder, data), '--port', '0', '--json', ...more],
      env,
    );
    hubs.push(hub);
    return z.looseObject({ url: z.string() }).parse(JSON.parse(await hub.firstLine()));
  };
  try {
    const world = await start('one', '--demo');
    const first = world.url;
    const second = (await start('two')).url;
    for (const url of [first, second]) {
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const keys = z
        .object({ keys: z.array(z.object({ kid: z.string() })) })
        .parse(await (await fetch(`${url}/v1/agent/keys`)).json());
      expect(keys.keys).toHaveLength(1);
    }
    const { rows } = await database.pool.query('select name from organizations order by name');
    expect(rows).toEqual([{ name: 'acme' }, { name: 'globex' }]);
    await savedAtOneToldByTheOther(database.db, first, second, demoSchema.parse(world));
    const ended = hubs.map(({ child }) => once(child, 'exit'));
    for (const { child } of hubs) child.kill('SIGTERM');
    expect((await Promise.all(ended)).map(([code]) => code)).toEqual([0, 0]);
  } finally {
    for (const hub of hubs) await hub.stop();
  }
});
