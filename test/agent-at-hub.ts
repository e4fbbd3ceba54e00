import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { z } from 'zod';
import type { Keychain } from '../src/agent/account/keychain.ts';
import { type Agent, createAgent } from '../src/agent/agent.ts';
import type { LogEntry } from '../src/agent/agent-options.ts';
import type { Clock } from '../src/agent/clock.ts';
import type { HubTimeouts } from '../src/agent/delivery/hub-http.ts';
import type { HostFacts } from '../src/agent/paths.ts';
import {
  loginAnswerSchema,
  type PolicyAnswer,
  policyAnswerSchema,
  type SettingState,
  type StatusAnswer,
  type SyncAnswer,
  settingStateSchema,
  statusAnswerSchema,
  syncAnswerSchema,
} from '../src/shared/contracts/local-api.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { memoryKeychain } from './memory-keychain.ts';
import { followSignIn, type StandInHub } from './stand-in-hub.ts';

/** A machine of its own, on which agents run one after another: disk, keychain and clock stay. */
export interface Machine {
  readonly folder: string;
  readonly time: ManualClock;
  readonly keychain: Keychain;
  /** Writes a machine file, by its path beneath the folder. */
  write(path: string, content: unknown): Promise<void>;
  /** Starts the whole agent, as `mooring agent run` composes it. */
  launch(options?: { readonly watch?: boolean; readonly schedule?: boolean }): Promise<RunningAgent>;
  /** Stops what runs and removes everything. */
  end(): Promise<void>;
}

/** A running agent, seen through its local API. */
export interface RunningAgent {
  readonly agent: Agent;
  readonly log: readonly LogEntry[];
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  status(): Promise<StatusAnswer>;
  policy(): Promise<PolicyAnswer>;
  setting(id: string): Promise<SettingState>;
  sync(): Promise<SyncAnswer>;
  signIn(hub: StandInHub, person: string): Promise<void>;
  store(): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export async function makeMachine(
  options: {
    readonly time?: ManualClock;
    readonly clock?: Clock;
    readonly folder?: string;
    readonly hubTimeouts?: HubTimeouts;
    readonly keychain?: Keychain;
    /** The system that it has; the test's own disk holds its files, as they lie there. */
    readonly platform?: 'linux' | 'mac';
    /** Folder of the built dashboard, for tests that open it. */
    readonly dashboardFolder?: string;
  } = {},
): Promise<Machine> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'mooring-machine-')));
  const time = options.time ?? manualClock(Date.now());
  const keychain = options.keychain ?? memoryKeychain();
  const running = new Set<RunningAgent>();
  const host: HostFacts = {
    platform: options.platform ?? 'linux',
    home: '/home/dev',
    userName: 'dev',
    temporary: folder,
    testRoot: folder,
    exists: () => false,
  };
  const launch: Machine['launch'] = async ({ watch = false, schedule = true } = {}) => {
    const log: LogEntry[] = [];
    const agent = await createAgent({
      version: '1.2.3',
      ...{ host, keychain },
      clock: options.clock ?? time.clock,
      openBrowser: async () => true,
      dashboardFolder: options.dashboardFolder ?? null,
      environment: {},
      ...(options.hubTimeouts === undefined ? {} : { hubTimeouts: options.hubTimeouts }),
      runCommand: async () => ({ kind: 'failed', reason: 'no command is run in tests' }),
      log: (entry) => log.push(entry),
    });
    await agent.start({ schedule, watch });
    const one = seenThroughItsApi(agent, log, () => running.delete(one));
    running.add(one);
    return one;
  };
  return {
    ...{ folder, time, keychain, launch },
    write: async (path, content) => {
      const whole = join(folder, path);
      await mkdir(dirname(whole), { recursive: true });
      await writeFile(whole, typeof content === 'string' ? content : JSON.stringify(content));
    },
    end: async () => {
      for (const one of [...running]) await one.stop();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function seenThroughItsApi(agent: Agent, log: readonly LogEntry[], onStop: () => void): RunningAgent {
  const ask: RunningAgent['ask'] = async (method, path, body) => {
    const answer = await agent.fetch(
      new Request(`http://mooring${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    );
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
  const read = async <T>(schema: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T> =>
    schema.parse((await ask(method, path, body)).body);
  return {
    ...{ agent, log, ask },
    status: () => read(statusAnswerSchema, 'GET', '/v1/status'),
    policy: () => read(policyAnswerSchema, 'GET', '/v1/policy'),
    setting: (id) => read(settingStateSchema, 'GET', `/v1/settings/${id}`),
    sync: () => read(syncAnswerSchema, 'POST', '/v1/sync'),
    signIn: async (hub, person) => {
      hub.person = person;
      const begun = await read(loginAnswerSchema, 'POST', '/v1/account/login', {
        hub: hub.url,
        openBrowser: false,
      });
      const page = await fetch(await followSignIn(begun.url));
      // With the words of the page, which say why.
      expect({ status: page.status, text: await page.text() }).toMatchObject({ status: 200 });
      const ended = await read(loginAnswerSchema, 'GET', `/v1/account/login/${begun.id}?wait=10000`);
      expect(ended).toMatchObject({ state: 'done' });
    },
    store: async () => JSON.parse(await readFile(agent.paths.store, 'utf8')),
    stop: async () => {
      await agent.stop();
      onStop();
    },
  };
}
