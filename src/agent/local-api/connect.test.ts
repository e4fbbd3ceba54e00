import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryKeychain } from '../../../test/memory-keychain.ts';
import {
  changeAnswerSchema,
  settingStateSchema,
  statusAnswerSchema,
} from '../../shared/contracts/local-api.ts';
import type { AgentOptions } from '../agent-options.ts';
import type { HostFacts } from '../paths.ts';
import { userPaths } from '../user-paths.ts';
import { connectToAgent, type LocalApi, openLocalApi } from './connect.ts';
import { type ServedAgent, serveAgent } from './serve-agent.ts';

let folder = '';
let host: HostFacts;
let options: AgentOptions;
let ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-connect-'));
  host = {
    ...{ platform: 'linux', home: '/home/dev', userName: 'dev', temporary: folder, testRoot: folder },
    exists: () => false,
  };
  options = {
    version: '1.2.3',
    host,
    environment: {},
    keychain: memoryKeychain(),
    openBrowser: async () => false,
  };
  ends = [];
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  await rm(folder, { recursive: true, force: true });
});

async function open(): Promise<LocalApi> {
  const opened = await openLocalApi(options);
  if (!opened.ok) throw new Error(opened.refusal.message);
  return opened;
}

async function serve(): Promise<ServedAgent> {
  const outcome = await serveAgent(options);
  if (!outcome.ok) throw new Error('refusal' in outcome ? outcome.refusal.message : 'held');
  ends.push(outcome.served.stop);
  return outcome.served;
}

async function choose(api: LocalApi, memoryMiB: number): Promise<number> {
  const body = JSON.stringify({ set: { memoryMiB } });
  const headers = { 'content-type': 'application/json' };
  const answer = await api.fetch(new Request('http://agent/v1/settings', { method: 'PATCH', body, headers }));
  changeAnswerSchema.parse(await answer.json());
  return answer.status;
}

async function memory(api: LocalApi): Promise<unknown> {
  const answer = await api.fetch(new Request('http://agent/v1/settings/memoryMiB'));
  return settingStateSchema.parse(await answer.json()).value;
}

test('without an agent a command does the work itself, keeps it, and leaves nothing running', async () => {
  const api = await open();
  expect(api.mode).toBe('in-process');
  expect(await choose(api, 4096)).toBe(200);
  await api.close();
  const again = await open();
  expect([again.mode, await memory(again)]).toEqual(['in-process', 4096]);
  await again.close();
  await expect(stat(userPaths(options).endpoint)).rejects.toThrow(/ENOENT/);
});

test('with an agent a command speaks to it', async () => {
  const served = await serve();
  const api = await open();
  expect(api.mode).toBe('agent');
  expect(await choose(api, 2048)).toBe(200);
  await api.close();
  // Closing a command's connection does not end the agent.
  const later = await open();
  expect([later.mode, await memory(later)]).toEqual(['agent', 2048]);
  const status = await later.fetch(new Request('http://agent/v1/status'));
  expect(statusAnswerSchema.parse(await status.json())).toMatchObject({ version: '1.2.3', testPaths: true });
  await served.stop();
  expect(await connectToAgent(userPaths(options))).toBeNull();
});

test('commands at once take turns, and lose nothing', async () => {
  const values = [1024, 1536, 2048, 2560, 3072];
  const outcomes = await Promise.all(
    values.map(async (value) => {
      const api = await open();
      const status = await choose(api, value);
      const seen = await memory(api);
      await api.close();
      return [status, seen === value];
    }),
  );
  expect(outcomes).toEqual(values.map(() => [200, true]));
});

test('of two agents the second points to the first', async () => {
  const first = await serve();
  const second = await serveAgent(options);
  expect(second).toMatchObject({
    ok: false,
    heldBy: { pid: process.pid, kind: 'agent', socket: first.address },
  });
});

test('an agent that starts waits for the command that works without one', async () => {
  const api = await open();
  const starting = serve();
  expect(await choose(api, 4096)).toBe(200);
  await api.close();
  await starting;
  const after = await open();
  expect([after.mode, await memory(after)]).toEqual(['agent', 4096]);
});

test('POST /v1/stop answers, then the agent asks to be stopped', async () => {
  const served = await serve();
  const api = await open();
  const answer = await api.fetch(new Request('http://agent/v1/stop', { method: 'POST' }));
  expect(answer.status).toBe(200);
  await served.stopRequested;
});

