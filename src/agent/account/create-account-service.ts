import { randomUUID } from 'node:crypto';
import type { AgentAccount } from '../../shared/contracts/agent-api.ts';
import { type Refusal, RefusalError } from '../../shared/contracts/refusal.ts';
import { instant } from '../clock.ts';
import { createSerial } from '../serial.ts';
import { diskFiles } from '../state-file.ts';
import { fetchAccount } from './account-fetch.ts';
import {
  type AccountRecord,
  readAccountRecord,
  type SignedIn,
  writeAccountRecord,
} from './account-record.ts';
import type { AccessToken, AccountService, AccountServiceOptions, AccountState } from './account-service.ts';
import { activeOf, fromHub, refusedOrganization, shownAccount } from './account-view.ts';
import { chooseHub, movedHub } from './hub-choice.ts';
import { createHubDirectory } from './hub-directory.ts';
import type { HubOidc, Tokens } from './hub-oidc.ts';
import { openSession, type Session, type SessionStart } from './session.ts';
import { completeSignIn } from './sign-in-completion.ts';
import { createSignInDesk, REPLACED } from './sign-in-desk.ts';

const STOPPING: Refusal = {
  code: 'sign_in_required',
  message: 'The sign-in was called off: the agent is stopping.',
};
const SIGNED_OUT: Refusal = {
  code: 'sign_in_required',
  message: 'Nobody is signed in.',
  help: 'Sign in with "mooring login".',
};
const NOT_KEPT: Refusal = {
  code: 'storage_failed',
  message: 'The account could not be kept on disk.',
  help: 'Make room, or check the permissions of the Mooring folder.',
};

