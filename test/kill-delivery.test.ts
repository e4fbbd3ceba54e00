import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, makeMachine } from './agent-at-hub.ts';
import { fileKeychain } from './file-keychain.ts';
import { publish, type StandInHub, standInAccount, startStandInHub } from './stand-in-hub.ts';

const ROUNDS = 10;
const CHILD = join(import.meta.dirname, 'fixtures', 'delivery-child.ts');
const THEMES = ['light', 'dark'] as const;

let hub: StandInHub;
let machine: Machine;
let child: ChildProcess | null = null;

beforeAll(async () => {
  hub = await startStandInHub();
  hub.accounts.set('ada', standInAccount('ada', ['acme']));
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await machine?.end();
  await hub.stop();
});

const issue = (seq: number) =>
  publish(hub, 'ada', 'acme', seq, {
    document: { configurationFileVersion: 2, theme: { locked: true, value: THEMES[seq % 2] ?? 'light' } },
  });
const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

describe('an agent that is killed while policy arrives', () => {
  it('is whole at the next start, and still has everything it had said', { timeout: 120_000 }, async () => {
    machine = await makeMachine();
    const keychain = join(machine.folder, 'keychain.json');
    const first = await makeMachine({ folder: machine.folder, keychain: fileKeychain(keychain) });
    await issue(1);
    const before = await first.launch();
    await before.signIn(hub, 'ada');
    const { paths } = before.agent;
    await first.end();
    let acknowledged = 1;
    for (let round = 2; round < ROUNDS + 2; round += 1) {
      const running = spawn(process.execPath, [CHILD, machine.folder, keychain], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child = running;
      let said = '';
      running.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      const ended = once(running, 'exit');
      await expect.poll(() => said, { timeout: 20_000 }).toContain('ready');
      await expect.poll(() => hub.streams.length, { timeout: 20_000 }).toBe(1);
      await issue(round);
      hub.streams[0]?.nudge(round);
      // From before the fetch begins to after everything is on disk.
      const wait = (round * 7) % 50;
      await delay(wait);
      running.kill('SIGKILL');
      await ended;
      await expect.poll(() => hub.streams.length).toBe(0);
      for (const [, seq] of said.matchAll(/applied (\d+)\n/g))
        acknowledged = Math.max(acknowledged, Number(seq));
      // Every file is whole, and nothing that was said is lost.
      const kept = await json(paths.bundle);
      const [highest] = Object.values(kept.highest);
      expect(Number(highest)).toBeGreaterThanOrEqual(acknowledged);
      expect(kept.bundle.etag).toBe(`"${String(highest)}"`);
      expect(THEMES).toContain((await json(paths.store)).ThemeSource);
      await json(paths.state);
    }
    const last = await makeMachine({ folder: machine.folder, keychain: fileKeychain(keychain) });
    const agent = await last.launch();
    await expect
      .poll(async () => {
        last.time.advance(1_000);
        return (await agent.status()).policy?.seq;
      })
      .toBe(ROUNDS + 1);
    await expect.poll(() => agent.store()).toMatchObject({ ThemeSource: THEMES[(ROUNDS + 1) % 2] });
    expect((await agent.policy()).drift).toEqual([]);
    await last.end();
  });
});
