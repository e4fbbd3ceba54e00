import type { z } from 'zod';
import {
  accountAnswerSchema,
  type ChangeAnswer,
  type ChangeRequest,
  catalogAnswerSchema,
  changeAnswerSchema,
  type DiagnosticsAnswer,
  diagnosticsAnswerSchema,
  doctorAnswerSchema,
  type ErrorBody,
  errorBodySchema,
  LOCAL_ROUTES,
  type LocalOverrideRequest,
  type LocalRoute,
  type LoginAnswer,
  loginAnswerSchema,
  type OverridesAnswer,
  overridesAnswerSchema,
  policyAnswerSchema,
  type SyncAnswer,
  settingsAnswerSchema,
  statusAnswerSchema,
  syncAnswerSchema,
} from '../../shared/contracts/local-api.ts';
import { type CarriedAnswer, type Carrier, CarrierLost } from './carrier.ts';

/** Why a request brought no answer of the expected kind. */
export type Failure =
  | { readonly kind: 'offline' }
  /** The agent no longer knows this page's bearer. */
  | { readonly kind: 'session-ended' }
  | { readonly kind: 'refused'; readonly error: ErrorBody['error'] }
  /** Not the contract: another version, or not the agent at all. */
  | { readonly kind: 'unreadable' };

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

/** What the pages can read, as one route each. */
export const RESOURCES = {
  status: statusAnswerSchema,
  catalog: catalogAnswerSchema,
  settings: settingsAnswerSchema,
  policy: policyAnswerSchema,
  account: accountAnswerSchema,
  doctor: doctorAnswerSchema,
  overrides: overridesAnswerSchema,
} as const satisfies Partial<Record<LocalRoute, z.ZodType>>;

export type Resource = keyof typeof RESOURCES;
export type ResourceValue<Name extends Resource> = z.infer<(typeof RESOURCES)[Name]>;

/** The local API as the pages call it; every answer has passed its schema. */
export interface LocalClient {
  readonly read: {
    readonly [Name in Resource]: (signal?: AbortSignal) => Promise<Answer<ResourceValue<Name>>>;
  };
  /** Everything that somebody needs who shall find out what is wrong here; collected when it is asked for. */
  diagnostics(): Promise<Answer<DiagnosticsAnswer>>;
  /** A refused change is an answer too: it tells the outcome of every setting. */
  change(request: ChangeRequest): Promise<Answer<ChangeAnswer>>;
  sync(): Promise<Answer<SyncAnswer>>;
  /** Puts a signed bundle that came by file in force. */
  importPolicy(bundle: string): Promise<Answer<SyncAnswer>>;
  /** Answers when the grant is in force here. */
  requestOverride(request: LocalOverrideRequest): Promise<Answer<OverridesAnswer>>;
  endOverride(setting: string): Promise<Answer<OverridesAnswer>>;
  login(request: { hub?: string; method: 'browser' | 'device' }): Promise<Answer<LoginAnswer>>;
  /** Waits up to `waitMs` for the sign-in to end. */
  loginProgress(id: string, waitMs: number, signal?: AbortSignal): Promise<Answer<LoginAnswer>>;
  logout(): Promise<Answer<z.infer<typeof accountAnswerSchema>>>;
  switchOrganization(organization: string): Promise<Answer<z.infer<typeof accountAnswerSchema>>>;
}

interface CallOptions {
  /** Takes the place of `{id}` in the path. */
  readonly id?: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds the client on a carrier, from the contract's own table of routes. `onSessionEnded` is told when the agent
 * no longer knows this page, whichever request it was that met it.
 */
export function createLocalClient(carrier: Carrier, onSessionEnded: () => void = () => {}): LocalClient {
  const call = async <T>(
    route: LocalRoute,
    schema: z.ZodType<T>,
    { id = '', query = '', body, signal }: CallOptions = {},
  ): Promise<Answer<T>> => {
    const { method, path } = LOCAL_ROUTES[route];
    try {
      const answer = await carrier.send({
        method,
        path: `${path.replace('{id}', encodeURIComponent(id))}${query}`,
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (answer.status === 401) onSessionEnded();
      return readAnswer(answer.status, answer.text, schema);
    } catch (error) {
      if (error instanceof CarrierLost) return { ok: false, failure: { kind: 'offline' } };
      throw error;
    }
  };
  return {
    read: {
      status: (signal) => call('status', RESOURCES.status, { signal }),
      catalog: (signal) => call('catalog', RESOURCES.catalog, { signal }),
      settings: (signal) => call('settings', RESOURCES.settings, { signal }),
      policy: (signal) => call('policy', RESOURCES.policy, { signal }),
      account: (signal) => call('account', RESOURCES.account, { signal }),
      doctor: (signal) => call('doctor', RESOURCES.doctor, { signal }),
      overrides: (signal) => call('overrides', RESOURCES.overrides, { signal }),
    },
    diagnostics: () => call('diagnostics', diagnosticsAnswerSchema),
    change: (request) => call('change', changeAnswerSchema, { body: request }),
    sync: () => call('sync', syncAnswerSchema),
    importPolicy: (bundle) => call('importPolicy', syncAnswerSchema, { body: { bundle } }),
    requestOverride: (request) => call('requestOverride', overridesAnswerSchema, { body: request }),
    endOverride: (setting) => call('endOverride', overridesAnswerSchema, { body: { setting } }),
    login: (request) => call('login', loginAnswerSchema, { body: request }),
    loginProgress: (id, waitMs, signal) =>
      call('loginProgress', loginAnswerSchema, { id, query: `?wait=${waitMs}`, signal }),
    logout: () => call('logout', accountAnswerSchema),
    switchOrganization: (organization) =>
      call('useOrganization', accountAnswerSchema, { body: { organization } }),
  };
}

/** Reads the answer to the route of a resource, as the client does. */
export const readResource = (name: Resource, { status, text }: CarriedAnswer) =>
  readAnswer<ResourceValue<Resource>>(status, text, RESOURCES[name]);

// A refused change and a failed sync carry both their own answer and an error, so the expected shape is tried first.
function readAnswer<T>(status: number, text: string, schema: z.ZodType<T>): Answer<T> {
  if (status === 401) return { ok: false, failure: { kind: 'session-ended' } };
  const body = parseJson(text);
  const expected = schema.safeParse(body);
  if (expected.success) return { ok: true, value: expected.data };
  const refused = errorBodySchema.safeParse(body);
  if (refused.success) return { ok: false, failure: { kind: 'refused', error: refused.data.error } };
  return { ok: false, failure: { kind: 'unreadable' } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
