import type { z } from 'zod';
import type {
  AccountAnswer,
  ChangeAnswer,
  ChangeRequest,
  catalogAnswerSchema,
  DiagnosticsAnswer,
  DoctorAnswer,
  dashboardAnswerSchema,
  LocalEvent,
  LocalOverrideRequest,
  LocalRoute,
  LoginAnswer,
  LoginRequest,
  OverridesAnswer,
  PolicyAnswer,
  SettingState,
  SettingsAnswer,
  StatusAnswer,
  SyncAnswer,
  sessionAnswerSchema,
} from '../../shared/contracts/local-api.ts';
import {
  changeRequestSchema,
  endOverrideSchema,
  importRequestSchema,
  LOCAL_ROUTES,
  localOverrideRequestSchema,
  loginRequestSchema,
  sessionRequestSchema,
  useOrganizationSchema,
} from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { eventStream } from './event-stream.ts';
import { answerError, answerJson, type Handled, readJsonBody, refuse } from './http-answer.ts';

/** A door to the agent: a request goes in, an answer comes out, whatever carries them. */
export type LocalFetch = (request: Request) => Promise<Response>;

/** What the agent does for each route of the contract. Refusals are values. */
export interface LocalHandlers {
  status(): Promise<StatusAnswer>;
  catalog(): z.infer<typeof catalogAnswerSchema>;
  settings(): SettingsAnswer;
  setting(id: string): Handled<SettingState>;
  /** The answer of a change carries the outcome of every setting, also when it was refused. */
  change(request: ChangeRequest): Promise<ChangeAnswer>;
  policy(): PolicyAnswer;
  sync(): Promise<SyncAnswer>;
  importPolicy(bundle: string): Promise<Handled<SyncAnswer>>;
  overrides(): OverridesAnswer;
  requestOverride(request: LocalOverrideRequest): Promise<Handled<OverridesAnswer>>;
  endOverride(setting: string): Promise<Handled<OverridesAnswer>>;
  account(): AccountAnswer;
  login(request: LoginRequest): Promise<Handled<LoginAnswer>>;
  /** Waits until the sign-in has ended or `waitMs` has passed. */
  loginProgress(id: string, waitMs: number): Promise<Handled<LoginAnswer>>;
  logout(): Promise<Handled<AccountAnswer>>;
  useOrganization(name: string): Promise<Handled<AccountAnswer>>;
  doctor(): Promise<DoctorAnswer>;
  diagnostics(): Promise<DiagnosticsAnswer>;
  dashboard(): Promise<Handled<z.infer<typeof dashboardAnswerSchema>>>;
  session(token: string): Handled<z.infer<typeof sessionAnswerSchema>>;
  /** Calls `listener` for every event until the returned function is called. */
  subscribe(listener: (event: LocalEvent) => void): () => void;
  stop(): void;
}

export interface RouterOptions {
  readonly handlers: LocalHandlers;
  /** Told of every fault of ours; answers with the reference that the person is shown. */
  readonly reportFault: (error: unknown) => string;
  /** Milliseconds between two comments on an idle event stream. */
  readonly heartbeatMs?: number;
}

/** The longest a caller may wait for the end of a sign-in in one request. */
const LONGEST_WAIT_MS = 60_000;
/** The one body that is read of somebody who has proved nothing yet, in bytes. */
const TOKEN_BODY_LIMIT = 1024;

/** One incoming call, matched to its route. */
interface Call {
  readonly request: Request;
  readonly url: URL;
  /** The value of `{id}` in the route's path; empty where it has none. */
  readonly id: string;
}

type Endpoint = (call: Call) => Promise<Response> | Response;

/** The one router behind every door, built from `LOCAL_ROUTES` (docs/architecture.md, "Processes and state"). */
export function createRouter(options: RouterOptions): LocalFetch {
  const endpoints = endpointsOf(options);
  return async (request) => {
    try {
      const url = new URL(request.url);
      const found = matchRoute(request.method, url.pathname);
      if (!found.ok) return answerError(found.refusal, found.headers);
      return await endpoints[found.route]({ request, url, id: found.id });
    } catch (error) {
      const reference = options.reportFault(error);
      return answerError({
        code: 'internal',
        message: `The agent met a fault of its own (reference ${reference}).`,
        help: 'Try again. If it happens again, run "mooring doctor" and report the reference.',
      });
    }
  };
}

type Match =
  | { readonly ok: true; readonly route: LocalRoute; readonly id: string }
  | { readonly ok: false; readonly refusal: Refusal; readonly headers: Record<string, string> };

