import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BundlePayload } from '../../shared/contracts/bundle.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import type { Platform } from '../../shared/settings/setting.ts';
import type { AccountService, AccountState, PolicyOwner } from '../account/account-service.ts';
import { type Agent, assembleAgent } from '../agent.ts';
import type { LogEntry } from '../agent-options.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { HubAnswer, HubRequest } from '../delivery/hub-http.ts';
import type { DeliveryState, PolicyDelivery } from '../delivery/policy-delivery.ts';
import { collectDiagnostics } from '../diagnostics/collect-diagnostics.ts';
import { createEnforcement } from '../enforcement/enforcement.ts';
import { createOverrideTerms } from '../overrides/override-terms.ts';
import { type AgentPaths, agentPaths, type HostFacts, type Layout } from '../paths.ts';
import { createLastProfileKeys } from '../sources/last-profile-keys.ts';
import { createMachineSources } from '../sources/machine-sources.ts';
import { diskFiles } from '../state-file.ts';

/**
 * An agent on a machine of its own, for tests: real sources, enforcement and local API beneath a temporary folder.
 * Account and delivery hold what the test says, because what is tested here is how the agent follows them; their
 * own behaviour has its own tests against a real hub.
 */
export interface AgentWorld {
  readonly folder: string;
  readonly host: HostFacts;
  readonly paths: AgentPaths;
  readonly agent: Agent;
  readonly log: readonly LogEntry[];
  /** Writes a machine file as an administrator would. */
  write(path: string, content: unknown): Promise<void>;
  /** Says who is signed in, as if a sign-in had just ended. */
  signIn(person: Partial<AccountState>, owner?: PolicyOwner | null): void;
  /** Puts a bundle, or the lack of one, in force. */
  deliver(state: Partial<DeliveryState>): void;
  /** The settings store as other programs read it. */
  store(): Promise<Record<string, unknown>>;
  end(): Promise<void>;
}

export interface WorldOptions {
  readonly platform?: Platform;
  readonly layout?: Layout;
  readonly clock?: Clock;
  /** Machine files by path beneath the folder, written before the agent first looks. */
  readonly files?: Readonly<Record<string, unknown>>;
  readonly delivery?: Partial<DeliveryState>;
  /** What the hub answers to whoever is signed in; left out: there is no hub. */
  readonly hub?: (request: HubRequest) => Promise<HubAnswer>;
  /** What becomes of a fetch. */
  readonly sync?: PolicyDelivery['sync'];
  readonly dashboardFolder?: string | null;
  /** Lines that an earlier run left in the log. */
  readonly logged?: readonly string[];
  /** Where to put the machine; a new temporary folder, removed at the end, when left out. */
  readonly folder?: string;
}

