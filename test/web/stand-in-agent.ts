import { answerJson } from '../../src/agent/local-api/http-answer.ts';
import { createLoopbackDoor } from '../../src/agent/local-api/loopback-door.ts';
import { createRouter, type LocalHandlers } from '../../src/agent/local-api/router.ts';
import { catalogAnswer, settingsAnswer } from '../../src/agent/local-api/settings-answer.ts';
import type {
  ChangeAnswer,
  ChangeRequest,
  LocalEvent,
  LoginAnswer,
  ManagedBy,
  PolicyAnswer,
  StatusAnswer,
} from '../../src/shared/contracts/local-api.ts';
import type { RefusalCode } from '../../src/shared/contracts/refusal.ts';
import type { Layer, LayerSource, Resolution } from '../../src/shared/policy/model.ts';
import { PRECEDENCE } from '../../src/shared/policy/precedence.ts';
import { readDocument } from '../../src/shared/policy/read-document.ts';
import { resolve } from '../../src/shared/policy/resolve.ts';
import { checkValue, sameValue } from '../../src/shared/settings/check-value.ts';
import type { World } from './stand-in-world.ts';
import type { AgentBehind } from './window-ground.ts';

/**
 * An agent for the dashboard's tests: the real door, router, reader and resolver in front of a made-up computer. What
 * a real agent does to a machine (files, keychain, hub) is only data here.
 */
export interface StandInAgent {
  readonly world: World;
  /** Bodies of the changes that arrived. */
  readonly changes: ChangeRequest[];
  /** A fresh address of the dashboard, good once. */
  address(): Promise<string>;
  /** The same agent behind the door of the app's window. */
  readonly behind: AgentBehind;
  /** Replaces parts of the world and tells the pages. */
  become(world: Partial<World>): void;
  emit(event: LocalEvent): void;
  /** Whether events are lost. */
  silence(lost: boolean): void;
  /** How the sign-in that the page waits for ends. */
  endLogin(end: Partial<LoginAnswer>): void;
  /** Which key of the hub each sign-in was told to trust, in order. */
  readonly trustedKeys: readonly (string | undefined)[];
  /** Ends every event stream, as a restart of the agent does. */
  dropStreams(): void;
  close(): Promise<void>;
}

export interface StandInOptions {
  readonly world: World;
  /** What the build wrote. */
  readonly dashboardFolder: string;
}

