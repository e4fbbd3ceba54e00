import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

/*
 * The agent is killed where it hurts: between the writes that follow a change, a new policy or a repair. What it has
 * acknowledged must be there afterwards, and every file must be a whole one. The child is bundled as it is shipped,
 * which also makes it start fast enough for two hundred lives.
 */

const LANES = 2;
const KILLS = 200;
const objectSchema = z.record(z.string(), z.unknown());

let root = '';
let program = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mooring-kill-'));
  program = join(root, 'child.mjs');
  const input = join(import.meta.dirname, 'fixtures', 'kill-agent-child.ts');
  const bundle = await rolldown({ input, platform: 'node' });
  await bundle.write({ file: program, format: 'esm' });
  await bundle.close();
});

afterAll(() => rm(root, { recursive: true, force: true }));

interface Life {
  readonly acknowledged: readonly number[];
  /** The choices it started with; `null` when it was killed before it had read them. */
  readonly found: Readonly<Record<string, unknown>> | null;
}

/** Lets an agent live until it has acknowledged `changes` changes, and a random moment longer. */
async function live(folder: string, first: number, changes: number, extraMs: number): Promise<Life> {
  const child = spawn(process.execPath, [program, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const acknowledged: number[] = [];
  let found: Life['found'] = null;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, ...rest] = line.split(' ');
    if (word === 'start') found = objectSchema.parse(JSON.parse(rest.join(' ')));
    else if (word === 'ack') acknowledged.push(Number(rest[0]));
    else throw new Error(`the agent said: ${line}`);
    // What it still says after the signal was sent was acknowledged all the same.
    if (seen === changes) void killAfter(child, extraMs);
    seen += 1;
  }
  await ended;
  return { acknowledged, found };
}

async function killAfter(child: ChildProcess, ms: number): Promise<void> {
  await delay(ms);
  child.kill('SIGKILL');
}

async function readObject(folder: string, name: string): Promise<Record<string, unknown> | null> {
  let text: string;
  try {
    text = await readFile(join(folder, name), 'utf8');
  } catch {
    return null;
  }
  expect(text.endsWith('}\n'), `${name} is torn: ${text.slice(-40)}`).toBe(true);
  return objectSchema.parse(JSON.parse(text));
}

async function killRepeatedly(folder: string, kills: number): Promise<number> {
  await mkdir(folder);
  let next = 1;
  let total = 0;
  let edited: number | null = null;
  for (let kill = 0; kill < kills; kill += 1) {
    const life = await live(folder, next, Math.floor(Math.random() * 4), Math.random() * 14);
    const last = life.acknowledged.at(-1) ?? next - 1;
    total += life.acknowledged.length;
    if (life.found !== null) {
      // An edit made while no agent ran was taken as the user's choice.
      if (edited !== null) expect(life.found.cpus).toBe(edited);
      expect(life.found.memoryMiB ?? 1024, 'lost between two lives').toBe(1024 + next - 1);
    }
    const choices = await readObject(folder, 'user-settings.json');
    const chosen = typeof choices?.memoryMiB === 'number' ? choices.memoryMiB - 1024 : 0;
    expect([last, last + 1], 'the last acknowledged change, or the one under way').toContain(chosen);
    if (chosen > 0) expect(choices?.theme).toBe(chosen % 2 === 0 ? 'dark' : 'light');
    // Nothing of the policy was ever taken for a choice of the user.
    expect(Object.keys(choices ?? {}).filter((id) => !['cpus', 'memoryMiB', 'theme'].includes(id))).toEqual(
      [],
    );
    await readObject(folder, 'policy-state.json');
    const store = await readObject(folder, 'settings-store.json');
    next = chosen + 1;
    if (store !== null && kill % 4 === 0) {
      edited = 1 + (kill % 50);
      // Valid and unlocked: a choice. Locked: drift.
      const content = { ...store, Cpus: edited, AnalyticsEnabled: 'wrong' };
      await writeFile(join(folder, 'settings-store.json'), JSON.stringify(content));
    }
  }
  await live(folder, next, 2, 0);
  const names = await readdir(folder);
  expect(
    names.filter((name) => name.includes('.bad')),
    'a file was taken for a ruined one',
  ).toEqual([]);
  for (const line of (await readFile(join(folder, 'drift.jsonl'), 'utf8')).trimEnd().split('\n')) {
    const { begun, ...entry } = objectSchema.parse(JSON.parse(line));
    // A repair is announced before it is made, and given up where an edit came in between.
    for (const repair of Array.isArray(begun) ? begun : [entry])
      expect(objectSchema.parse(repair).setting).toBe('analyticsEnabled');
  }
  return total;
}

describe('an agent killed with SIGKILL during its writes', () => {
  test(`loses no acknowledged change and tears no file in ${KILLS} kills`, { timeout: 240_000 }, async () => {
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      killRepeatedly(join(root, `lane-${lane}`), KILLS / LANES),
    );
    const totals = await Promise.all(lanes);
    // The kills met agents at work, not only agents that were still starting.
    expect(totals.reduce((sum, total) => sum + total, 0)).toBeGreaterThan(KILLS / 2);
  });
});
