import { PassThrough } from 'node:stream';
import type { OpenedLocalApi } from '../agent/local-api/connect.ts';
import { matchRoute } from '../agent/local-api/router.ts';
import type {
  AccountAnswer,
  CatalogSetting,
  LocalRoute,
  SettingState,
  StatusAnswer,
} from '../shared/contracts/local-api.ts';
import { type CliHost, runCli } from './cli.ts';
import { openTerminal } from './terminal/terminal.ts';

/** What a double of the agent answers for one request. */
interface DoubleAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** One request that a command made. */
interface SeenRequest {
  readonly route: LocalRoute;
  readonly id: string;
  readonly query: string;
  readonly body: unknown;
}

/** How each route of the contract is answered; a route that is asked and not named here fails the test. */
type DoubleRoutes = Partial<
  Record<LocalRoute, (request: SeenRequest) => DoubleAnswer | Promise<DoubleAnswer>>
>;

export interface RunOptions {
  readonly routes?: DoubleRoutes;
  /** Instead of `routes`: what opening the local API gives, or how it fails. */
  readonly open?: () => Promise<OpenedLocalApi>;
  readonly mode?: 'agent' | 'in-process';
  /** Width of a terminal on both streams; left out: they are pipes. */
  readonly columns?: number;
  readonly environment?: Record<string, string>;
  readonly signal?: AbortSignal;
  /** `this-command` when left out, as in the command that npm installs. */
  readonly agentIn?: CliHost['agentIn'];
  /** Where files of the agent would be; only faults of ours write there. */
  readonly root?: string;
}

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seen: readonly SeenRequest[];
  /** How often the local API was closed. */
  readonly closed: number;
}

/** Runs a command line in this process against a double that speaks the local API's contract. */
export async function run(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const seen: SeenRequest[] = [];
  const surprises: unknown[] = [];
  let closed = 0;
  const stdout = stream(options.columns);
  const stderr = stream(options.columns);
  const close = async (): Promise<void> => {
    closed += 1;
  };
  const api: OpenedLocalApi = {
    ok: true,
    mode: options.mode ?? 'agent',
    close,
    fetch: async (request) =>
      answer(request, options.routes ?? {}, seen).catch((error: unknown) => {
        surprises.push(error);
        throw error;
      }),
  };
  const host: CliHost = {
    terminal: openTerminal({
      stdout: stdout.stream,
      stderr: stderr.stream,
      environment: options.environment ?? {},
    }),
    agentOptions: {
      version: '1.2.3',
      host: {
        platform: 'linux',
        home: '/nonexistent',
        userName: 'ada',
        temporary: '/nonexistent',
        testRoot: options.root ?? '/nonexistent',
        exists: () => false,
      },
    },
    openApi: options.open ?? (async () => api),
    agentIn: options.agentIn ?? 'this-command',
    signal: options.signal ?? new AbortController().signal,
  };
  const exit = await runCli(words, host);
  // The client turns a failing request into a refusal; a mistake of the test must not hide in one.
  if (surprises.length > 0) throw surprises[0];
  return { exit, stdout: stdout.text(), stderr: stderr.text(), seen, closed };
}

async function answer(request: Request, routes: DoubleRoutes, seen: SeenRequest[]): Promise<Response> {
  const url = new URL(request.url);
  const match = matchRoute(request.method, url.pathname);
  if (!match.ok) throw new Error(`no such route: ${request.method} ${url.pathname}`);
  const text = await request.text();
  const record = {
    route: match.route,
    id: match.id,
    query: url.search,
    body: text === '' ? null : JSON.parse(text),
  };
  seen.push(record);
  const route = routes[match.route];
  if (!route) throw new Error(`${match.route} was asked and not expected`);
  const { status = 200, body } = await route(record);
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
}

function stream(columns: number | undefined) {
  const chunks: string[] = [];
  const passing = new PassThrough();
  passing.on('data', (chunk) => chunks.push(String(chunk)));
  const extra = columns === undefined ? {} : { isTTY: true, columns };
  return { stream: Object.assign(passing, extra), text: () => chunks.join('') };
}

/** A signed-in account, with what differs. */
export function accountAnswer(differs: Partial<AccountAnswer> = {}): AccountAnswer {
  return {
    state: 'signed-in',
    account: {
      hubUrl: 'https://hub.example.com',
      userId: 'u1',
      email: 'ada@acme.example',
      name: 'Ada Lovelace',
      organizations: [
        { name: 'acme', displayName: 'Acme Inc.', role: 'member', teams: ['backend'] },
        { name: 'labs', displayName: 'Labs', role: 'owner', teams: [] },
      ],
      organization: 'acme',
      deviceId: 'd1',
      deviceName: 'engine',
      signedInAt: '2026-01-02T03:04:05Z',
      sessionExpiresAt: null,
    },
    sessionStorage: 'keychain',
    signIn: {
      enforced: false,
      satisfied: true,
      method: null,
      location: null,
      organizations: [],
      problem: null,
    },
    ...differs,
  };
}

/** Nobody is signed in. */
export const signedOut: AccountAnswer = accountAnswer({ state: 'signed-out', account: null });

/** A healthy agent, with what differs. */
export function statusAnswer(differs: Partial<StatusAnswer> = {}): StatusAnswer {
  return {
    version: '1.2.3',
    pid: 4242,
    platform: 'linux',
    layout: 'mooring',
    testPaths: false,
    paths: {
      store: '/home/ada/.mooring/desktop/settings-store.json',
      choices: '/home/ada/.mooring/desktop/user-settings.json',
      state: '/home/ada/.mooring/desktop/policy-state.json',
      adminSettings: '/usr/share/mooring-desktop/admin-settings.json',
    },
    account: accountAnswer(),
    policy: null,
    sync: { state: 'idle', lastAttempt: null, lastSuccess: null, nextAttempt: null, error: null },
    frozen: null,
    managed: { locked: 2, suggested: 1 },
    store: { state: 'ok', lastWritten: null, repairs: 0 },
    problems: [],
    ...differs,
  };
}

/** A setting in force, with what differs. */
export function settingState(differs: Partial<SettingState> & { readonly id: string }): SettingState {
  return {
    value: true,
    locked: false,
    source: 'default',
    suggestion: true,
    managedBy: null,
    contributions: [],
    ...differs,
  };
}

/** A registration as the local API tells it, with what differs. */
export function catalogSetting(differs: Partial<CatalogSetting> & { readonly id: string }): CatalogSetting {
  return {
    category: 'General',
    label: differs.id,
    description: '',
    type: 'boolean',
    default: false,
    platforms: ['linux'],
    group: null,
    valuePath: `${differs.id}.value`,
    storeKey: differs.id,
    editableIn: ['gui'],
    ...differs,
  };
}
