import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AgentWorld, makeWorld } from '../src/agent/testing/agent-world.ts';
import { runCli } from '../src/cli/cli.ts';
import { openTerminal } from '../src/cli/terminal/terminal.ts';
import {
  errorBodySchema,
  policyAnswerSchema,
  settingStateSchema,
  settingsAnswerSchema,
} from '../src/shared/contracts/local-api.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import { documentOf, sampleValue } from './web/sample-settings.ts';

/*
 * One forgotten setting is enough for a lock that is none. So every setting of the catalog, on each platform, is locked
 * by an administrator's file, changed by the command line, and edited in settings-store.json; and changed unlocked.
 */
let world: AgentWorld | null = null;
const before = process.cwd();
let folder: string;
beforeAll(async () => {
  // The paths of Windows are no paths here: what is written to them lands in the working folder.
  folder = await mkdtemp(join(tmpdir(), 'mooring-every-'));
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  await world?.end();
  world = null;
});

/** What stands in the file instead of a value; nothing: its key is gone. */
const EDITS = {
  'another value': (value: unknown) => [wrong(value)],
  'no such key any more': () => [],
  'a value of another type': (value: unknown) => [typeof value === 'string' ? 17 : 'not of this type'],
  null: () => [null],
} satisfies Record<string, (value: unknown) => readonly unknown[]>;

describe.each(['mac', 'windows', 'linux'] as const)('every locked setting (%s)', (platform) => {
  const settings = desktopCatalog.onPlatform[platform];

  async function locked(): Promise<AgentWorld> {
    const made = await makeWorld({ platform });
    world = made;
    await made.write(made.paths.adminSettings, documentOf(settings, true));
    await made.agent.start({ schedule: false, watch: true });
    // The file came after the agent had looked.
    await made.agent.fetch(new Request('http://agent/v1/sync', { method: 'POST' }));
    return made;
  }

  const ask = async (made: AgentWorld, path: string) =>
    JSON.parse(await (await made.agent.fetch(new Request(`http://agent${path}`))).text());

  async function mooring(made: AgentWorld, ...words: string[]) {
    const chunks: string[] = [];
    const stdout = new PassThrough().on('data', (chunk) => chunks.push(String(chunk)));
    const exit = await runCli([...words, '--json'], {
      terminal: openTerminal({ stdout, stderr: new PassThrough().resume(), environment: {} }),
      agentOptions: { version: '1.2.3', host: made.host },
      openApi: async () => ({ ok: true, mode: 'agent', fetch: made.agent.fetch, close: async () => {} }),
      agentIn: 'this-command',
      signal: new AbortController().signal,
    });
    return { exit, body: JSON.parse(chunks.join('')) };
  }

  test('is in force and refused to the command line, set and reset alike', async () => {
    const made = await locked();
    const states = settingsAnswerSchema.parse(await ask(made, '/v1/settings')).settings;
    expect(states.filter((state) => !state.locked).map(({ id }) => id)).toEqual([]);
    expect(states.map(({ id }) => id).sort()).toEqual(settings.map(({ id }) => id).sort());
    for (const { id, value } of states) {
      // What is in force already is no change, so another value is asked for.
      const other = desktopCatalog.byId.get(id)?.default ?? wrong(value);
      const given = typeof other === 'string' && other !== '' ? other : JSON.stringify(other);
      for (const words of [
        ['settings', 'set', id, given],
        ['settings', 'reset', id],
      ]) {
        const { exit, body } = await mooring(made, ...words);
        expect([words.slice(1, 3), exit, errorBodySchema.parse(body).error.code]).toEqual([
          words.slice(1, 3),
          4,
          'setting_locked',
        ]);
      }
    }
  });

  test.each(Object.keys(EDITS) as (keyof typeof EDITS)[])(
    'is put back when settings-store.json has %s, every repair is told, and none is taken for a choice',
    async (kind) => {
      const made = await locked();
      const before = await made.store();
      // None is left out of the edit: each has its key, and a value.
      const absent = settings.filter(({ storeKey }) => (before[storeKey] ?? null) === null);
      expect(absent.map(({ id }) => id)).toEqual([]);
      const keys = new Map(settings.map(({ storeKey, id }) => [storeKey, id]));
      const edited = Object.fromEntries(
        Object.entries(before).flatMap(([key, value]) =>
          keys.has(key) ? EDITS[kind](value).map((other) => [key, other]) : [[key, value]],
        ),
      );
      for (const { storeKey } of settings) expect(edited[storeKey], storeKey).not.toEqual(before[storeKey]);
      // As editors save: the agent must not meet a half-written file, which would be another repair.
      await made.write(`${made.paths.store}.edited`, edited);
      await rename(`${made.paths.store}.edited`, made.paths.store);
      await expect.poll(() => made.store()).toEqual(before);
      // The file is right a moment before the repair is in the log.
      const untold = async () => {
        const { drift } = policyAnswerSchema.parse(await ask(made, '/v1/policy'));
        const repaired = new Set(drift.map(({ setting }) => setting));
        return settings.filter(({ id }) => !repaired.has(id));
      };
      await expect.poll(untold).toEqual([]);

      await rm(made.paths.adminSettings);
      await made.agent.fetch(new Request('http://agent/v1/sync', { method: 'POST' }));
      const states = settingsAnswerSchema.parse(await ask(made, '/v1/settings')).settings;
      expect(
        states.filter((state) => state.locked || state.source !== 'default').map(({ id }) => id),
      ).toEqual([]);
    },
  );

  test('is changed and reset by the command line while nobody locks it', async () => {
    world = await makeWorld({ platform });
    await world.agent.start({ schedule: false, watch: false });
    for (const setting of settings) {
      const { id } = setting;
      const value = sampleValue(setting);
      const before = settingStateSchema.parse(await ask(world, `/v1/settings/${id}`));
      expect(before, id).toMatchObject({ locked: false, managedBy: null });
      const given = typeof value === 'string' ? value : JSON.stringify(value);
      expect([id, (await mooring(world, 'settings', 'set', id, given)).exit]).toEqual([id, 0]);
      expect(await ask(world, `/v1/settings/${id}`), id).toMatchObject({ value });
      expect([id, (await mooring(world, 'settings', 'reset', id)).exit]).toEqual([id, 0]);
      expect(settingStateSchema.parse(await ask(world, `/v1/settings/${id}`)), id).toEqual(before);
    }
  });
});

test('the three systems have all of the catalog between them', () => {
  expect(new Set(Object.values(desktopCatalog.onPlatform).flat()).size).toBe(106);
});

/** Another value of the same type. */
function wrong(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}x`;
  return [];
}