/** An agent in a process of its own; answers when it can be reached. */
async function agentProcess(): Promise<{ child: ChildProcess; line: string }> {
  const module = pathToFileURL(join(import.meta.dirname, 'serve-agent.ts')).href;
  const { exists: _exists, ...facts } = host;
  const script = `
    const { serveAgent } = await import(${JSON.stringify(module)});
    const host = { ...${JSON.stringify(facts)}, exists: () => false };
    const outcome = await serveAgent({ version: '9', host, environment: {} });
    process.stdout.write((outcome.ok ? 'serving' : 'second to ' + outcome.heldBy?.pid) + '\\n');
    if (!outcome.ok) process.exit(0);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return { child, line: String(value) };
}

test('of agents started at once one serves; the others say so and exit 0', async () => {
  const agents = await Promise.all([agentProcess(), agentProcess(), agentProcess()]);
  const serving = agents.filter(({ line }) => line === 'serving');
  expect(serving.length).toBe(1);
  for (const { child, line } of agents) {
    if (line === 'serving') continue;
    expect(line).toBe(`second to ${serving[0]?.child.pid}`);
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);
  }
});

test('the socket and lock of a killed agent are no obstacle', async () => {
  const { child, line } = await agentProcess();
  expect(line).toBe('serving');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect((await stat(userPaths(options).socket)).isSocket()).toBe(true);
  const api = await open();
  expect(api.mode).toBe('in-process');
  expect(await choose(api, 4096)).toBe(200);
  await api.close();
  await serve();
  expect((await open()).mode).toBe('agent');
});

test('a listener that is no agent is not taken for one', async () => {
  const { socket } = userPaths(options);
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  const { createServer } = await import('node:http');
  const impostor = createServer((_request, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => impostor.listen(socket, resolve));
  ends.push(() => new Promise((resolve) => impostor.close(resolve)));
  const api = await open();
  expect(api.mode).toBe('in-process');
  await api.close();
});

test('an agent in a folder that others can use is not taken for ours', async () => {
  const served = await serve();
  await chmod(dirname(served.address), 0o755);
  expect(await connectToAgent(userPaths(options))).toBeNull();
  await chmod(dirname(served.address), 0o700);
  expect(await connectToAgent(userPaths(options))).not.toBeNull();
  // Only root gets into a folder that is somebody else's alone.
  if (process.getuid?.() !== 0) return;
  await chown(dirname(served.address), 12_345, 12_345);
  expect(await connectToAgent(userPaths(options))).toBeNull();
});

test('a listener that never answers is not waited for without end', async () => {
  const { socket } = userPaths(options);
  await mkdir(dirname(socket), { recursive: true, mode: 0o700 });
  const { createServer } = await import('node:net');
  const silent = createServer((connection) => {
    ends.push(async () => connection.destroy());
  });
  await new Promise<void>((resolve) => silent.listen(socket, resolve));
  ends.push(() => new Promise((resolve) => silent.close(resolve)));
  expect(await connectToAgent(userPaths(options))).toBeNull();
});

test('where nothing can be written every reading is answered, and no change is lost in silence', async () => {
  await writeFile(join(folder, 'home'), 'a file');
  const admin = join(folder, 'usr', 'share', 'mooring-desktop');
  await mkdir(admin, { recursive: true });
  const policy = { configurationFileVersion: 2, analyticsEnabled: { locked: true, value: false } };
  await writeFile(join(admin, 'admin-settings.json'), JSON.stringify(policy));
  const api = await open();
  expect(api).toMatchObject({ mode: 'in-process', readOnly: { code: 'storage_failed' } });
  expect(api.readOnly?.message).toMatch(/agent\.lock could not be written: a file stands where a folder/);
  const decided = await api.fetch(new Request('http://agent/v1/settings/analyticsEnabled'));
  expect(settingStateSchema.parse(await decided.json())).toMatchObject({
    ...{ value: false, locked: true, source: 'admin-settings' },
  });
  const status = await api.fetch(new Request('http://agent/v1/status'));
  expect(statusAnswerSchema.parse(await status.json())).toMatchObject({
    ...{ managed: { locked: 1 }, store: { state: 'failed' } },
  });
  expect((await api.fetch(new Request('http://agent/v1/doctor'))).status).toBe(200);
  for (const [method, path] of [
    ['PATCH', 'settings'],
    ['POST', 'sync'],
    ['POST', 'account/logout'],
    ['POST', 'account/login'],
  ] as const) {
    const answer = await api.fetch(new Request(`http://agent/v1/${path}`, { method, body: '{}' }));
    expect([path, answer.status]).toEqual([path, 507]);
    expect(await answer.json()).toMatchObject({
      error: { code: 'storage_failed', message: expect.stringMatching(/^Nothing was changed/) },
    });
  }
  await api.close();
  expect((await stat(join(folder, 'home'))).isFile()).toBe(true);
});

test('an agent cannot start there, and says what works meanwhile', async () => {
  await writeFile(join(folder, 'home'), 'a file');
  expect(await serveAgent(options)).toMatchObject({
    ok: false,
    refusal: { code: 'storage_failed', help: expect.stringContaining('mooring status') },
  });
});
