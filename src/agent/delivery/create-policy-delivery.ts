import type { SyncAnswer } from '../../shared/contracts/local-api.ts';
import type { PolicyOwner } from '../account/account-service.ts';
import { instant } from '../clock.ts';
import { createSerial } from '../serial.ts';
import { diskFiles } from '../state-file.ts';
import { createFetchSchedule, refreshDelay, retryDelay, spread } from './fetch-schedule.ts';
import { importBundle } from './import-bundle.ts';
import { createNudges } from './nudges.ts';
import type { DeliveryState, PolicyDelivery, PolicyDeliveryOptions } from './policy-delivery.ts';
import { createPolicyEvents, type PolicyEvents } from './policy-events.ts';
import { createPolicyHold } from './policy-hold.ts';
import { refusedFetch } from './refused-bundle.ts';
import { type AttemptOutcome, attemptSync } from './sync-attempt.ts';

/** Fetches, keeps and schedules. Nothing runs before `start`; nothing is left after `stop`. */
export function createPolicyDelivery(options: PolicyDeliveryOptions): PolicyDelivery {
  const { account, clock } = options;
  const hold = createPolicyHold({
    path: options.bundleFile,
    files: options.files ?? diskFiles(),
    trust: options.trust,
    clock,
    serial: createSerial(),
  });
  const listeners = new Set<(state: DeliveryState) => void>();
  const sync: { -readonly [K in 'lastAttempt' | 'lastSuccess' | 'error']: DeliveryState['sync'][K] } = {
    lastAttempt: null,
    lastSuccess: null,
    error: null,
  };
  let failures = 0;
  let running: Promise<SyncResult> | null = null;
  let stopping: AbortController | null = null;
  let unsubscribe = (): void => {};
  let session = sessionKey(options.account);
  let keysReadAt: number | null = null;
  /** Somebody signed in, or wished for an attempt, while one was running that may have begun too early. */
  let again = false;
  let announced = '';
  /** The attempt under way ended with an answer of the hub that counts. */
  let answered = false;

  const state = (): DeliveryState => {
    const owner = account.owner();
    return {
      bundle: hold.accepted(owner),
      cache: hold.cache(),
      sync: {
        state:
          running !== null
            ? 'fetching'
            : owner === null
              ? 'signed-out'
              : sync.error === null
                ? 'idle'
                : 'failed',
        ...sync,
        nextAttempt: nextAttempt(),
        push: events?.state() ?? 'off',
      },
      refused: hold.refused(),
      proxyProblem: options.http.proxyProblem(),
    };
  };
  const announce = (): void => {
    const now = state();
    const { payload, ...bundle } = now.bundle ?? { payload: null };
    const mark = JSON.stringify({ ...now, bundle, seq: payload?.seq, iat: payload?.iat, org: payload?.org });
    if (mark === announced) return;
    announced = mark;
    for (const listener of [...listeners]) listener(now);
  };

  const schedule = createFetchSchedule({
    clock,
    onTick: () => {
      events?.check();
      void hold.checkGrace().then(announce, announce);
    },
    onDue: () => void run(),
  });
  const nextAttempt = (): string | null => {
    const at = schedule.plannedAt();
    return at === null ? null : instant(at);
  };

  const fetchWithin = (ms: number): void => {
    const at = schedule.plannedAt();
    if (at === null || at > clock.wall() + ms) schedule.plan(ms);
  };
  const held = (): number | null => {
    const owner = account.owner();
    return owner === null || owner.organization === null
      ? null
      : hold.highestSeq({ ...owner, organization: owner.organization });
  };
  const nudges = createNudges({ clock, held, fetchWithin });
  const events = policyEvents(options, {
    highestSeq: hold.highestSeq,
    onNudge: nudges.heard,
    onEnd: () => soon(),
    onState: () => announce(),
  });

  const planNext = (outcome: AttemptOutcome): void => {
    if (account.owner() === null) {
      schedule.clear();
      return;
    }
    const waitsForPerson = outcome.result === 'failed' && outcome.refusal.code === 'sign_in_required';
    const failed = (outcome.result === 'failed' || outcome.result === 'refused') && !waitsForPerson;
    failures = failed ? failures + 1 : 0;
    const usual = failed ? retryDelay(failures) : refreshDelay(hold.refreshSeconds(), hold.graceSeconds());
    const asked = outcome.result === 'failed' ? (outcome.retryAfterMs ?? 0) : 0;
    schedule.plan(again ? 0 : Math.max(asked, spread(usual, options.random())));
  };

  const attempt = async (signal: AbortSignal): Promise<SyncResult> => {
    const outcome = await attemptSync({
      account,
      http: options.http,
      trust: options.trust,
      clock,
      signInEnforced: options.signInEnforced,
      hold,
      signal,
      keysAreOld: () => keysReadAt === null || clock.monotonic() - keysReadAt > KEYS_AGE_MS,
      keysWereRead: () => {
        keysReadAt = clock.monotonic();
      },
    });
    sync.error = errorOf(outcome);
    if (outcome.result === 'updated' || outcome.result === 'unchanged')
      sync.lastSuccess = instant(clock.wall());
    if (!signal.aborted) planNext(outcome);
    answered = outcome.result === 'updated' || outcome.result === 'unchanged';
    return resultOf(outcome);
  };

  /** One attempt at a time; whoever comes meanwhile shares it. */
  const run = (): Promise<SyncResult> => {
    const signal = stopping?.signal;
    if (signal === undefined || signal.aborted) return Promise.resolve(NOT_RUNNING);
    running ??= (async () => {
      schedule.clear();
      again = false;
      answered = false;
      nudges.began();
      sync.lastAttempt = instant(clock.wall());
      announce();
      try {
        return await attempt(signal);
      } finally {
        running = null;
        if (!signal.aborted) nudges.ended(answered);
        announce();
      }
    })();
    return running;
  };

  const soon = (): void => {
    if (running === null) schedule.plan(0);
    else again = true;
  };

  const onAccountChange = (): void => {
    const changed = sessionKey(account) !== session;
    session = sessionKey(account);
    if (changed) nudges.forget();
    events?.review();
    if (account.policyEnded()) void hold.end().then(announce, announce);
    if (account.owner() === null) {
      schedule.clear();
      sync.error = null;
      failures = 0;
    } else if (changed && account.state().state === 'signed-in') soon();
    announce();
  };

  return {
    state,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    sync: run,
    importBundle: async (jws) => {
      const outcome = await importBundle({ ...options, hold, binding: options.binding?.() ?? null }, jws);
      if (outcome.ok) sync.lastSuccess = instant(clock.wall());
      announce();
      return outcome;
    },
    nudge() {
      if (account.owner() !== null) soon();
    },
    async start({ schedule: scheduled } = { schedule: true }) {
      stopping = new AbortController();
      await hold.load();
      if (account.policyEnded()) await hold.end().catch(() => {});
      sync.lastSuccess = hold.lastSuccess();
      session = sessionKey(account);
      unsubscribe = account.onChange(onAccountChange);
      if (scheduled) {
        if (account.owner() !== null) schedule.plan(0);
        schedule.start();
        events?.start();
      } else {
        // No tick will come: what time has done to the bundle is looked at now.
        await hold.checkGrace().catch(() => {});
      }
      announce();
    },
    async stop() {
      stopping?.abort();
      schedule.stop();
      unsubscribe();
      await events?.stop();
      await running?.catch(() => {});
      await hold.settled();
    },
  };
}

