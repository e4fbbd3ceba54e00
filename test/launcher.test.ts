import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

/*
 * The launcher on a Node that is too old for the programs: it starts them under the Node that is installed with us.
 */
const root = join(import.meta.dirname, '..');
let folder = '';
const started: ChildProcess[] = [];
const agents: number[] = [];

beforeAll(() => {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), 'cli']);
  expect(built.status).toBe(0);
  folder = mkdtempSync(join(tmpdir(), 'mooring-launcher-'));
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  for (const pid of agents.filter(lives)) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The launcher, told before it loads that it runs on an old Node, with an agent that can be asked. */
async function launched(script: readonly string[]): Promise<{ launcher: ChildProcess; agent: number }> {
  const pretend = `data:text/javascript,${encodeURIComponent(
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });",
  )}`;
  const words = ['--import', pretend, ...script, 'agent', 'run', '--headless', '--json'];
  const launcher = spawn(process.execPath, words, {
    env: { ...process.env, MOORING_ROOT: join(folder, `root${started.length}`) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(launcher);
  const { value } = await createInterface({ input: launcher.stdout })[Symbol.asyncIterator]().next();
  const { pid } = JSON.parse(String(value));
  agents.push(pid);
  return { launcher, agent: pid };
}

test.each([
  ['the installed command', [join(root, 'bin', 'mooring.js')]],
  ['the command of a checkout', [join(root, 'scripts', 'run.mjs'), 'cli']],
])('%s passes signals on; killed outright it leaves nothing running', async (_, script) => {
  const told = await launched(script);
  expect(told.agent).not.toBe(told.launcher.pid);
  told.launcher.kill('SIGTERM');
  expect(await once(told.launcher, 'exit')).toEqual([0, null]);
  expect(lives(told.agent)).toBe(false);

  const killed = await launched(script);
  killed.launcher.kill('SIGKILL');
  await once(killed.launcher, 'exit');
  await vi.waitFor(() => expect(lives(killed.agent)).toBe(false), { timeout: 20_000 });
});
