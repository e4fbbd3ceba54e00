import { z } from 'zod';
import type { LocalApi } from '../agent/local-api/connect.ts';
import {
  accountAnswerSchema,
  catalogAnswerSchema,
  changeAnswerSchema,
  dashboardAnswerSchema,
  diagnosticsAnswerSchema,
  doctorAnswerSchema,
  type ErrorBody,
  errorBodySchema,
  LOCAL_ROUTES,
  loginAnswerSchema,
  overridesAnswerSchema,
  policyAnswerSchema,
  settingStateSchema,
  settingsAnswerSchema,
  statusAnswerSchema,
  syncAnswerSchema,
} from '../shared/contracts/local-api.ts';
import type { Refusal } from '../shared/contracts/refusal.ts';

import { InterruptedError, untilInterrupted } from './interruption.ts';

/** The shape of each route's answer, for the routes that the command line asks. */
const ANSWERS = {
  status: statusAnswerSchema,
  catalog: catalogAnswerSchema,
  settings: settingsAnswerSchema,
  setting: settingStateSchema,
  change: changeAnswerSchema,
  policy: policyAnswerSchema,
  sync: syncAnswerSchema,
  importPolicy: syncAnswerSchema,
  overrides: overridesAnswerSchema,
  requestOverride: overridesAnswerSchema,
  endOverride: overridesAnswerSchema,
  account: accountAnswerSchema,
  login: loginAnswerSchema,
  loginProgress: loginAnswerSchema,
  logout: accountAnswerSchema,
  useOrganization: accountAnswerSchema,
  doctor: doctorAnswerSchema,
  diagnostics: diagnosticsAnswerSchema,
  dashboard: dashboardAnswerSchema,
  stop: z.object({}),
} as const;

/** What each route answers. */
type Answers = { readonly [Route in keyof typeof ANSWERS]: z.infer<(typeof ANSWERS)[Route]> };
const schemas: { readonly [Route in keyof Answers]: z.ZodType<Answers[Route]> } = ANSWERS;

/** What came back: the checked answer, or the refusal with the body it came in. */
export type Asked<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly refusal: Refusal; readonly body?: unknown };

export interface Call {
  /** Fills `{id}` of the path. */
  readonly id?: string;
  readonly body?: unknown;
  /** Milliseconds that the agent may wait for news before it answers. */
  readonly wait?: number;
  readonly signal?: AbortSignal;
}

/** One request to the agent. Never throws but `InterruptedError`. */
export async function ask<Route extends keyof Answers>(
  api: Pick<LocalApi, 'fetch'>,
  route: Route,
  call: Call = {},
): Promise<Asked<Answers[Route]>> {
  const text = await send(api, route, call);
  if (!text.ok) return text;
  const body = parseJson(text.body.text);
  if (text.body.status >= 400) {
    const error = errorBodySchema.safeParse(body);
    return error.success ? { ok: false, refusal: refusalOf(error.data.error), body } : notUnderstood(route);
  }
  const answer = schemas[route].safeParse(body);
  return answer.success ? { ok: true, body: answer.data } : notUnderstood(route);
}

type Sent = Asked<{ readonly status: number; readonly text: string }>;

async function send(api: Pick<LocalApi, 'fetch'>, route: keyof Answers, call: Call): Promise<Sent> {
  const { method, path } = LOCAL_ROUTES[route];
  const query = call.wait === undefined ? '' : `?wait=${call.wait}`;
  const address = `http://agent${path.replace('{id}', encodeURIComponent(call.id ?? ''))}${query}`;
  const request = new Request(address, {
    method,
    ...(call.body === undefined
      ? {}
      : { body: JSON.stringify(call.body), headers: { 'content-type': 'application/json' } }),
    ...(call.signal ? { signal: call.signal } : {}),
  });
  try {
    const response = await untilInterrupted(api.fetch(request), call.signal);
    return {
      ok: true,
      body: { status: response.status, text: await untilInterrupted(response.text(), call.signal) },
    };
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return { ok: false, refusal: WENT_AWAY };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The `error` of an answer as a refusal. */
export function refusalOf(error: ErrorBody['error']): Refusal {
  const { code, message, help, setting, details } = error;
  return {
    code,
    message,
    ...(help === undefined ? {} : { help }),
    ...(setting === undefined ? {} : { setting }),
    ...(details === undefined ? {} : { details }),
  };
}

const WENT_AWAY: Refusal = {
  code: 'unreachable',
  message: 'The agent stopped answering before it had done this, so it is not known whether it was done.',
  help: 'See what is in force with "mooring status", then run the command again.',
};

function notUnderstood(route: string): { readonly ok: false; readonly refusal: Refusal } {
  return {
    ok: false,
    refusal: {
      code: 'internal',
      message: `The agent that runs here gave an answer to "${route}" that this command does not understand. It is probably of another version.`,
      help: 'Start it again: "mooring agent stop", then "mooring agent run", or quit and open the app.',
    },
  };
}
