import { sql } from 'kysely';
import { expect, vi } from 'vitest';
import type { z } from 'zod';
import { type DatabaseHandle, openDatabase, type Trx } from '../src/hub/database/connection.ts';
import { startTestCluster } from '../src/hub/database/test-database.ts';
import { type HubProcess, startHubProcess, temporaryDataDirectory } from './hub-process.ts';

/** What the hub answered; `null`: it died before. */
export type Answer = { readonly status: number; readonly body: unknown } | null;

/** A demo hub that is killed without warning and started again. */
export interface KilledHub {
  /** The line of the first start. */
  readonly said: HubProcess['said'];
  readonly data: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Its database, which outlives it: what is left can be read without asking a hub. */
  readonly database: DatabaseHandle;
  send(token: string, method: string, path: string, body?: unknown): Promise<Answer>;
  /** Kills it once `after` of the requests were answered, while the others are under way; starts it again. */
  killedAmong(
    after: number,
    requests: readonly (() => Promise<Answer>)[],
    whileDead?: () => Promise<void>,
  ): Promise<readonly Answer[]>;
  /**
   * Kills it where it stands still, because `hold` keeps what the requests need next; starts it again. What the dead
   * hub had asked of the database has ended then.
   */
  killedWhere(
    hold: (trx: Trx) => Promise<unknown>,
    requests: readonly (() => Promise<Answer>)[],
  ): Promise<readonly Answer[]>;
  stop(): Promise<void>;
}

/** Starts it on a database server of the test's own: a restart is then the hub's alone. */
export async function startKilledHub(): Promise<KilledHub> {
  const data = temporaryDataDirectory();
  const cluster = await startTestCluster();
  const { target } = await cluster.createDatabase();
  const database = openDatabase(target);
  const environment = {
    DATABASE_URL: addressOf(target),
    MOORING_HUB_SECRET: 'the same after every death, and long',
  };
  const start = (...more: string[]) => startHubProcess(data.path, more, environment);
  let hub = await start('--demo');
  const asked: KilledHub = {
    said: hub.said,
    ...{ data: data.path, environment, database },
    send: (token, method, path, body) => ask(hub.url, token, method, path, body),
    killedAmong: async (after, requests, whileDead) => {
      const dying = hub;
      let answered = 0;
      let ended: Promise<unknown> = Promise.resolve();
      const kill = () => {
        ended = dying.end('SIGKILL');
      };
      if (after === 0) setImmediate(kill);
      const answers = await Promise.all(
        requests.map(async (request) => {
          const answer = await request();
          answered += 1;
          if (answered === after) kill();
          return answer;
        }),
      );
      await ended;
      await nothingRuns(database);
      await whileDead?.();
      hub = await start();
      return answers;
    },
    killedWhere: async (hold, requests) => {
      const answers = await database.db.transaction().execute(async (trx) => {
        await hold(trx);
        const under = requests.map((request) => request());
        await Promise.race([somebodyWaitsFor(trx, database), Promise.all(under).then(nobodyWaited)]);
        await hub.end('SIGKILL');
        return Promise.all(under);
      });
      await nothingRuns(database);
      hub = await start();
      return answers;
    },
    stop: async () => {
      await hub.end('SIGKILL');
      await database.close();
      await cluster.stop();
      await data.remove();
    },
  };
  return asked;
}

/** What an answer says, in the shape it has to have. */
export async function read<T>(schema: z.ZodType<T>, answer: Promise<Answer>, status = 200): Promise<T> {
  const got = await answer;
  expect(got?.status, JSON.stringify(got?.body)).toBe(status);
  return schema.parse(got?.body);
}

async function ask(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  try {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(90_000),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return null;
  }
}

function nobodyWaited(answers: readonly Answer[]): never {
  throw new Error(`the hub answered without needing what is held: ${JSON.stringify(answers)}`);
}

/** A hub has come to where it needs what this transaction holds. Asked from outside: inside, the picture stands still. */
async function somebodyWaitsFor(trx: Trx, { pool }: DatabaseHandle): Promise<void> {
  const held = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
  await vi.waitFor(async () => {
    const { rows } = await pool.query<{ waiting: number }>(
      'select count(*)::int as waiting from pg_stat_activity where $1 = any(pg_blocking_pids(pid))',
      [held.rows[0]?.pid],
    );
    expect(rows[0]?.waiting).toBeGreaterThan(0);
  }, 60_000);
}

/** What a dead hub had asked of the database has ended: a statement under way still runs, and may yet be kept. */
export async function nothingRuns({ pool }: DatabaseHandle): Promise<void> {
  await vi.waitFor(async () => {
    const { rows } = await pool.query<{ busy: number }>(
      `select count(*)::int as busy from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    );
    expect(rows[0]?.busy).toBe(0);
  }, 60_000);
}

/** Where it is, as `DATABASE_URL` says it. */
export function addressOf(target: DatabaseHandle['target']): string {
  if (target.kind !== 'parts') throw new Error('the test server is reached by its parts');
  const { host, port, user, password, database } = target;
  return `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}