const ROUTE_NAMES = Object.keys(LOCAL_ROUTES) as readonly LocalRoute[];

/** Finds the route of the contract that a method and path name. */
export function matchRoute(method: string, pathname: string): Match {
  const onPath = ROUTE_NAMES.flatMap((route) => {
    const id = matchPath(LOCAL_ROUTES[route].path, pathname);
    return id === null ? [] : [{ route, id }];
  });
  const found = onPath.find((each) => LOCAL_ROUTES[each.route].method === method);
  if (found !== undefined) return { ok: true, ...found };
  if (onPath.length === 0) {
    const message = `The agent knows no address ${pathname.slice(0, 200)}.`;
    return { ok: false, headers: {}, refusal: { code: 'not_found', message } };
  }
  const allow = [...new Set(onPath.map((each) => LOCAL_ROUTES[each.route].method))].join(', ');
  const message = `${pathname.slice(0, 200)} does not take ${method}. It takes ${allow}.`;
  return { ok: false, headers: { allow }, refusal: { code: 'method_not_allowed', message } };
}

/** The decoded `{id}` (empty for a path without one), or `null` when the path does not match. */
function matchPath(pattern: string, pathname: string): string | null {
  const placeholder = pattern.indexOf('{id}');
  if (placeholder === -1) return pattern === pathname ? '' : null;
  const prefix = pattern.slice(0, placeholder);
  const rest = pathname.slice(prefix.length);
  if (!pathname.startsWith(prefix) || rest === '' || rest.includes('/')) return null;
  try {
    return decodeURIComponent(rest);
  } catch {
    return null;
  }
}

function endpointsOf({ handlers, heartbeatMs }: RouterOptions): Record<LocalRoute, Endpoint> {
  return {
    status: async () => answerJson(await handlers.status()),
    catalog: () => answerJson(handlers.catalog()),
    settings: () => answerJson(handlers.settings()),
    setting: ({ id }) => answerHandled(handlers.setting(id)),
    change: withBody(changeRequestSchema, async (body) => {
      const answer = await handlers.change(body);
      return answerJson(answer, answer.error === undefined ? 200 : refuse(answer.error.code));
    }),
    policy: () => answerJson(handlers.policy()),
    sync: async () => answerJson(await handlers.sync()),
    importPolicy: withBody(importRequestSchema, async ({ bundle }) =>
      answerHandled(await handlers.importPolicy(bundle)),
    ),
    overrides: () => answerJson(handlers.overrides()),
    requestOverride: withBody(localOverrideRequestSchema, async (body) =>
      answerHandled(await handlers.requestOverride(body)),
    ),
    endOverride: withBody(endOverrideSchema, async ({ setting }) =>
      answerHandled(await handlers.endOverride(setting)),
    ),
    account: () => answerJson(handlers.account()),
    login: withBody(loginRequestSchema, async (body) => answerHandled(await handlers.login(body))),
    loginProgress: async ({ id, url }) =>
      answerHandled(await handlers.loginProgress(id, waitOf(url.searchParams.get('wait')))),
    logout: async () => answerHandled(await handlers.logout()),
    useOrganization: withBody(useOrganizationSchema, async ({ organization }) =>
      answerHandled(await handlers.useOrganization(organization)),
    ),
    doctor: async () => answerJson(await handlers.doctor()),
    diagnostics: async () => answerJson(await handlers.diagnostics()),
    dashboard: async () => answerHandled(await handlers.dashboard()),
    session: withBody(
      sessionRequestSchema,
      ({ token }) => answerHandled(handlers.session(token)),
      TOKEN_BODY_LIMIT,
    ),
    events: ({ request }) => eventStream(handlers.subscribe, request.signal, heartbeatMs),
    stop: () => {
      handlers.stop();
      return answerJson({});
    },
  };
}

function answerHandled<T>(handled: Handled<T>): Response {
  return handled.ok ? answerJson(handled.body) : answerError(handled.refusal);
}

/** `?wait=` in milliseconds; anything else means: answer at once. */
function waitOf(text: string | null): number {
  const wait = text === null ? 0 : Number(text);
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), LONGEST_WAIT_MS) : 0;
}

function withBody<T>(
  schema: z.ZodType<T>,
  act: (body: T) => Promise<Response> | Response,
  limit?: number,
): Endpoint {
  return async ({ request }) => {
    const read = await readJsonBody(request, schema, limit);
    return read.ok ? act(read.body) : answerError(read.refusal);
  };
}
