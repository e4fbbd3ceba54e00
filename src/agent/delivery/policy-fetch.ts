import { AGENT_ROUTES, agentErrorSchema } from '../../shared/contracts/agent-api.ts';
import { BUNDLE_MEDIA_TYPE } from '../../shared/contracts/bundle.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { AccountService } from '../account/account-service.ts';
import type { HubAnswer, HubHttp } from './hub-http.ts';
import { hubRoute } from './hub-url.ts';

/** What one question for the policy came to. */
export type PolicyFetch =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'bundle'; readonly jws: string; readonly etag: string | null }
  /** The hub itself, in so many words, says that this user is no member. */
  | { readonly kind: 'not-member'; readonly message: string }
  | { readonly kind: 'failed'; readonly refusal: Refusal; readonly retryAfterMs: number | null };

/** A document is at most 1 MiB; base64 and the payload around it make it larger. */
const MOST_BYTES = 4 * 1024 * 1024;
const LONGEST_WAIT_MS = 60 * 60_000;

/** Asks for the policy of an organization, once more with a fresh token where the hub refuses the first. */
export async function fetchPolicy(
  parts: { readonly http: HubHttp; readonly account: Pick<AccountService, 'accessToken'> },
  question: {
    readonly hubUrl: string;
    readonly organization: string;
    readonly etag: string | null;
    readonly signal: AbortSignal;
  },
): Promise<PolicyFetch> {
  const url = hubRoute(question.hubUrl, AGENT_ROUTES.policy.path);
  url.searchParams.set('org', question.organization);
  let rejected: string | undefined;
  for (;;) {
    const access = await parts.account.accessToken(rejected);
    if (!access.ok) return failed(access.refusal);
    const answer = await parts.http.request({
      method: 'GET',
      url,
      headers: {
        accept: `${BUNDLE_MEDIA_TYPE}, application/json`,
        authorization: `Bearer ${access.token}`,
        ...(question.etag === null ? {} : { 'if-none-match': question.etag }),
      },
      maxBytes: MOST_BYTES,
      signal: question.signal,
    });
    if (answer.ok && answer.status === 401 && rejected === undefined) {
      rejected = access.token;
      continue;
    }
    return read(answer, question.etag);
  }
}

function read(answer: HubAnswer, sentEtag: string | null): PolicyFetch {
  if (!answer.ok) return unreachable(answer.failure.message);
  const { status, headers, body } = answer;
  if (status === 304) {
    return sentEtag === null
      ? unreachable('The hub said "unchanged" without having been told what is here.')
      : { kind: 'unchanged' };
  }
  if (status === 200) {
    const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
    if (type !== BUNDLE_MEDIA_TYPE)
      return unreachable(`The hub answered ${type ?? 'something without a type'} instead of a policy.`);
    return { kind: 'bundle', jws: body, etag: strongEtag(headers.etag) };
  }
  if (status === 401) {
    return failed({
      code: 'sign_in_required',
      message: 'The hub does not accept this session.',
      help: 'Sign in again. Until then the last policy stays in force.',
    });
  }
  const said = readError(body);
  if (status === 403 && said !== null) return { kind: 'not-member', message: said };
  return unreachable(
    `The hub answered ${status}${said === null ? '' : `: ${said}`}.`,
    retryAfter(headers['retry-after']),
  );
}

/** A weak tag does not say "the same bytes": something between the hub and us rewrote the answer. */
function strongEtag(etag: string | undefined): string | null {
  return etag !== undefined && /^"[\x21\x23-\x7e]*"$/.test(etag) ? etag : null;
}

function readError(body: string): string | null {
  try {
    const parsed = agentErrorSchema.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data.error.message.slice(0, 500) : null;
  } catch {
    return null;
  }
}

function retryAfter(header: string | undefined): number | null {
  if (header === undefined || !/^\d{1,6}$/.test(header.trim())) return null;
  return Math.min(LONGEST_WAIT_MS, Number(header) * 1000);
}

function failed(refusal: Refusal, retryAfterMs: number | null = null): PolicyFetch {
  return { kind: 'failed', refusal, retryAfterMs };
}

function unreachable(message: string, retryAfterMs: number | null = null): PolicyFetch {
  return failed(
    { code: 'unreachable', message, help: 'It is tried again by itself; "mooring doctor" looks closer.' },
    retryAfterMs,
  );
}
