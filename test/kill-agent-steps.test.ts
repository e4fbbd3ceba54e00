import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type BundlePayload, OFFLINE_BUNDLE_AUDIENCE } from '../src/shared/contracts/bundle.ts';
import { type Machine, makeMachine } from './agent-at-hub.ts';
import { fileKeychain } from './file-keychain.ts';
import {
  type StandInHub,
  type StandInKey,
  standInAccount,
  standInKey,
  standInPayload,
  startStandInHub,
} from './stand-in-hub.ts';

/*
 * The agent is killed around everything that a person, or the hub, is told to be done: a policy imported by file, an
 * override granted or ended, a repair reported. What was said before the kill is so at the next start.
 */
const CHILD = join(import.meta.dirname, 'fixtures', 'delivery-child.ts');
const THEMES = ['light', 'dark'] as const;
/** Milliseconds from asking to the kill; `null`: as soon as it is answered. */
const MOMENTS = [0, 4, 12, 25, null] as const;
const WAIT = { timeout: 30_000 };

let hub: StandInHub;
let key: StandInKey;
let machine: Machine;
let keychain: string;
const lives = new Set<Life>();

beforeAll(async () => {
  hub = await startStandInHub();
  hub.accounts.set('ada', standInAccount('ada', ['acme']));
});
afterAll(() => hub.stop());
beforeEach(async () => {
  key = await standInKey();
  hub.keys = [key];
  hub.reports.length = 0;
  machine = await makeMachine();
  keychain = join(machine.folder, 'keychain.json');
});
afterEach(async () => {
  for (const life of lives) await life.kill();
  hub.intercept = null;
  hub.grant = null;
  await machine.end();
});

interface Life {
  /** All that it said up to now. */
  said(): string;
  /** Asks it something; nothing is waited for. */
  ask(method: string, path: string, body: unknown): void;
  kill(): Promise<void>;
}

/** A process with the agent, begun and ready. */
async function live(): Promise<Life> {
  const child = spawn(process.execPath, [CHILD, machine.folder, keychain], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  // A line may be under way when it is killed.
  child.stdin.on('error', () => {});
  const ended = once(child, 'exit');
  const life: Life = {
    said: () => text,
    ask: (method, path, body) => void child.stdin.write(`${method} ${path} ${JSON.stringify(body)}\n`),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
      lives.delete(life);
    },
  };
  lives.add(life);
  await expect.poll(() => text, WAIT).toContain('ready');
  return life;
}

/** Asks, and kills at that moment; answers whether it had been said to be done. */
async function askAndKill(
  life: Life,
  moment: number | null,
  ...asked: Parameters<Life['ask']>
): Promise<boolean> {
  life.ask(...asked);
  if (moment === null) await expect.poll(life.said, WAIT).toContain('answered');
  else await delay(moment);
  await life.kill();
  expect(life.said()).not.toMatch(/answered (?!200)/);
  return life.said().includes('answered 200');
}

/** Signs ada in, and answers where the agent keeps its files. */
async function prepared(change: Partial<BundlePayload>) {
  await offer(10, change);
  const first = await makeMachine({ folder: machine.folder, keychain: fileKeychain(keychain) });
  const agent = await first.launch();
  await agent.signIn(hub, 'ada');
  await first.end();
  return agent.agent.paths;
}
const signed = (seq: number, change: Partial<BundlePayload>) =>
  key.sign(standInPayload(hub, 'ada', 'acme', seq, { iat: Math.floor(Date.now() / 1000), ...change }));
const give = (seq: number, jws: string) => hub.policies.set('ada acme', { jws, etag: `"${seq}"` });
const offer = async (seq: number, change: Partial<BundlePayload>) => give(seq, await signed(seq, change));
const themed = (theme: string) => ({ configurationFileVersion: 2, theme: { locked: true, value: theme } });
const themeIn = async (path: string) =>
  z.object({ ThemeSource: z.string() }).parse(JSON.parse(await readFile(path, 'utf8'))).ThemeSource;

it('a policy that was said to be imported is in force afterwards', { timeout: 120_000 }, async () => {
  const profile = { hubUrl: hub.url, hubKeys: [key.jwk], allowedOrgs: ['acme'] };
  await machine.write('etc/mooring/policy.json', profile);
  const first = await makeMachine({ folder: machine.folder });
  const { paths } = (await first.launch({ schedule: false })).agent;
  await first.end();
  const exp = Math.floor(Date.now() / 1000) + 86_400;
  let inForce = 0;
  for (const [index, moment] of MOMENTS.entries()) {
    const seq = index + 1;
    const payload = { aud: OFFLINE_BUNDLE_AUDIENCE, sub: '*', exp, document: themed(THEMES[seq % 2] ?? '') };
    const body = { bundle: await signed(seq, payload) };
    const done = await askAndKill(await live(), moment, 'POST', '/v1/policy/import', body);
    const next = await live();
    const applied = Number(/applied (\d+)/.exec(next.said())?.[1] ?? 0);
    expect(done ? [seq] : [inForce, seq]).toContain(applied);
    if (applied > 0) expect(await themeIn(paths.store)).toBe(THEMES[applied % 2]);
    await next.kill();
    inForce = applied;
  }
  expect(inForce).toBe(MOMENTS.length);
});

