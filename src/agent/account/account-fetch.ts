import {
  AGENT_ROUTES,
  type AgentAccount,
  agentAccountSchema,
  agentErrorSchema,
} from '../../shared/contracts/agent-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { HubHttp } from '../delivery/hub-http.ts';
import { hubRoute } from '../delivery/hub-url.ts';

/** Who the bearer is, or why the hub would not say. `rejected`: it does not accept the token. */
export type AccountFetch =
  | { readonly ok: true; readonly account: AgentAccount }
  | { readonly ok: false; readonly rejected: boolean; readonly refusal: Refusal };

const MOST_BYTES = 1024 * 1024;

/** Asks the hub for the account behind an access token. */
export async function fetchAccount(
  http: Pick<HubHttp, 'request'>,
  hubUrl: string,
  token: string,
): Promise<AccountFetch> {
  const answer = await http.request({
    method: 'GET',
    url: hubRoute(hubUrl, AGENT_ROUTES.account.path),
    headers: { accept: 'application/json', authorization: `Bearer ${token}` },
    maxBytes: MOST_BYTES,
  });
  if (!answer.ok) return failed('unreachable', answer.failure.message, 'Check the network and try again.');
  if (answer.status === 401) {
    const refusal = failed('sign_in_required', 'The hub does not accept this session.', 'Sign in again.');
    return { ...refusal, rejected: true };
  }
  const body = parse(answer.body);
  if (answer.status === 200) {
    const account = agentAccountSchema.safeParse(body);
    if (account.success) return { ok: true, account: account.data };
    return failed('unreachable', 'The hub answered something else when asked for the account.', TRIED_AGAIN);
  }
  const said = agentErrorSchema.safeParse(body);
  const words = said.success ? `: ${said.data.error.message.slice(0, 500)}` : '.';
  if (answer.status === 403 && said.success) {
    return failed(
      'forbidden',
      `The hub refuses this account${words}`,
      'Ask an administrator of your organization.',
    );
  }
  return failed('unreachable', `The hub answered ${answer.status}${words}`, TRIED_AGAIN);
}

const TRIED_AGAIN = 'It is tried again by itself; "mooring doctor" looks closer.';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(code: Refusal['code'], message: string, help?: string): Extract<AccountFetch, { ok: false }> {
  return { ok: false, rejected: false, refusal: { code, message, ...(help === undefined ? {} : { help }) } };
}
