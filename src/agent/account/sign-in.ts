import type { LoginAnswer } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { type Clock, instant } from '../clock.ts';
import { type BrowserOpener, openingWebOnly } from './browser-opener.ts';
import type { FinishedPage } from './finished-page.ts';
import type { HubOidc, OidcProblem, Tokens } from './hub-oidc.ts';
import { openLoopbackListener } from './loopback-listener.ts';
import { describeProblem, unreachable } from './session.ts';

/** A sign-in that is under way, or has ended. */
export interface SignIn {
  readonly id: string;
  answer(): LoginAnswer;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>;
  /** Ends it as failed, with this reason, unless it has ended already. */
  cancel(refusal: Refusal): Promise<void>;
}

/** What both kinds of sign-in stand on. */
export interface SignInParts {
  readonly id: string;
  readonly clock: Clock;
  readonly oidc: HubOidc;
  /** Turns tokens into an account; a refusal where the account cannot be used. */
  readonly complete: (tokens: Tokens) => Promise<Refusal | null>;
}

/** The browser has this long to come back. */
const BROWSER_LIMIT_MS = 10 * 60_000;
/** RFC 8628 section 3.5: so much is added when the hub asks to slow down. */
const SLOW_DOWN_MS = 5_000;

const TOO_LATE: Refusal = {
  code: 'sign_in_required',
  message: 'The sign-in was not finished in time.',
  help: 'Start it again.',
};

/** Ends once; whatever comes later finds it ended. */
interface Ending {
  readonly ended: Promise<void>;
  state(): { readonly state: LoginAnswer['state']; readonly error?: Refusal };
  open(): boolean;
  end(refusal: Refusal | null): void;
}

function createEnding(release: () => void): Ending {
  let outcome: { state: LoginAnswer['state']; error?: Refusal } = { state: 'waiting' };
  let resolve = (): void => {};
  const ended = new Promise<void>((done) => {
    resolve = done;
  });
  return {
    ended,
    state: () => outcome,
    open: () => outcome.state === 'waiting',
    end(refusal) {
      if (outcome.state !== 'waiting') return;
      outcome = refusal === null ? { state: 'done' } : { state: 'failed', error: refusal };
      release();
      resolve();
    },
  };
}

/** Authorization code with PKCE in the system browser (RFC 8252). */
export async function startBrowserSignIn(
  parts: SignInParts & { readonly opener: BrowserOpener | null; readonly loginHint: string | null },
): Promise<SignIn | Refusal> {
  const listener = await openLoopbackListener().catch(() => null);
  if (listener === null) {
    return {
      code: 'internal',
      message: 'No port of 127.0.0.1 could be opened for the browser to come back to.',
      help: 'Sign in with a code on another device instead: mooring login --device.',
    };
  }
  const step = await parts.oidc.browserStep(listener.redirectUri, parts.loginHint);
  if (!step.ok) {
    await listener.close();
    return unreachable(step.problem);
  }
  const { url, state, redeem } = step.value;
  const expiresAt = instant(parts.clock.wall() + BROWSER_LIMIT_MS);
  let closed: Promise<void> = Promise.resolve();
  const ending = createEnding(() => {
    cancelLimit();
    closed = listener.close();
  });
  /** While the answer is being redeemed neither the limit nor a cancellation takes it away half-way. */
  let redeeming: Promise<FinishedPage> | null = null;
  const cancelLimit = parts.clock.after(BROWSER_LIMIT_MS, () => {
    if (redeeming === null) ending.end(TOO_LATE);
  });
  listener.expect(state, (callback) => {
    redeeming = (async () => {
      const tokens = await redeem(callback);
      return tokens.ok ? await parts.complete(tokens.value) : refusalOf(tokens.problem);
    })()
      .catch((): Refusal => ({ code: 'internal', message: 'The sign-in failed inside the agent.' }))
      .then((refusal) => {
        ending.end(refusal);
        return pageFor(refusal);
      });
    return redeeming;
  });
  if (parts.opener !== null) void openingWebOnly(parts.opener)(url).catch(() => false);
  return {
    id: parts.id,
    answer: () => ({ id: parts.id, method: 'browser', url, expiresAt, ...loginState(ending) }),
    ended: ending.ended,
    async cancel(refusal) {
      await redeeming;
      ending.end(refusal);
      await closed;
    },
  };
}