it('an override that was said to be granted, or ended, is so afterwards without the hub', {
  timeout: 240_000,
}, async () => {
  const rest = { document: themed('light'), exceptions: [{ setting: 'theme', maxSeconds: 3600 }] };
  const paths = await prepared(rest);
  let seq = 10;
  /** What is in force at a start that meets no hub; afterwards the hub is back. */
  const withoutHub = async (): Promise<string> => {
    hub.intercept = (_request, response) => {
      response.writeHead(503).end();
      return true;
    };
    const life = await live();
    await life.kill();
    hub.intercept = null;
    return themeIn(paths.store);
  };
  /** A life that follows whatever the hub has. */
  const upToDate = async (): Promise<Life> => {
    const life = await live();
    await expect.poll(life.said, WAIT).toContain(`applied ${seq}`);
    return life;
  };
  for (const moment of MOMENTS) {
    const id = randomUUID();
    const until = new Date(Date.now() + 600_000).toISOString();
    const wanted = { setting: 'theme', value: 'dark', reason: 'A dark room' };
    const next = seq + 1;
    const jws = await signed(next, { ...rest, overrides: [{ id, setting: 'theme', value: 'dark', until }] });
    hub.grant = () => {
      give(next, jws);
      seq = next;
      return { override: { id, ...wanted, grantedAt: new Date().toISOString(), until }, seq };
    };
    const asked = { ...wanted, seconds: 600 };
    const granted = await askAndKill(await upToDate(), moment, 'POST', '/v1/overrides', asked);
    if (granted) expect(await withoutHub()).toBe('dark');
    // Where the kill came before the hub heard of it, nothing is there to be ended.
    if (seq !== next) continue;
    const after = seq + 1;
    const without = await signed(after, rest);
    const life = await upToDate();
    hub.intercept = (request) => {
      if (request.method === 'DELETE') {
        give(after, without);
        seq = after;
      }
      return false;
    };
    const ended = await askAndKill(life, moment, 'POST', '/v1/overrides/end', { setting: 'theme' });
    hub.intercept = null;
    if (ended) expect(await withoutHub()).toBe('light');
    if (seq === after) continue;
    await offer(after, rest);
    seq = after;
  }
  expect(seq).toBeGreaterThanOrEqual(12);
});

it('every repair that was logged reaches the hub, once, whenever the agent was killed', {
  timeout: 240_000,
}, async () => {
  const paths = await prepared({ document: themed('light') });
  const repairs = async () =>
    (await readFile(paths.drift, 'utf8').catch(() => ''))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{"begun"'));
  const edit = async () => {
    const store = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(paths.store, 'utf8')));
    await writeFile(paths.store, JSON.stringify({ ...store, ThemeSource: 'dark' }));
  };
  const logged = async (before: number) =>
    expect.poll(async () => (await repairs()).length, WAIT).toBeGreaterThan(before);
  type Step = (before: number, arrived: Promise<void>) => Promise<unknown>;
  const kills: readonly Step[] = [
    // Between the edit, its repair and the line in the log.
    async () => {},
    ...[1, 3, 6, 12].map(
      (ms): Step =>
        async () =>
          delay(ms),
    ),
    // Before the report is made, while the hub has it and has not answered, and when it just has.
    logged,
    async (before, arrived) => logged(before).then(async () => arrived.then(() => delay(150))),
    async (before, arrived) => logged(before).then(() => arrived),
    async (before, arrived) => logged(before).then(async () => arrived.then(() => delay(1))),
    async (before, arrived) => logged(before).then(async () => arrived.then(() => delay(8))),
  ];
  for (const [index, killAt] of kills.entries()) {
    const life = await live();
    const before = (await repairs()).length;
    const arrived = Promise.withResolvers<void>();
    hub.intercept = (request, response) => {
      if (request.url?.startsWith('/v1/agent/reports') !== true) return false;
      arrived.resolve();
      // The hub took it, and its answer is lost.
      if (index === 7) response.destroy();
      // A network in between answers in its place, and the hub never heard of it.
      if (index === 6) response.writeHead(403, { 'content-type': 'text/plain' }).end('Not from here');
      return index === 6;
    };
    await edit();
    await killAt(before, arrived.promise);
    await life.kill();
    hub.intercept = null;
  }
  const last = await live();
  const reported = () =>
    [...new Map(hub.reports.map((report) => [report.reportId, report])).values()].flatMap(({ drift }) =>
      drift.map(({ at }) => at),
    );
  // The last life repairs what the ones before could not: nothing is under way any more when its theme is right.
  await expect.poll(() => themeIn(paths.store), WAIT).toBe('light');
  const made = async () =>
    (await repairs()).map((line) => z.object({ at: z.string() }).parse(JSON.parse(line)).at);
  await expect
    .poll(async () => [...reported()].sort().join() === (await made()).toSorted().join(), WAIT)
    .toBe(true);
  const all = (await made()).length;
  expect(all).toBeGreaterThanOrEqual(5);
  await last.kill();
  // Where the log was taken away, what follows is counted anew and told all the same.
  await rm(paths.drift);
  const anew = await live();
  await edit();
  await expect.poll(() => reported().length, WAIT).toBe(all + 1);
  await anew.kill();
});