/** The stream of events; `null` for whoever is given no way to have one. */
function policyEvents(
  { push, account, clock, random }: PolicyDeliveryOptions,
  rest: Pick<Parameters<typeof createPolicyEvents>[0], 'highestSeq' | 'onNudge' | 'onEnd' | 'onState'>,
): PolicyEvents | null {
  return push === undefined ? null : createPolicyEvents({ http: push, account, clock, random, ...rest });
}

type SyncResult = Omit<SyncAnswer, 'policy'>;

/** The hub's keys are read again after this long, so that a withdrawn one is noticed. */
const KEYS_AGE_MS = 24 * 60 * 60_000;

const NOT_RUNNING: SyncResult = { outcome: 'failed', message: 'The agent is stopping.' };

/** Changes with everything after which a fetch is due: another user, another organization, a new session. */
function sessionKey(account: PolicyDeliveryOptions['account']): string {
  const owner: PolicyOwner | null = account.owner();
  const { state, account: shown } = account.state();
  return JSON.stringify([owner?.issuer, owner?.userId, owner?.organization, state, shown?.signedInAt]);
}

function errorOf(outcome: AttemptOutcome): { code: string; message: string } | null {
  if (outcome.result === 'refused') {
    return { code: outcome.reason, message: refusedFetch(outcome.reason, outcome.message).message };
  }
  return outcome.result === 'failed'
    ? { code: outcome.refusal.code, message: outcome.refusal.message }
    : null;
}

function resultOf(outcome: AttemptOutcome): SyncResult {
  switch (outcome.result) {
    case 'failed': {
      const { code, message, help } = outcome.refusal;
      return {
        outcome: 'failed',
        message,
        error: { code, message, ...(help === undefined ? {} : { help }) },
      };
    }
    case 'refused': {
      const { message, help } = refusedFetch(outcome.reason, outcome.message);
      return {
        outcome: 'refused',
        message,
        error: { code: outcome.reason, message, help, details: { reason: outcome.reason } },
      };
    }
    default:
      return { outcome: outcome.result, message: outcome.message };
  }
}
