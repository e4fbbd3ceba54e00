import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { diagnosticsAnswerSchema } from '../shared/contracts/local-api.ts';
import { BUNDLE, buildCommand, type Machine, newMachine } from './built-command.ts';

/*
 * The built command and the real agent, without a hub: in this process, and running beside it.
 */
let machine: Machine;
beforeAll(buildCommand);
beforeEach(() => {
  machine = newMachine();
});
afterEach(() => machine.remove());

const status = () => JSON.parse(machine.mooring('status', '--json').stdout);

/** Writes the machine's admin-settings.json, as its administrator would. */
function administrate(document: unknown): void {
  const file = status().paths.adminSettings;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
}

describe.each(['in-process', 'agent'])('with the work done by: %s', (mode) => {
  const start = async (): Promise<void> => {
    if (mode === 'agent') await machine.startAgent();
  };

  test('a choice is kept, explained, written to the store, and taken back', async () => {
    await start();
    expect(status()).toMatchObject({ testPaths: true, running: mode === 'agent', frozen: null });
    expect(machine.mooring('settings', 'get', 'theme')).toMatchObject({ status: 0, stdout: 'system\n' });
    expect(machine.mooring('settings', 'set', 'theme', 'dark')).toMatchObject({
      status: 0,
      stdout: 'theme is now dark\n',
    });
    expect(machine.mooring('settings', 'set', 'theme', 'dark').stdout).toBe('theme stays dark\n');
    expect(machine.mooring('settings', 'explain', 'theme').stdout).toMatch(/theme = dark\s+chosen/);
    const store = JSON.parse(readFileSync(status().paths.store, 'utf8'));
    expect(store.ThemeSource).toBe('dark');
    expect(machine.mooring('settings', 'reset', 'theme').status).toBe(0);
    expect(machine.mooring('settings', 'get', 'theme').stdout).toBe('system\n');
  });

  test('a list and an integer come back as they were set', async () => {
    await start();
    expect(
      machine.mooring('settings', 'set', 'proxyExclude', 'localhost,10.0.0.0/8', '.acme.example').status,
    ).toBe(0);
    expect(machine.mooring('settings', 'get', 'proxyExclude').stdout).toBe(
      '["localhost","10.0.0.0/8",".acme.example"]\n',
    );
    expect(machine.mooring('settings', 'set', 'cpus', '3').status).toBe(0);
    expect(machine.json('settings', 'get', 'cpus').body).toMatchObject({ value: 3, source: 'user' });
    expect(machine.mooring('settings', 'reset', '--all').status).toBe(0);
    expect(machine.mooring('settings', 'get', 'proxyExclude').stdout).toBe('[]\n');
  });

  test('every refusal of the gate has its exit code', async () => {
    administrate({ configurationFileVersion: 2, analyticsEnabled: { locked: true, value: false } });
    await start();
    const rows = [
      [['set', 'analyticsEnabled', 'true'], 4, 'setting_locked'],
      [['set', 'theme', 'pink'], 2, 'invalid_value'],
      [['set', 'cpus', '0'], 2, 'invalid_value'],
      [['set', 'themee', 'dark'], 2, 'unknown_setting'],
      [['get', '__proto__'], 2, 'unknown_setting'],
      [['set', 'wslEngineEnabled', 'true'], 2, 'not_applicable'],
      [['explain', 'wslEngineEnabled'], 2, 'not_applicable'],
    ] as const;
    for (const [words, exit, code] of rows) {
      const { status: ended, body } = machine.json('settings', ...words);
      expect([words, ended, body]).toMatchObject([words, exit, { error: { code } }]);
    }
    expect(machine.mooring('settings', 'set', 'analyticsEnabled', 'false').status).toBe(0);
    expect(machine.mooring('settings', 'set', 'themee', 'dark').stderr).toMatch(/theme/);
    expect(machine.mooring('settings', 'list', '--managed').stdout).toMatch(
      /analyticsEnabled\s+false\s+locked/,
    );
  });

  test('a broken source freezes, and every command says so', async () => {
    administrate('{ "proxy": ');
    await start();
    expect(machine.json('settings', 'set', 'theme', 'dark')).toMatchObject({
      status: 5,
      body: { error: { code: 'policy_source_broken' } },
    });
    expect(machine.mooring('status').stdout).toMatch(/frozen/);
    expect(machine.mooring('settings', 'list').status).toBe(0);
  });

  test('without a session: exit 3', async () => {
    await start();
    for (const words of [['whoami'], ['org', 'list'], ['sync']]) {
      expect([words, machine.json(...words).status]).toEqual([words, 3]);
    }
    expect(machine.mooring('sync').stderr).toContain('mooring login');
    expect(machine.mooring('logout').status).toBe(0);
  });

  test('doctor examines and ends with 0 or 1, in words and as JSON', async () => {
    await start();
    const { status: ended, body } = machine.json('doctor');
    const { checks } = body as { checks: readonly { readonly result: string }[] };
    expect(checks.length).toBeGreaterThan(3);
    expect(ended).toBe(checks.some(({ result }) => result === 'failed') ? 1 : 0);
    expect(machine.mooring('doctor').stdout).toMatch(/\d+ ok, \d+ warnings?, \d+ failed/);
  });

  test('doctor --export writes what is needed to find a fault, once, and no value that the user chose', async () => {
    await start();
    const file = join(machine.root, 'diagnostics.json');
    expect(machine.mooring('settings', 'set', 'memoryMiB', '4242').status).toBe(0);
    const first = machine.mooring('doctor', '--export', file);
    expect(first.stdout).toContain(`wrote ${file}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    const written = diagnosticsAnswerSchema.parse(JSON.parse(text));
    expect(written.settings.find(({ id }) => id === 'memoryMiB')).toMatchObject({
      chosen: true,
      source: 'user',
    });
    expect(written.checks.length).toBeGreaterThan(4);
    expect(JSON.stringify(written.settings)).not.toContain('4242');
    expect(machine.json('doctor', '--export', file)).toMatchObject({
      status: 1,
      body: { error: { code: 'conflict' } },
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(machine.json('doctor', '--export', join(machine.root, 'no', 'folder', 'x.json'))).toMatchObject({
      status: 1,
      body: { error: { code: 'storage_failed' } },
    });
  });
});

describe('agent run', () => {
  test('a second start says so, points to the first, and ends with 0', async () => {
    const first = await machine.startAgent('--headless');
    expect(first.started).toMatchObject({ state: 'running', pid: first.child.pid });
    const second = machine.mooring('agent', 'run');
    expect(second).toMatchObject({ status: 0, stderr: '' });
    expect(second.stdout).toContain(`process ${first.child.pid}`);
    expect(machine.json('agent', 'run').body).toMatchObject({
      state: 'already-running',
      pid: first.child.pid,
    });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends it cleanly', async (signal) => {
    const agent = await machine.startAgent();
    agent.child.kill(signal);
    expect(await agent.ended).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(String(agent.started.address))).toBe(false);
    expect(status().running).toBe(false);
  });

  test('agent stop ends it, and without one says so', async () => {
    const agent = await machine.startAgent();
    expect(machine.mooring('agent', 'stop')).toMatchObject({ status: 0, stdout: 'The agent has stopped.\n' });
    expect((await agent.ended).status).toBe(0);
    expect(machine.mooring('agent', 'stop')).toMatchObject({ status: 0, stdout: 'No agent runs here.\n' });
  });

  test('of two started at once one runs, and the other points to it', async () => {
    const starts = await Promise.all([machine.startAgent(), machine.startAgent()]);
    expect(starts.map(({ started }) => started.state).sort()).toEqual(['already-running', 'running']);
    const [runs, points] = starts[0]?.started.state === 'running' ? starts : [...starts].reverse();
    expect(points?.started.pid).toBe(runs?.child.pid);
    expect((await points?.ended)?.status).toBe(0);
  });

  test('a socket that a killed agent left behind stops nobody', async () => {
    const agent = await machine.startAgent();
    agent.child.kill('SIGKILL');
    await agent.ended;
    expect(status().running).toBe(false);
    const next = await machine.startAgent();
    expect(next.started.state).toBe('running');
  });

  test('--dashboard gives an address on 127.0.0.1 whose token is in the fragment', async () => {
    const agent = await machine.startAgent('--headless', '--dashboard');
    const url = new URL(String(agent.started.dashboard));
    expect([url.protocol, url.hostname, url.search]).toEqual(['http:', '127.0.0.1', '']);
    expect(url.hash.length).toBeGreaterThan(20);
    expect(machine.mooring('agent', 'run', '--dashboard').stdout).toContain(`http://127.0.0.1:${url.port}/`);
  });
});

test('commands at the same time take turns and lose nothing', async () => {
  const ids = ['theme', 'cpus', 'startOnLogin', 'analyticsEnabled'];
  const values = ['dark', '3', 'true', 'false'];
  const env = { ...process.env, MOORING_ROOT: machine.root };
  const exits = await Promise.all(
    ids.map(
      (id, index) =>
        new Promise((resolve) => {
          const child = spawn(process.execPath, [BUNDLE, 'settings', 'set', id, values[index] ?? ''], {
            env,
          });
          child.once('close', resolve);
        }),
    ),
  );
  expect(exits).toEqual([0, 0, 0, 0]);
  const kept = ids.map((id) => machine.mooring('settings', 'get', id).stdout.trim());
  expect(kept).toEqual(values);
});

test('files of the user are theirs alone', () => {
  machine.mooring('settings', 'set', 'theme', 'dark');
  const log = join(dirname(status().paths.store), 'mooring.log');
  // Nothing went wrong, so nothing was written down.
  expect(existsSync(log) ? readFileSync(log, 'utf8').includes('"level":"error"') : false).toBe(false);
});