/** The device grant (RFC 8628), where there is no browser. */
export async function startDeviceSignIn(parts: SignInParts): Promise<SignIn | Refusal> {
  const step = await parts.oidc.deviceStep();
  if (!step.ok) return unreachable(step.problem);
  const { url, userCode, lifetimeMs, intervalMs, poll } = step.value;
  const { clock } = parts;
  const ends = clock.monotonic() + lifetimeMs;
  const expiresAt = instant(clock.wall() + lifetimeMs);
  let cancelTimer = (): void => {};
  let polling: Promise<void> | null = null;
  let wait = intervalMs;
  const ending = createEnding(() => cancelTimer());

  const ask = async (): Promise<void> => {
    const tokens = await poll();
    if (!ending.open()) {
      // Called off while the hub was saying yes: a session nobody holds must not stay open there.
      if (tokens.ok && tokens.value.refreshToken !== null) await parts.oidc.revoke(tokens.value.refreshToken);
      return;
    }
    if (tokens.ok) return ending.end(await parts.complete(tokens.value));
    const verdict = judgePoll(tokens.problem);
    if (typeof verdict === 'object') return ending.end(verdict);
    if (verdict === 'slower') wait += SLOW_DOWN_MS;
    next();
  };
  const next = (): void => {
    if (!ending.open()) return;
    if (clock.monotonic() + wait > ends) {
      cancelTimer = clock.after(Math.max(0, ends - clock.monotonic()), () => ending.end(TOO_LATE));
      return;
    }
    cancelTimer = clock.after(wait, () => {
      polling = ask()
        .catch(() => ending.end({ code: 'internal', message: 'The sign-in failed inside the agent.' }))
        .finally(() => {
          polling = null;
        });
    });
  };
  next();
  return {
    id: parts.id,
    answer: () => ({ id: parts.id, method: 'device', url, userCode, expiresAt, ...loginState(ending) }),
    ended: ending.ended,
    async cancel(refusal) {
      ending.end(refusal);
      await polling;
    },
  };
}

/** RFC 8628 section 3.5; a network failure means "slower" too, as it asks for. */
function judgePoll(problem: OidcProblem): 'again' | 'slower' | Refusal {
  if (problem.kind === 'network') return 'slower';
  if (problem.kind === 'broken') return unreachable(problem);
  switch (problem.error) {
    case 'authorization_pending':
      return 'again';
    case 'slow_down':
      return 'slower';
    case 'expired_token':
      return TOO_LATE;
    default:
      return refusalOf(problem);
  }
}

function refusalOf(problem: OidcProblem): Refusal {
  if (problem.kind === 'network') return unreachable(problem);
  if (problem.kind === 'refused' && problem.error === 'access_denied') {
    const why = problem.description === '' ? '' : ` ${problem.description}`;
    return {
      code: 'forbidden',
      message: `The sign-in was refused or called off.${why}`,
      help: 'Start it again, or ask an administrator.',
    };
  }
  return { code: 'sign_in_required', message: describeProblem(problem), help: 'Start the sign-in again.' };
}

function pageFor(refusal: Refusal | null): FinishedPage {
  if (refusal === null) {
    return {
      status: 200,
      title: 'finished.done.title',
      text: 'finished.done.text',
    };
  }
  return {
    status: 400,
    title: 'finished.failed.title',
    text: { words: [refusal.message, refusal.help].filter((part) => part !== undefined).join(' ') },
  };
}

function loginState(ending: Ending): Pick<LoginAnswer, 'state' | 'error'> {
  const { state, error } = ending.state();
  if (error === undefined) return { state };
  const { code, message, help } = error;
  const details = error.details === undefined ? {} : { details: jsonDetails(error.details) };
  return { state, error: { code, message, ...(help === undefined ? {} : { help }), ...details } };
}

/** Details of a refusal as the contract carries them. */
function jsonDetails(
  details: NonNullable<Refusal['details']>,
): NonNullable<NonNullable<LoginAnswer['error']>['details']> {
  return JSON.parse(JSON.stringify(details));
}
