import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { openDatabase } from './connection.ts';
import { startEmbeddedDatabase as startDurable } from './embedded-database.ts';
import { appliedMigrations, migrate, refuseOutdated } from './migrate.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { passableTemporaryDirectory } from './test-data-directory.ts';
import { startTestCluster } from './test-database.ts';

/** Nothing here is about loss of power: without fsync the tests take a fraction of the time. */
const startEmbeddedDatabase: typeof startDurable = (options) => startDurable({ ...options, durable: false });

const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function temporaryDirectory(): string {
  const directory = passableTemporaryDirectory('mooring-db-');
  undo.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The refusal that a call ends with; fails when there is none. */
async function refusalOf(call: Promise<unknown>): Promise<RefusalError> {
  const outcome = await call.then(
    () => new Error('it was not refused'),
    (error: unknown) => error,
  );
  if (outcome instanceof RefusalError) return outcome;
  throw outcome;
}

describe('the embedded server', () => {
  it('keeps its content over a restart, and tells a second owner who holds it', async () => {
    const dataDirectory = temporaryDirectory();
    const first = await startEmbeddedDatabase({ dataDirectory, purpose: 'first hub' });
    const handle = openDatabase(first.target);
    await migrate(handle.db);
    await handle.db.insertInto('organizations').values({ name: 'acme', display_name: 'Acme' }).execute();
    await handle.close();
    const second = await refusalOf(startEmbeddedDatabase({ dataDirectory, purpose: 'second hub' }));
    expect(second.refusal.code).toBe('conflict');
    expect(second.message).toContain(`first hub (process ${process.pid} on `);
    await first.stop();
    const again = await startEmbeddedDatabase({ dataDirectory, purpose: 'third hub' });
    undo.push(() => again.stop());
    const reopened = openDatabase(again.target);
    expect(await reopened.db.selectFrom('organizations').select('name').execute()).toEqual([
      { name: 'acme' },
    ]);
    await reopened.close();
  });

  it.each([
    ['in a new directory', false],
    ['where it ran before', true],
  ])('gives itself to exactly one of two that start at once %s', async (_name, before) => {
    const dataDirectory = temporaryDirectory();
    if (before) await (await startEmbeddedDatabase({ dataDirectory, purpose: 'maker' })).stop();
    const outcomes = await Promise.allSettled(
      ['one', 'two'].map((purpose) => startEmbeddedDatabase({ dataDirectory, purpose })),
    );
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') undo.push(() => outcome.value.stop());
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ refusal: { code: 'conflict' } });
    expect(readdirSync(dataDirectory).sort()).toEqual(['postgres', 'postgres-password']);
  });

  it('clears away what a killed first start left', async () => {
    const dataDirectory = temporaryDirectory();
    mkdirSync(join(dataDirectory, 'postgres.new-0123', 'base'), { recursive: true });
    writeFileSync(join(dataDirectory, 'postgres-password.new-0123'), 'half');
    await (await startEmbeddedDatabase({ dataDirectory, purpose: 'hub' })).stop();
    expect(readdirSync(dataDirectory).sort()).toEqual(['postgres', 'postgres-password']);
  });

  it('starts again when its process is killed, and pools recover', async () => {
    const dataDirectory = temporaryDirectory();
    const crashes: boolean[] = [];
    // Durable: a commit that was answered has to outlive the kill.
    const embedded = await startDurable({
      dataDirectory,
      purpose: 'hub',
      onCrash: ({ fatal }) => crashes.push(fatal),
    });
    undo.push(() => embedded.stop());
    const handle = openDatabase(embedded.target);
    undo.push(() => handle.close());
    await sql`create table kept (id int)`.execute(handle.db);
    const killed = embedded.pid();
    process.kill(killed, 'SIGKILL');
    await expect.poll(() => embedded.pid(), { timeout: 50_000 }).not.toBe(killed);
    const insert = () => sql`insert into kept values (1)`.execute(handle.db);
    // Connections of the old server break when they are used next; then the pool has only new ones.
    await expect.poll(() => insert().then(String, () => 'broken'), { timeout: 30_000 }).not.toBe('broken');
    expect(crashes).toEqual([false]);
    const rival = await refusalOf(startEmbeddedDatabase({ dataDirectory, purpose: 'rival' }));
    expect(rival.message).toContain('is in use by');
  });

  it('starts over a stale file of a server whose process id belongs to something else now', async () => {
    const dataDirectory = temporaryDirectory();
    await (await startEmbeddedDatabase({ dataDirectory, purpose: 'maker' })).stop();
    const { uid, gid } = statSync(join(dataDirectory, 'postgres'));
    const file = join(dataDirectory, 'postgres', 'postmaster.pid');
    writeFileSync(file, `${process.pid}\n${join(dataDirectory, 'postgres')}\n1700000000\n5432\n\n\n`);
    if (process.getuid?.() === 0) (await import('node:fs')).chownSync(file, uid, gid);
    const embedded = await startEmbeddedDatabase({ dataDirectory, purpose: 'hub' });
    await embedded.stop();
  });

  it('keeps its files and its password to itself', async () => {
    const dataDirectory = temporaryDirectory();
    const embedded = await startEmbeddedDatabase({ dataDirectory, purpose: 'hub' });
    undo.push(() => embedded.stop());
    const postgres = statSync(join(dataDirectory, 'postgres'));
    expect(postgres.mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDirectory, 'postgres-password')).mode & 0o777).toBe(0o600);
    if (process.getuid?.() === 0) expect(postgres.uid).not.toBe(0);
    const password = readFileSync(join(dataDirectory, 'postgres-password'), 'utf8');
    expect(password).toMatch(/^[\w-]{32}$/);
    if (embedded.target.kind !== 'parts') throw new Error('the embedded database has parts');
    const wrong = openDatabase({ ...embedded.target, password: 'wrong' });
    await expect(sql`select 1`.execute(wrong.db)).rejects.toThrow(/password authentication failed/);
    await wrong.close();
  });

  it('listens on loopback where the path is too long for a socket', async () => {
    const long = join(temporaryDirectory(), 'x'.repeat(60), 'y'.repeat(60));
    mkdirSync(long, { recursive: true });
    const embedded = await startEmbeddedDatabase({ dataDirectory: long, purpose: 'hub' });
    undo.push(() => embedded.stop());
    expect(embedded.target).toMatchObject({ host: '127.0.0.1' });
    const handle = openDatabase(embedded.target);
    expect((await sql<{ one: number }>`select 1 as one`.execute(handle.db)).rows).toEqual([{ one: 1 }]);
    await handle.close();
  });
});