/** Makes the world; the agent is not started yet. */
export async function makeWorld(options: WorldOptions = {}): Promise<AgentWorld> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'mooring-agent-')));
  const host: HostFacts = {
    platform: options.platform ?? 'linux',
    home: '/home/dev',
    userName: 'dev',
    temporary: folder,
    testRoot: folder,
    exists: () => false,
  };
  const paths = agentPaths(host, options.layout ?? 'mooring');
  const write = async (path: string, content: unknown) => {
    const text =
      typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  for (const [path, content] of Object.entries(options.files ?? {})) await write(join(folder, path), content);

  const clock = options.clock ?? systemClock();
  const log: LogEntry[] = [];
  const lastKeys = createLastProfileKeys(paths.profileKeys, diskFiles());
  await lastKeys.load();
  const sources = createMachineSources({
    ...{ paths, clock, lastKeys, catalog: desktopCatalog },
    log: (entry) => log.push(entry),
    runCommand: async () => ({ kind: 'failed', reason: 'no command is run in tests' }),
  });
  await sources.refresh();
  const account = heldAccount(options.hub !== undefined);
  const delivery = heldDelivery(options.delivery ?? {}, options.sync);
  const enforcement = createEnforcement({
    ...{ paths, clock, catalog: desktopCatalog, platform: paths.platform },
    log: (entry) => log.push(entry),
  });
  const agent = assembleAgent({
    ...{ version: '1.2.3', paths, clock, dashboardFolder: options.dashboardFolder ?? null },
    parts: {
      catalog: desktopCatalog,
      sources,
      http: {
        request: options.hub ?? noHub,
        proxyProblem: () => null,
        authorityProblem: async () => null,
      },
      account: account.service,
      delivery: delivery.service,
      enforcement,
      overrides: createOverrideTerms({ path: paths.overrides, files: diskFiles(), clock }),
      log: (entry) => log.push(entry),
    },
    doctor: async () => ({ checks: [] }),
    collect: (handlers) =>
      collectDiagnostics({
        ...{ handlers, clock, home: host.home, system: { mooring: '1.2.3' } },
        log: async () => [...(options.logged ?? []), ...log.map((entry) => JSON.stringify(entry))],
      }),
  });
  return {
    ...{ folder, host, paths, agent, log, write },
    signIn: account.set,
    deliver: delivery.set,
    store: async () => JSON.parse(await readFile(paths.store, 'utf8')),
    end: async () => {
      await agent.stop();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A person as the hub would describe them. */
export function person(...organizations: string[]): AccountState {
  return {
    state: 'signed-in',
    sessionStorage: 'keychain',
    account: {
      hubUrl: 'https://hub.example',
      userId: 'user-1',
      email: 'dev@acme.example',
      name: 'Dev',
      organizations: organizations.map((name) => ({ name, displayName: name, role: 'member', teams: [] })),
      organization: organizations[0] ?? null,
      deviceId: 'device-1',
      deviceName: 'test',
      signedInAt: '2026-01-01T00:00:00.000Z',
      sessionExpiresAt: null,
    },
  };
}

/** A bundle as the hub of `person` would sign it. */
export function bundle(
  document: Record<string, unknown>,
  policy: Partial<NonNullable<BundlePayload['policy']>> | null = {},
  more: Partial<BundlePayload> = {},
): Pick<DeliveryState, 'bundle' | 'cache'> {
  const whole = {
    ...{ id: 'p1', name: 'Engineering default', scope: 'organization' as const, revision: 7 },
    updatedAt: '2026-01-01T00:00:00.000Z',
  };
  const payload: BundlePayload = {
    ...{ iss: 'https://hub.example', aud: 'mooring-agent', sub: 'user-1', org: 'acme', seq: 1, iat: 1 },
    ...{ policy: policy === null ? null : { ...whole, ...policy }, document },
    ...{
      refreshSeconds: 3600,
      graceSeconds: null,
      contact: null,
      exceptions: [],
      overrides: [],
      registries: null,
      images: null,
    },
    ...more,
  };
  const fetchedAt = '2026-01-02T00:00:00.000Z';
  return {
    bundle: { payload, fetchedAt, stale: false, ofPreviousAccount: false, offline: false },
    cache: 'valid',
  };
}

const SIGNED_OUT: AccountState = { state: 'signed-out', account: null, sessionStorage: 'keychain' };

const noHub = async (): Promise<HubAnswer> => ({
  ok: false,
  failure: { kind: 'unreachable', message: 'there is no hub in this test', maybeSent: false },
});

function heldAccount(hasToken: boolean) {
  let state = SIGNED_OUT;
  let owner: PolicyOwner | null = null;
  const listeners = new Set<(state: AccountState) => void>();
  const noLogin = async () =>
    ({ code: 'not_found', message: 'No sign-in of that id is under way.' }) as const;
  const set: AgentWorld['signIn'] = (next, nextOwner = owner) => {
    state = { ...state, ...next };
    owner = nextOwner;
    for (const listener of listeners) listener(state);
  };
  const service: AccountService = {
    state: () => state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    login: async () => ({ code: 'unreachable', message: 'There is no hub in this test.' }),
    loginProgress: noLogin,
    logout: async () => set(SIGNED_OUT, null),
    useOrganization: async (name) =>
      name === 'acme' ? null : { code: 'invalid_value', message: `You are not a member of ${name}.` },
    accessToken: async () =>
      hasToken
        ? { ok: true, token: 'token' }
        : { ok: false, refusal: { code: 'sign_in_required', message: 'Sign in.' } },
    refresh: async () => null,
    reviewOrganization: () => {},
    owner: () => owner,
    policyEnded: () => false,
    stop: async () => {},
  };
  return { service, set };
}

function heldDelivery(first: Partial<DeliveryState>, sync?: PolicyDelivery['sync']) {
  const idle = { lastAttempt: null, lastSuccess: null, nextAttempt: null, error: null, push: 'off' as const };
  let state: DeliveryState = {
    ...{ bundle: null, cache: 'absent', refused: null, proxyProblem: null },
    sync: { state: 'signed-out', ...idle },
    ...first,
  };
  const listeners = new Set<(state: DeliveryState) => void>();
  const service: PolicyDelivery = {
    state: () => state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    sync: sync ?? (async () => ({ outcome: 'signed-out', message: 'Nobody is signed in.' })),
    importBundle: async () => ({
      ok: false,
      refusal: { code: 'forbidden', message: 'Nothing is imported in this test.' },
    }),
    nudge: () => {},
    start: async () => {},
    stop: async () => {},
  };
  const set = (next: Partial<DeliveryState>) => {
    state = { ...state, ...next };
    for (const listener of listeners) listener(state);
  };
  return { service, set };
}
