import { agentErrorSchema } from '../../shared/contracts/agent-api.ts';
import { REFUSALS, type Refusal, type RefusalCode } from '../../shared/contracts/refusal.ts';
import type { AccountService } from '../account/account-service.ts';
import type { HubHttp, HubRequest } from './hub-http.ts';

/** What a call of the agent API came to. `retryAfterMs`: the hub asks for patience. */
export type HubCallResult =
  | { readonly ok: true; readonly status: number; readonly body: unknown }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** False where the hub gave a definite answer: the same call would be answered the same. */
      readonly worthRepeating: boolean;
      readonly retryAfterMs: number | null;
    };

const MOST_BYTES = 256 * 1024;
const MOST_TEXT = 1000;
const LONGEST_WAIT_MS = 60 * 60_000;

/** Calls the agent API as the signed-in person, once more with a fresh token where the first is refused. Never throws. */
export async function callHub(
  parts: { readonly http: HubHttp; readonly account: Pick<AccountService, 'accessToken'> },
  call: Pick<HubRequest, 'method' | 'url'> & { readonly json?: unknown; readonly signal?: AbortSignal },
): Promise<HubCallResult> {
  let rejected: string | undefined;
  for (;;) {
    const access = await parts.account.accessToken(rejected);
    if (!access.ok) return failed(access.refusal, true);
    const answer = await parts.http.request({
      ...{ method: call.method, url: call.url, maxBytes: MOST_BYTES },
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${access.token}`,
        ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.json === undefined ? {} : { body: JSON.stringify(call.json) }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    if (!answer.ok) return failed(unreachable(answer.failure.message), true);
    const { status, headers, body } = answer;
    if (status === 401 && rejected === undefined) {
      rejected = access.token;
      continue;
    }
    if (status >= 200 && status < 300) return { ok: true, status, body: jsonOf(body) };
    // Only the hub's own words are definite: a captive portal or a proxy refuses what the hub never heard of.
    const said = agentErrorSchema.safeParse(jsonOf(body));
    const refused = status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429;
    const definite = refused && said.success;
    return failed(refusalOf(status, said), !definite, retryAfter(headers['retry-after']));
  }
}

function refusalOf(status: number, said: ReturnType<typeof agentErrorSchema.safeParse>): Refusal {
  if (status === 401) {
    return {
      code: 'sign_in_required',
      message: 'The hub does not accept this session.',
      help: 'Sign in again.',
    };
  }
  if (!said.success) return unreachable(`The hub answered ${status}.`);
  const { code, message, help } = said.data.error;
  if (!isRefusalCode(code)) return unreachable(message.slice(0, MOST_TEXT));
  return {
    ...{ code, message: message.slice(0, MOST_TEXT) },
    ...(help === undefined ? {} : { help: help.slice(0, MOST_TEXT) }),
  };
}

function isRefusalCode(code: string): code is RefusalCode {
  return Object.hasOwn(REFUSALS, code);
}

function unreachable(message: string): Refusal {
  return { code: 'unreachable', message, help: '"mooring doctor" looks closer.' };
}

function failed(
  refusal: Refusal,
  worthRepeating: boolean,
  retryAfterMs: number | null = null,
): HubCallResult {
  return { ok: false, refusal, worthRepeating, retryAfterMs };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function retryAfter(header: string | undefined): number | null {
  if (header === undefined || !/^\d{1,6}$/.test(header.trim())) return null;
  return Math.min(LONGEST_WAIT_MS, Number(header) * 1000);
}