// Only root starts the database as somebody else.
describe.runIf(process.getuid?.() === 0)('started by root', () => {
  it('names the closed parent of the data directory, and the way out', async () => {
    const closed = join(temporaryDirectory(), 'closed');
    mkdirSync(join(closed, 'data'), { recursive: true });
    chmodSync(closed, 0o700);
    const refusal = await refusalOf(
      startEmbeddedDatabase({ dataDirectory: join(closed, 'data'), purpose: 'hub' }),
    );
    expect(refusal.message).toContain(`cannot pass ${closed},`);
    expect(refusal.refusal.help).toContain(`chmod o+x ${closed}`);
    expect(refusal.refusal.details).toEqual({ closed });
  });

  it('names the closed parent of a data directory that is yet to be made', async () => {
    const closed = join(temporaryDirectory(), 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const refusal = await refusalOf(
      startEmbeddedDatabase({ dataDirectory: join(closed, 'data'), purpose: 'hub' }),
    );
    expect(refusal.refusal.details).toEqual({ closed });
  });

  it('refuses to run the database as root, or as nobody who exists', async () => {
    for (const postgresUser of ['root', 'no-such-user-here', '-u']) {
      const start = startEmbeddedDatabase({
        dataDirectory: temporaryDirectory(),
        purpose: 'hub',
        postgresUser,
      });
      expect((await refusalOf(start)).message).toContain(`"${postgresUser}"`);
    }
  });
});

describe('migrations', () => {
  it('are applied once by several that start at the same moment', async () => {
    const cluster = await startTestCluster();
    undo.push(() => cluster.stop());
    const { target, db } = await cluster.createDatabase({ migrated: false });
    const hubs = Array.from({ length: 4 }, () => openDatabase(target));
    const outcomes = await Promise.all(hubs.map((hub) => migrate(hub.db)));
    await Promise.all(hubs.map((hub) => hub.close()));
    expect(outcomes.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    expect(await appliedMigrations(db)).toEqual(Object.keys(MIGRATIONS).sort());
  });

  it('refuse a database of a newer hub, and leave it alone; a joiner refuses an older one', async () => {
    const cluster = await startTestCluster();
    undo.push(() => cluster.stop());
    const { db } = await cluster.createDatabase();
    const older = Object.fromEntries(Object.entries(MIGRATIONS).slice(0, 1));
    const newer = await refusalOf(migrate(db, older));
    expect(newer.message).toContain('newer Mooring Hub');
    expect(await appliedMigrations(db)).toEqual(Object.keys(MIGRATIONS).sort());
    const later = { ...MIGRATIONS, '9999-later': { up: async () => undefined } };
    expect((await refusalOf(refuseOutdated(db, later))).message).toContain('it lacks 9999-later');
  });

  it('leave nothing behind when a step fails', async () => {
    const cluster = await startTestCluster();
    undo.push(() => cluster.stop());
    const { db } = await cluster.createDatabase({ migrated: false });
    const failing = {
      ...MIGRATIONS,
      '9999-broken': {
        up: async () => {
          throw new Error('out of ideas');
        },
      },
    };
    const refusal = await refusalOf(migrate(db, failing));
    expect(refusal.message).toContain('9999-broken');
    expect(refusal.message).toContain('out of ideas');
    expect(await appliedMigrations(db)).toEqual([]);
    expect((await migrate(db)).applied).toEqual(Object.keys(MIGRATIONS).sort());
  });
});

it('refuses to change or remove what the audit log holds', async () => {
  const cluster = await startTestCluster();
  undo.push(() => cluster.stop());
  const { db } = await cluster.createDatabase();
  await db
    .insertInto('audit_events')
    .values({
      ...{
        organization_id: null,
        at: new Date(0),
        actor_kind: 'system',
        actor_id: null,
        actor_label: 'test',
      },
      ...{
        action: 'test',
        target_kind: 'test',
        target_id: null,
        target_label: '',
        before: null,
        after: null,
      },
      source_address: null,
    })
    .execute();
  await expect(sql`update audit_events set action = 'other'`.execute(db)).rejects.toThrow(/append-only/);
  await expect(sql`delete from audit_events`.execute(db)).rejects.toThrow(/append-only/);
  await expect(sql`truncate audit_events`.execute(db)).rejects.toThrow(/append-only/);
});
