import { createParser } from 'eventsource-parser';
import {
  AGENT_EVENTS,
  AGENT_ROUTES,
  EVENT_HEARTBEAT_SECONDS,
  policyNudgeSchema,
  streamEndSchema,
} from '../../shared/contracts/agent-api.ts';
import type { AccountService } from '../account/account-service.ts';
import type { Clock } from '../clock.ts';
import type { HubStreamAnswer, HubStreaming } from './hub-stream.ts';
import { hubRoute } from './hub-url.ts';
import type { BundleOwner } from './kept-bundle.ts';
import type { DeliveryState } from './policy-delivery.ts';

/** How the agent hears of changes: `off` while nobody is signed in or no organization is active. */
type PushState = DeliveryState['sync']['push'];

/** The hub's event stream, kept open (docs/delivery.md section 2). It only nudges: policy comes by fetching alone. */
export interface PolicyEvents {
  state(): PushState;
  start(): void;
  /** The account, its organization or its session may be another now. */
  review(): void;
  /** Looks whether the stream still lives; to be called now and then, and after waking. */
  check(): void;
  stop(): Promise<void>;
}

export interface PolicyEventsParts {
  readonly http: HubStreaming;
  readonly account: Pick<AccountService, 'accessToken' | 'owner' | 'state'>;
  readonly clock: Clock;
  /** In [0, 1): spreads the reconnects of a fleet. */
  readonly random: () => number;
  /** The highest number seen of this owner, from which the hub resumes. */
  readonly highestSeq: (owner: BundleOwner) => number | null;
  /** The hub says that its newest bundle for the owner has this number. */
  readonly onNudge: (seq: number) => void;
  /** The hub says that the session or the membership has ended: ask it in the usual way what is so. */
  readonly onEnd: () => void;
  readonly onState: () => void;
}

/** Two heartbeats and then some without a word: the stream is dead, whatever TCP thinks. */
const SILENCE_MS = (2 * EVENT_HEARTBEAT_SECONDS + 15) * 1000;
/** Reconnects are spread evenly over a window: so wide at first, doubling with each failure in a row. */
const FIRST_WINDOW_MS = 5_000;
const LAST_WINDOW_MS = 5 * 60_000;
/** Never sooner, so that a hub that hangs up at once is not hammered. */
const SHORTEST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 60 * 60_000;
/** A nudge is a few dozen characters. */
const MOST_BUFFERED = 16 * 1024;

interface Target extends BundleOwner {
  readonly hubUrl: string;
}

/** How one connection ended. `wait`: at least so long before the next one. */
interface Ending {
  readonly lived: boolean;
  readonly wait: number;
}