/** Reads the account's record and keeps the session. The keychain is asked at the first use, not here. */
export async function createAccountService(options: AccountServiceOptions): Promise<AccountService> {
  const { clock, http, keychain } = options;
  const files = options.files ?? diskFiles();
  const hubs = createHubDirectory(options);
  /** Everything that reads, changes and writes the record, one after another. */
  const inTurn = createSerial();
  const listeners = new Set<(state: AccountState) => void>();
  let record = await readAccountRecord(files, options.recordFile, randomUUID);
  let session: Session | null = null;
  let lastActive: string | null = null;

  const active = (account: SignedIn): string | null => activeOf(account, options.allowedOrganizations());
  const movedTo = (account: SignedIn): string | null => movedHub(account.hubUrl, options.managedHubUrl());
  const entryOf = (hubUrl: string): string => `${hubUrl}#${record.deviceId}`;

  const state = (): AccountState => {
    const { account } = record;
    if (account === null || session === null) {
      return { state: 'signed-out', account: null, sessionStorage: 'keychain' };
    }
    const { kind, reason } = session.storage();
    const because = session.alive() ? null : session.endedBecause();
    const device = { id: record.deviceId, name: options.deviceName };
    return {
      state: session.alive() && movedTo(account) === null ? 'signed-in' : 'sign-in-again',
      account: shownAccount(account, device, active(account)),
      sessionStorage: kind,
      ...(reason === null ? {} : { sessionStorageReason: reason }),
      ...(because === null ? {} : { sessionEnd: because }),
    };
  };
  const announce = (): void => {
    lastActive = record.account === null ? null : active(record.account);
    const now = state();
    for (const listener of [...listeners]) listener(now);
  };
  /** On disk first: what was announced must still be so after a crash. */
  const commit = async (next: AccountRecord): Promise<boolean> => {
    try {
      if (JSON.stringify(next) !== JSON.stringify(record)) {
        await writeAccountRecord(files, options.recordFile, next);
      }
    } catch {
      return false;
    }
    record = next;
    return true;
  };

  const sessionOf = (account: SignedIn, start: SessionStart): Session => {
    const opened = openSession(
      {
        ...{ clock, keychain },
        entry: entryOf(account.hubUrl),
        userId: account.userId,
        oidc: () => hubs.find(account.hubUrl),
        onChange: () => void inTurn(() => noteSession(opened)),
      },
      start,
    );
    return opened;
  };
  /** The record follows the session, so that the next start knows at once what this one found out. */
  const noteSession = async (of: Session): Promise<void> => {
    const { account } = record;
    if (account === null || session !== of) return;
    const { kind, reason } = of.storage();
    // A keychain that is locked now says nothing about where the session lives.
    const storage = of.alive() ? { storage: kind, storageReason: reason } : {};
    const ended = !of.alive() && kind === 'keychain';
    const sessionEnd = (ended ? of.endedBecause() : null) ?? undefined;
    const standing = { session: ended ? ('ended' as const) : ('open' as const), sessionEnd };
    await commit({ ...record, account: { ...account, ...storage, ...standing } });
    announce();
  };

  const complete = async (
    hubUrl: string,
    oidc: HubOidc,
    trustKey: string | undefined,
    tokens: Tokens,
  ): Promise<Refusal | null> => {
    const before = { account: record.account, session };
    const done = await completeSignIn(
      { ...{ http, keychain, oidc, hubUrl, trustKey }, trust: options.trust, entry: entryOf(hubUrl) },
      tokens,
    );
    if ('code' in done) return done;
    const same = before.account?.userId === done.account.userId && before.account.issuer === oidc.issuer;
    const account: SignedIn = {
      ...fromHub(done.account),
      hubUrl,
      issuer: oidc.issuer,
      chosenOrganization: same ? (before.account?.chosenOrganization ?? null) : null,
      signedInAt: instant(clock.wall()),
      storage: done.storage.kind,
      storageReason: done.storage.reason,
      session: 'open',
    };
    if (!(await commit({ ...record, account, lastHubUrl: hubUrl, policyEnded: false }))) {
      await done.undo();
      return NOT_KEPT;
    }
    const { refreshToken, storage } = done;
    session = sessionOf(account, { from: 'tokens', refreshToken, storage, tokens });
    if (done.replaced !== null) hubs.revoke(hubUrl, done.replaced.refreshToken);
    if (before.account !== null && before.account.hubUrl !== hubUrl) {
      await leave(before.account.hubUrl, (await before.session?.refreshToken()) ?? null);
    }
    announce();
    return null;
  };
  /** Nothing of a session stays, here or at its hub. */
  const leave = async (hubUrl: string, refreshToken: string | null): Promise<void> => {
    await keychain.remove(entryOf(hubUrl));
    if (refreshToken !== null) hubs.revoke(hubUrl, refreshToken);
  };

  const desk = createSignInDesk({
    clock,
    opener: options.opener,
    chooseHub: (request) =>
      chooseHub({
        managed: options.managedHubUrl(),
        asked: request.hub,
        known: [record.account?.hubUrl, record.lastHubUrl, options.defaultHubUrl],
      }),
    discover: hubs.find,
    loginHint: (hubUrl) => (record.account?.hubUrl === hubUrl ? record.account.email : null),
    complete: (...sign) => inTurn(() => complete(...sign)),
  });

  const accessToken = async (rejected?: string): Promise<AccessToken> => {
    const { account } = record;
    if (account === null || session === null) return { ok: false, refusal: SIGNED_OUT };
    const moved = movedTo(account);
    if (moved === null) return session.accessToken(rejected);
    const message = `This device is now managed by ${moved}, another hub than the one you signed in to.`;
    return { ok: false, refusal: { code: 'sign_in_required', message, help: 'Sign in again.' } };
  };

  const refresh = async (): Promise<Refusal | null> => {
    let rejected: string | undefined;
    for (;;) {
      const access = await accessToken(rejected);
      const { account } = record;
      if (!access.ok) return access.refusal;
      if (account === null) return SIGNED_OUT;
      const fetched = await fetchAccount(http, account.hubUrl, access.token);
      if (fetched.ok) return inTurn(() => adopt(account, fetched.account));
      if (!fetched.rejected || rejected !== undefined) return fetched.refusal;
      rejected = access.token;
    }
  };
  const adopt = async (asked: SignedIn, answer: AgentAccount): Promise<Refusal | null> => {
    const { account } = record;
    // Somebody signed in or out meanwhile: this answer is not about them.
    if (account === null || account.signedInAt !== asked.signedInAt) return null;
    if (answer.userId !== account.userId) {
      const message = 'The hub answered about another user than the one signed in here.';
      return { code: 'unreachable', message };
    }
    const before = record;
    if (!(await commit({ ...record, account: { ...account, ...fromHub(answer) } }))) return NOT_KEPT;
    if (JSON.stringify(before) !== JSON.stringify(record)) announce();
    return null;
  };

  const signOut = async (): Promise<void> => {
    const { account } = record;
    const token = (await session?.refreshToken()) ?? null;
    const policyEnded = record.policyEnded || !options.signInEnforced();
    const next = { ...record, account: null, policyEnded };
    const noted = await commit(next);
    // Whatever else fails, from here on the person is signed out.
    record = next;
    session = null;
    announce();
    if (account !== null) await leave(account.hubUrl, token);
    if (noted) return;
    throw new RefusalError({
      code: 'storage_failed',
      message: 'You are signed out, but that could not be noted on disk.',
      help: 'Make room or check the permissions of the Mooring folder, then sign out again.',
    });
  };

  if (record.account !== null) {
    session = sessionOf(record.account, startOf(record.account));
    lastActive = active(record.account);
  }
  return {
    state,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    login: desk.begin,
    loginProgress: desk.progress,
    async logout() {
      await desk.cancel(REPLACED);
      try {
        await inTurn(signOut);
      } finally {
        await hubs.settled();
      }
    },
    useOrganization: (name) =>
      inTurn(async () => {
        const { account } = record;
        if (account === null) return SIGNED_OUT;
        const refusal = refusedOrganization(account, options.allowedOrganizations(), name);
        if (refusal !== null) return refusal;
        if (!(await commit({ ...record, account: { ...account, chosenOrganization: name } })))
          return NOT_KEPT;
        announce();
        return null;
      }),
    accessToken,
    refresh,
    reviewOrganization() {
      if (record.account !== null && active(record.account) !== lastActive) announce();
    },
    owner() {
      const { account } = record;
      if (account === null) return null;
      const { hubUrl, issuer, userId, organizations } = account;
      const first = activeOf(account, null);
      const memberships = organizations
        .map(({ name }) => name)
        .sort((a, b) => Number(b === first) - Number(a === first));
      return { hubUrl, issuer, userId, organization: active(account), memberships };
    },
    policyEnded: () => record.policyEnded,
    async stop() {
      await desk.cancel(STOPPING);
      await hubs.settled();
      await inTurn(async () => {});
    },
  };
}

function startOf(account: SignedIn): SessionStart {
  const storage = { kind: account.storage, reason: account.storageReason };
  // A session that lived in memory ended with the process that had it.
  const over = account.session === 'ended' || account.storage === 'memory';
  return over ? { from: 'ended', storage, because: account.sessionEnd ?? null } : { from: 'keychain' };
}
