import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireAgentLock, type LockHolder } from './agent-lock.ts';

const holder = (pid: number): LockHolder => ({ pid, kind: 'agent', startedAt: '2026-01-01T00:00:00.000Z' });

let folder = '';
let paths = { lock: '', endpoint: '' };
let children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-lock-'));
  paths = { lock: join(folder, 'data', 'agent.lock'), endpoint: join(folder, 'data', 'agent.json') };
  children = [];
});

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await rm(folder, { recursive: true, force: true });
});

/** A process of its own that tries the lock once, says what it got, and keeps it until it is killed. */
async function starter(): Promise<{ child: ChildProcess; outcome: Promise<string> }> {
  const module = pathToFileURL(join(import.meta.dirname, 'agent-lock.ts')).href;
  const script = `
    const { acquireAgentLock } = await import(${JSON.stringify(module)});
    process.stdin.once('data', async () => {
      const got = await acquireAgentLock(${JSON.stringify(paths)}, { pid: process.pid, kind: 'agent', startedAt: '' });
      process.stdout.write((got.ok ? 'won' : got.reason + ' ' + (got.message ?? '')).trim() + '\\n');
    });
    setInterval(() => {}, 1000);
    process.stdout.write('ready\\n');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const outcome = (async () => String((await lines.next()).value))();
  return { child, outcome };
}

test('of many starters at once exactly one wins, every time', async () => {
  const starters = await Promise.all(Array.from({ length: 6 }, starter));
  for (const { child } of starters) child.stdin?.write('go\n');
  const outcomes = await Promise.all(starters.map((each) => each.outcome));
  expect(outcomes.toSorted()).toEqual(['held', 'held', 'held', 'held', 'held', 'won']);
});

test('the lock of a killed agent is taken over, although its words are still there', async () => {
  const first = await starter();
  first.child.stdin?.write('go\n');
  expect(await first.outcome).toBe('won');
  const refused = await acquireAgentLock(paths, holder(1));
  expect(refused).toMatchObject({ ok: false, reason: 'held', heldBy: { pid: first.child.pid } });
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const taken = await acquireAgentLock(paths, holder(2));
  if (!taken.ok) throw new Error('not taken over');
  expect(JSON.parse(await readFile(paths.endpoint, 'utf8'))).toMatchObject({ pid: 2 });
  await taken.lock.release();
});

test('a number in the words that belongs to a living process does not keep the lock', async () => {
  const first = await acquireAgentLock(paths, holder(process.pid));
  if (!first.ok) throw new Error('not acquired');
  await first.lock.release();
  // As if killed: words of a process that lives (this one), and nobody holding the lock.
  await writeFile(paths.endpoint, JSON.stringify(holder(process.pid)));
  const second = await acquireAgentLock(paths, holder(process.pid));
  expect(second.ok).toBe(true);
  if (second.ok) await second.lock.release();
});

test('within one process too, there is one holder', async () => {
  const first = await acquireAgentLock(paths, holder(1));
  const second = await acquireAgentLock(paths, holder(2));
  expect([first.ok, second.ok]).toEqual([true, false]);
  if (first.ok) await first.lock.release();
  const third = await acquireAgentLock(paths, holder(3));
  expect(third.ok).toBe(true);
  if (third.ok) await third.lock.release();
});

test('words that cannot be written, as on a full disk, keep nobody from the lock, nor let two have it', async () => {
  await mkdir(join(paths.endpoint, 'in the way'), { recursive: true });
  const first = await acquireAgentLock(paths, holder(1));
  expect(await acquireAgentLock(paths, holder(2))).toEqual({ ok: false, reason: 'held', heldBy: null });
  if (!first.ok) throw new Error('not acquired');
  expect(await first.lock.announce(holder(1))).toBe(false);
  await first.lock.release();
});

test('the lock and the words are the user’s alone', async () => {
  const got = await acquireAgentLock(paths, holder(1));
  if (!got.ok) throw new Error('not acquired');
  expect((await stat(paths.lock)).mode & 0o777).toBe(0o600);
  expect((await stat(paths.endpoint)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'data'))).mode & 0o777).toBe(0o700);
  await got.lock.release();
});

test.each([
  ['a folder in the lock’s place', async () => chmod(folder, 0o700).then(() => ({ ...paths, lock: folder }))],
  [
    'a file in the folder’s place',
    async () => {
      await writeFile(join(folder, 'data'), '');
      return paths;
    },
  ],
  [
    'a file that is no lock',
    async () => {
      const lock = join(folder, 'other.lock');
      await writeFile(lock, 'not a database, and longer than any header of one '.repeat(20));
      return { ...paths, lock };
    },
  ],
])('%s is a reason, not an exception', async (_what, prepare) => {
  const wanted = await prepare();
  const got = await acquireAgentLock(wanted, holder(1));
  expect(got).toMatchObject({ ok: false, reason: 'unusable', failure: { path: wanted.lock } });
  if (!got.ok && got.reason === 'unusable') expect(got.failure.help).not.toBe('');
});

test('who comes between a lock and its holder’s words waits for them', async () => {
  const first = await acquireAgentLock(paths, holder(1));
  if (!first.ok) throw new Error('not acquired');
  await rm(paths.endpoint);
  const second = acquireAgentLock(paths, holder(2));
  // Long enough for a look that finds nothing; there are forty.
  await new Promise((done) => setTimeout(done, 60));
  await first.lock.announce(holder(1));
  expect(await second).toMatchObject({ ok: false, reason: 'held', heldBy: { pid: 1 } });
  await first.lock.release();
});