/** Starts it on a free port of 127.0.0.1. */
export function startStandInAgent({ world, dashboardFolder }: StandInOptions): StandInAgent {
  const listeners = new Set<(event: LocalEvent) => void>();
  const changes: ChangeRequest[] = [];
  const logins = createLogins();
  let streams = new AbortController();
  let silent = false;
  const emit = (event: LocalEvent) => {
    if (silent) return;
    for (const listener of listeners) listener(event);
  };
  const subscribe: AgentBehind['onEvent'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const handlers: LocalHandlers = {
    ...readHandlers(world),
    ...logins.handlers,
    change: async (request) => {
      changes.push(request);
      const answer = change(world, request);
      if (answer.error === undefined) emit({ type: 'settings', changed: answer.results.map(({ id }) => id) });
      return answer;
    },
    logout: async () => {
      world.account = { ...world.account, state: 'signed-out', account: null };
      return { ok: true, body: world.account };
    },
    useOrganization: async (organization) => {
      const { account } = world.account;
      if (account !== null) world.account = { ...world.account, account: { ...account, organization } };
      return { ok: true, body: world.account };
    },
    importPolicy: async () => ({ ok: false, refusal: NO_HUB }),
    overrides: () => world.overrides ?? { overrides: [], exceptions: [] },
    requestOverride: async () => ({ ok: false, refusal: NO_HUB }),
    endOverride: async () => ({ ok: false, refusal: NO_HUB }),
    dashboard: () => door.open(),
    session: (token) => door.exchange(token),
    subscribe,
    stop: () => {},
  };
  const router = createRouter({
    handlers,
    reportFault: (error) => {
      throw error;
    },
  });
  const door = createLoopbackDoor({
    now: Date.now,
    dashboardFolder,
    fetch: async (request) => {
      try {
        return await router(
          new Request(request, { signal: AbortSignal.any([request.signal, streams.signal]) }),
        );
      } catch (error) {
        return answerJson({ fault: String(error) }, 500);
      }
    },
  });
  return {
    world,
    changes,
    address: async () => {
      const opened = await door.open();
      if (!opened.ok) throw new Error(opened.refusal.message);
      return opened.body.url;
    },
    become: (parts) => {
      Object.assign(world, parts);
      emit({ type: 'account' });
      emit({ type: 'settings', changed: [] });
    },
    behind: { fetch: router, onEvent: subscribe },
    emit,
    silence: (lost) => {
      silent = lost;
    },
    endLogin: logins.end,
    trustedKeys: logins.trusted,
    dropStreams: () => {
      streams.abort();
      streams = new AbortController();
    },
    close: () => door.close(),
  };
}

function readHandlers(world: World) {
  return {
    status: async () => statusOf(world),
    catalog: () => catalogAnswer(world.catalog, world.platform),
    settings: () => settingsOf(world),
    setting: (id: string) => {
      const found = settingsOf(world).settings.find((setting) => setting.id === id);
      if (found !== undefined) return { ok: true as const, body: found };
      return {
        ok: false as const,
        refusal: { code: 'unknown_setting' as const, message: 'No such setting.' },
      };
    },
    policy: () => policyOf(world),
    sync: async () => {
      const failed = world.sync.error;
      if (failed !== null)
        return { outcome: 'failed' as const, message: failed.message, policy: world.policy };
      return { outcome: 'unchanged' as const, message: 'You have the current policy.', policy: world.policy };
    },
    account: () => world.account,
    doctor: async () => ({ checks: world.checks }),
    diagnostics: async () => ({
      madeAt: new Date(0).toISOString(),
      ...{
        system: { mooring: '1.0.0' },
        status: statusOf(world),
        checks: world.checks,
        policy: policyOf(world),
      },
      ...{ settings: [], log: [] },
    }),
  };
}

function layersOf(world: World): readonly Layer[] {
  return PRECEDENCE.flatMap(({ source }) => {
    if (source === 'user' || source === 'default') return [];
    const document = world.documents[source];
    return document === undefined ? [] : [readDocument(document, source, world.catalog)];
  });
}

function resolutionOf(world: World): Resolution {
  const input = {
    catalog: world.catalog,
    platform: world.platform,
    layers: layersOf(world),
    choices: { state: 'ok' as const, values: world.choices, invalid: new Map(), problems: [] },
  };
  if (world.freeze === null) return resolve(input);
  const present = new Map(
    [...resolve(input).settings.values()].map((setting) => [setting.id, setting.value]),
  );
  return resolve({ ...input, freeze: { ...world.freeze, present } });
}

function settingsOf(world: World) {
  const resolution = resolutionOf(world);
  const managedBy = (id: string): ManagedBy | null => {
    const wins = resolution.settings
      .get(id)
      ?.contributions.find((each) => each.source !== 'user' && each.outcome !== 'ignored');
    if (wins === undefined || wins.source === 'user' || wins.source === 'default') return null;
    const running = world.overrides?.overrides.find((each) => each.setting === id);
    return {
      ...manager(world, wins.source),
      ...(running === undefined
        ? {}
        : { override: { id: running.id, until: running.until, returnsTo: running.returnsTo } }),
    };
  };
  return settingsAnswer({ resolution, choices: world.choices, managedBy });
}

function manager(world: World, source: LayerSource): ManagedBy {
  const fromHub = source === 'user-policy' || source === 'organization-policy';
  const since = world.policy?.appliedAt ?? undefined;
  return {
    source,
    label: world.labels[source],
    ...(fromHub && world.policy !== null
      ? {
          organization: world.policy.organization,
          ...(world.policy.name === null ? {} : { policy: world.policy.name }),
          ...(world.policy.revision === null ? {} : { revision: world.policy.revision }),
        }
      : {}),
    ...(since === undefined ? {} : { since }),
    location: world.sources.find((each) => each.source === (fromHub ? 'hub' : source))?.location ?? '',
  };
}

function statusOf(world: World): StatusAnswer {
  const { settings } = settingsOf(world);
  return {
    version: '0.1.0',
    pid: 4242,
    platform: world.platform,
    layout: 'mooring',
    testPaths: world.testPaths,
    paths: {
      store: '/Users/margarethe/Library/Application Support/Mooring/settings-store.json',
      choices: '/Users/margarethe/Library/Application Support/Mooring/user-settings.json',
      state: '/Users/margarethe/Library/Application Support/Mooring/policy-state.json',
      adminSettings: '/Library/Application Support/dev.mooring.desktop/admin-settings.json',
    },
    account: world.account,
    policy: world.policy,
    sync: world.sync,
    frozen: world.freeze?.code ?? null,
    managed: {
      locked: settings.filter((setting) => setting.locked).length,
      suggested: settings.filter((setting) => !setting.locked && setting.managedBy !== null).length,
    },
    store: world.store,
    problems: policyOf(world).problems,
  };
}

function policyOf(world: World): PolicyAnswer {
  return {
    precedence: PRECEDENCE.map(({ source, title }) => {
      if (source === 'user') return { source, present: world.choices.size > 0, label: title };
      if (source === 'default') return { source, present: true, label: title };
      const present = world.documents[source] !== undefined;
      return { source, present, label: present ? world.labels[source] : title };
    }),
    sources: world.sources,
    policy: world.policy,
    problems: [...(world.problems ?? []), ...resolutionOf(world).problems],
    drift: world.drift,
  };
}

/** The write gate's rules, on the made-up computer: all or none, with an answer per setting. */
function change(world: World, request: ChangeRequest): ChangeAnswer {
  const states = new Map(settingsOf(world).settings.map((setting) => [setting.id, setting]));
  const wished = new Map<string, unknown>(Object.entries(request.set ?? {}));
  const resets = new Set(request.resetAll === true ? world.choices.keys() : (request.reset ?? []));
  const results = [...wished.keys(), ...resets].map((id): ChangeAnswer['results'][number] => {
    const state = states.get(id);
    const setting = world.catalog.byId.get(id);
    const refuse = (code: RefusalCode, message: string) => ({
      id,
      outcome: 'refused' as const,
      error: { code, message, setting: id },
    });
    if (state === undefined || setting === undefined)
      return refuse('unknown_setting', 'There is no such setting.');
    if (state.locked && request.resetAll !== true) {
      return refuse('setting_locked', `It is locked by ${state.managedBy?.label ?? 'a policy'}.`);
    }
    if (state.frozen !== undefined) return refuse(state.frozen, 'Settings are frozen.');
    const value = wished.get(id);
    if (wished.has(id)) {
      const checked = checkValue(setting, value);
      if (!checked.ok) return refuse('invalid_value', checked.message);
      return { id, outcome: sameValue(value, state.value) ? 'unchanged' : 'changed' };
    }
    return { id, outcome: 'changed' };
  });
  const error = results.find((result) => result.outcome === 'refused')?.error;
  if (error !== undefined) {
    return {
      results: results.map((result) =>
        result.outcome === 'refused' ? result : { ...result, outcome: 'not_applied' },
      ),
      error,
    };
  }
  for (const [id, value] of wished) {
    const setting = world.catalog.byId.get(id);
    const checked = setting === undefined ? null : checkValue(setting, value);
    if (checked?.ok === true) world.choices.set(id, checked.value);
  }
  for (const id of resets) world.choices.delete(id);
  return { results };
}

/** A sign-in that a test ends when it likes. */
function createLogins() {
  let current: LoginAnswer | null = null;
  let wake = () => {};
  const trusted: (string | undefined)[] = [];
  return {
    trusted,
    end: (end: Partial<LoginAnswer>) => {
      if (current !== null) current = { ...current, ...end };
      wake();
    },
    handlers: {
      login: async ({
        method,
        trustKey,
      }: {
        method: 'browser' | 'device';
        trustKey?: string | undefined;
      }) => {
        trusted.push(trustKey);
        current = {
          id: 'login-1',
          state: 'waiting',
          method,
          url:
            method === 'device'
              ? 'https://hub.acme.example/device'
              : 'https://hub.acme.example/sign-in?flow=1',
          ...(method === 'device' ? { userCode: 'BDWP-HQPK' } : {}),
          expiresAt: new Date(Date.now() + 10 * 60_000).toISOString(),
        };
        return { ok: true as const, body: current };
      },
      loginProgress: async (_id: string, waitMs: number) => {
        if (current?.state === 'waiting') {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, waitMs);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
        if (current !== null) return { ok: true as const, body: current };
        return { ok: false as const, refusal: { code: 'not_found' as const, message: 'No such sign-in.' } };
      },
    },
  };
}

const NO_HUB = { code: 'unreachable', message: 'There is no hub here.' } as const;
