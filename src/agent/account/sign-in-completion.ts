import type { AgentAccount } from '../../shared/contracts/agent-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { HubHttp } from '../delivery/hub-http.ts';
import type { HubKeyTrust } from '../delivery/hub-key-trust.ts';
import { fetchAccount } from './account-fetch.ts';
import type { HubOidc, Tokens } from './hub-oidc.ts';
import type { Keychain } from './keychain.ts';
import { parseSecret, type Secret, type SessionStorage, storeSecret } from './session.ts';

/** A sign-in carried through, all but the record. */
export interface CompletedSignIn {
  readonly account: AgentAccount;
  readonly refreshToken: string;
  readonly storage: SessionStorage;
  /** The token that stood in the keychain before, of whichever account. */
  readonly replaced: Secret | null;
  /** Takes it all back: the keychain as it was, the new session ended at the hub. */
  readonly undo: () => Promise<void>;
}

/**
 * From tokens to an account: store the refresh token, use the access token, pin the hub's keys. In this order, so that
 * an end at any point leaves at worst a token in the keychain that names its user, and is not used for another.
 * Whatever fails takes back what was done: a sign-in that did not work must not end the session there was.
 */
export async function completeSignIn(
  parts: {
    readonly http: HubHttp;
    readonly trust: HubKeyTrust;
    readonly keychain: Keychain;
    readonly oidc: HubOidc;
    readonly hubUrl: string;
    readonly entry: string;
    readonly trustKey: string | undefined;
  },
  tokens: Tokens,
): Promise<CompletedSignIn | Refusal> {
  const { refreshToken, subject } = tokens;
  if (refreshToken === null || subject === null) {
    return {
      code: 'unreachable',
      message:
        'The hub did not let this device stay signed in: it gave no refresh token, or did not say for whom.',
      help: 'Ask its operator whether it is a Mooring hub of a current version.',
    };
  }
  const before = await parts.keychain.read(parts.entry);
  const replaced = before.ok && before.secret !== null ? parseSecret(before.secret) : null;
  const storage = await storeSecret(parts.keychain, parts.entry, { userId: subject, refreshToken });
  const undo = async (): Promise<void> => {
    if (replaced === null) await parts.keychain.remove(parts.entry);
    else await storeSecret(parts.keychain, parts.entry, replaced);
    await parts.oidc.revoke(refreshToken);
  };
  const fetched = await fetchAccount(parts.http, parts.hubUrl, tokens.accessToken);
  const refusal = fetched.ok
    ? fetched.account.userId === subject
      ? await pin(parts)
      : otherPerson()
    : fetched.refusal;
  if (!fetched.ok || refusal !== null) {
    await undo();
    return refusal ?? otherPerson();
  }
  return { account: fetched.account, refreshToken, storage, replaced, undo };
}

async function pin(parts: {
  readonly trust: HubKeyTrust;
  readonly oidc: HubOidc;
  readonly hubUrl: string;
  readonly trustKey: string | undefined;
}): Promise<Refusal | null> {
  const pinned = await parts.trust.pinAtSignIn(parts.oidc.issuer, parts.hubUrl, parts.trustKey);
  switch (pinned.outcome) {
    case 'trusted':
      return null;
    case 'failed':
      return {
        code: 'unreachable',
        message: pinned.failure.message,
        help: 'Check the network and try again.',
      };
    case 'changed':
      return {
        code: 'conflict',
        message: `The hub signs with another key than the one pinned on this device. Pinned: ${list(pinned.pinned)}. Offered: ${list(pinned.offered)}.`,
        help: 'Ask your administrator for the fingerprint of the hub. If it is the offered one, sign in again and confirm that fingerprint (mooring login --trust-key).',
        details: { pinned: pinned.pinned, offered: pinned.offered },
      };
  }
}

function list(prints: readonly string[]): string {
  return prints.length === 0 ? 'none' : prints.join(', ');
}

function otherPerson(): Refusal {
  return {
    code: 'unreachable',
    message: 'The hub named one user in the sign-in and another in the account.',
  };
}