/** Keeps one stream open for the owner; nothing is open before `start` or after `stop`. */
export function createPolicyEvents(parts: PolicyEventsParts): PolicyEvents {
  const { clock } = parts;
  let started = false;
  let state: PushState = 'off';
  let target: string | null = null;
  let connection: AbortController | null = null;
  let heard = { wall: 0, monotonic: 0 };
  let failures = 0;
  let cancelWait: (() => void) | null = null;
  let running: Promise<void> = Promise.resolve();

  const setState = (next: PushState): void => {
    if (state === next) return;
    state = next;
    parts.onState();
  };
  const hear = (): void => {
    heard = { wall: clock.wall(), monotonic: clock.monotonic() };
  };

  const follow = async (of: Target, signal: AbortSignal): Promise<Ending> => {
    const opened = await open(parts, of, signal);
    if (signal.aborted || !opened.ok) return { lived: false, wait: 0 };
    if (opened.text === null) return { lived: false, wait: waitAsked(opened.headers['retry-after']) };
    hear();
    setState('connected');
    let wait = 0;
    let lived = false;
    let refused = false;
    const parser = createParser({
      maxBufferSize: MOST_BUFFERED,
      onRetry: (ms) => {
        wait = Math.min(ms, LONGEST_WAIT_MS);
      },
      onEvent: ({ event, data }) => {
        if (signal.aborted) return;
        const seq =
          event === AGENT_EVENTS.policy ? policyNudgeSchema.safeParse(jsonOf(data)).data?.seq : undefined;
        if (seq !== undefined) parts.onNudge(seq);
        const ended = event === AGENT_EVENTS.end ? streamEndSchema.safeParse(jsonOf(data)).data : undefined;
        if (ended === undefined || ended.reason === 'draining') return;
        refused = true;
        parts.onEnd();
      },
    });
    try {
      for await (const text of opened.text) {
        if (signal.aborted) break;
        lived = true;
        hear();
        parser.feed(text);
      }
    } catch {
      // More than the parser holds: no hub writes like that. The connection is given up.
    }
    return { lived: lived && !refused, wait };
  };

  const connect = (of: Target): void => {
    const controller = new AbortController();
    connection = controller;
    hear();
    setState('connecting');
    running = follow(of, controller.signal)
      .catch(() => ({ lived: false, wait: 0 }))
      .then((ending) => {
        controller.abort();
        // Another connection, or none, has taken its place.
        if (connection !== controller) return;
        connection = null;
        setState('connecting');
        failures = ending.lived ? 0 : failures + 1;
        const window = Math.min(
          LAST_WINDOW_MS,
          FIRST_WINDOW_MS * 2 ** Math.min(20, Math.max(0, failures - 1)),
        );
        later(Math.max(SHORTEST_WAIT_MS, ending.wait) + parts.random() * window);
      });
  };
  const later = (ms: number): void => {
    cancelWait?.();
    cancelWait = clock.after(ms, () => {
      cancelWait = null;
      begin();
    });
  };
  const hangUp = (): void => {
    cancelWait?.();
    cancelWait = null;
    const open = connection;
    connection = null;
    open?.abort();
  };
  const begin = (): void => {
    const of = started ? targetOf(parts.account) : null;
    target = keyOf(of);
    hangUp();
    if (of === null) setState('off');
    else connect(of);
  };
  const review = (): void => {
    if (!started || keyOf(targetOf(parts.account)) === target) return;
    failures = 0;
    begin();
  };

  return {
    state: () => state,
    start() {
      started = true;
      review();
    },
    review,
    check() {
      if (connection === null) return;
      const silent = Math.max(clock.wall() - heard.wall, clock.monotonic() - heard.monotonic);
      if (silent <= SILENCE_MS) return;
      hangUp();
      setState('connecting');
      // It may be a whole fleet whose network went: each comes back at a moment of its own.
      later(SHORTEST_WAIT_MS + parts.random() * FIRST_WINDOW_MS);
    },
    async stop() {
      started = false;
      target = null;
      hangUp();
      await running;
      state = 'off';
    },
  };
}

function keyOf(of: Target | null): string | null {
  return of === null ? null : JSON.stringify([of.hubUrl, of.issuer, of.userId, of.organization]);
}

/** Whose events are followed; `null` while there is no session to ask with. */
function targetOf(account: PolicyEventsParts['account']): Target | null {
  const owner = account.owner();
  if (owner === null || owner.organization === null || account.state().state !== 'signed-in') return null;
  const { hubUrl, issuer, userId, organization } = owner;
  return { hubUrl, issuer, userId, organization };
}

/** Opens the stream, once more with a fresh token where the hub refuses the first. */
async function open(parts: PolicyEventsParts, of: Target, signal: AbortSignal): Promise<HubStreamAnswer> {
  const url = hubRoute(of.hubUrl, AGENT_ROUTES.events.path);
  url.searchParams.set('org', of.organization);
  const held = parts.highestSeq(of);
  let rejected: string | undefined;
  for (;;) {
    const access = await parts.account.accessToken(rejected);
    if (!access.ok) return NO_TOKEN;
    if (signal.aborted) return NO_TOKEN;
    const answer = await parts.http.stream({
      url,
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${access.token}`,
        'cache-control': 'no-store',
        ...(held === null ? {} : { 'last-event-id': String(held) }),
      },
      signal,
    });
    if (!answer.ok || answer.status !== 401 || rejected !== undefined) return answer;
    rejected = access.token;
  }
}

const NO_TOKEN: HubStreamAnswer = {
  ok: false,
  failure: { kind: 'aborted', message: 'there is no session', maybeSent: false },
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function waitAsked(retryAfter: string | undefined): number {
  const seconds = /^\d{1,6}$/.test(retryAfter?.trim() ?? '') ? Number(retryAfter) : 0;
  return Math.min(LONGEST_WAIT_MS, seconds * 1000);
}
