import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Running, startProgram } from '../scripts/demo/processes.ts';
import { startTestCluster, type TestCluster } from '../src/hub/database/test-database.ts';

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
    return z.object({ url: z.string() }).parse(JSON.parse(await hub.firstLine())).url;
  };
  try {
    const first = await start('one', '--demo');
    const second = await start('two');
    for (const url of [first, second]) {
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const keys = z
        .object({ keys: z.array(z.object({ kid: z.string() })) })
        .parse(await (await fetch(`${url}/v1/agent/keys`)).json());
      expect(keys.keys).toHaveLength(1);
    }
    const { rows } = await database.pool.query('select name from organizations order by name');
    expect(rows).toEqual([{ name: 'acme' }, { name: 'globex' }]);
    const ended = hubs.map(({ child }) => once(child, 'exit'));
    for (const { child } of hubs) child.kill('SIGTERM');
    expect((await Promise.all(ended)).map(([code]) => code)).toEqual([0, 0]);
  } finally {
    for (const hub of hubs) await hub.stop();
  }
});
