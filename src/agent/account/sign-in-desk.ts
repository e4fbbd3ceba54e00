import { randomUUID } from 'node:crypto';
import type { LoginAnswer, LoginRequest } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { Clock } from '../clock.ts';
import { createSerial } from '../serial.ts';
import type { BrowserOpener } from './browser-opener.ts';
import type { HubOidc, OidcResult, Tokens } from './hub-oidc.ts';
import { unreachable } from './session.ts';
import { type SignIn, startBrowserSignIn, startDeviceSignIn } from './sign-in.ts';

/** Begins sign-ins, one at a time, and remembers for a while how they went. */
export interface SignInDesk {
  /** The later of two sign-ins replaces the earlier, and finds it whole. */
  begin(request: LoginRequest): Promise<LoginAnswer | Refusal>;
  progress(id: string, timeoutMs: number): Promise<LoginAnswer | Refusal>;
  /** Ends the one under way; if it is already being carried through, waits for that. */
  cancel(refusal: Refusal): Promise<void>;
}

/** So many are remembered, for whoever still asks how theirs went. */
const REMEMBERED = 8;

/** Said to the sign-in that another one, or a sign-out, came after. */
export const REPLACED: Refusal = {
  code: 'conflict',
  message: 'Another sign-in, or a sign-out, came after this one.',
};

export function createSignInDesk(parts: {
  readonly clock: Clock;
  readonly opener: BrowserOpener;
  readonly chooseHub: (request: LoginRequest) => { readonly url: string } | Refusal;
  readonly discover: (hubUrl: string) => Promise<OidcResult<HubOidc>>;
  /** The e-mail address to fill in at that hub. */
  readonly loginHint: (hubUrl: string) => string | null;
  readonly complete: (
    hubUrl: string,
    oidc: HubOidc,
    trustKey: string | undefined,
    tokens: Tokens,
  ) => Promise<Refusal | null>;
}): SignInDesk {
  const { clock } = parts;
  const remembered = new Map<string, SignIn>();
  const inTurn = createSerial();
  let current: SignIn | null = null;
  /** Counts the cancellations: one that comes while a hub is being asked ends what comes of it. */
  let cancelled = 0;

  const begin = async (request: LoginRequest, cancelledBefore: number): Promise<LoginAnswer | Refusal> => {
    const hub = parts.chooseHub(request);
    if ('code' in hub) return hub;
    await current?.cancel(REPLACED);
    current = null;
    const found = await parts.discover(hub.url);
    if (!found.ok) return unreachable(found.problem);
    const oidc = found.value;
    const common = {
      id: randomUUID(),
      clock,
      oidc,
      complete: (tokens: Tokens) => parts.complete(hub.url, oidc, request.trustKey, tokens),
    };
    const signIn =
      request.method === 'device'
        ? await startDeviceSignIn(common)
        : await startBrowserSignIn({
            ...common,
            opener: request.openBrowser ? parts.opener : null,
            loginHint: parts.loginHint(hub.url),
          });
    if (!('ended' in signIn)) return signIn;
    if (cancelled !== cancelledBefore) await signIn.cancel(REPLACED);
    current = signIn;
    remembered.set(signIn.id, signIn);
    for (const id of [...remembered.keys()].slice(0, -REMEMBERED)) remembered.delete(id);
    return signIn.answer();
  };

  return {
    begin(request) {
      const cancelledBefore = cancelled;
      return inTurn(() => begin(request, cancelledBefore));
    },
    async progress(id, timeoutMs) {
      const signIn = remembered.get(id);
      if (signIn === undefined) {
        return { code: 'not_found', message: 'There is no such sign-in.', help: 'Start a new one.' };
      }
      await within(clock, timeoutMs, signIn.ended);
      return signIn.answer();
    },
    async cancel(refusal) {
      cancelled += 1;
      await current?.cancel(refusal);
    },
  };
}

async function within(clock: Clock, ms: number, ended: Promise<void>): Promise<void> {
  if (ms <= 0) return;
  let cancel = (): void => {};
  const limit = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([ended, limit]);
  cancel();
}
