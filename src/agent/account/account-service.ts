import { randomUUID } from 'node:crypto';
import type { Account, AccountAnswer, LoginAnswer, LoginRequest } from '../../shared/contracts/local-api.ts';
import { type Refusal, RefusalError } from '../../shared/contracts/refusal.ts';
import { type Clock, instant } from '../clock.ts';
import type { HubHttp } from '../delivery/hub-http.ts';
import type { HubKeyTrust } from '../delivery/hub-key-trust.ts';
import { type HubUrl, readHubUrl } from '../delivery/hub-url.ts';
import { createSerial } from '../serial.ts';
import { diskFiles, type StateFiles } from '../state-file.ts';
import { fetchAccount } from './account-fetch.ts';
import {
  type AccountRecord,
  readAccountRecord,
  type SignedIn,
  writeAccountRecord,
} from './account-record.ts';
import { activeOrganization, eligibleOrganizations } from './active-organization.ts';
import type { BrowserOpener } from './browser-opener.ts';
import { discoverHub, type HubOidc, type OidcResult, type Tokens } from './hub-oidc.ts';
import type { Keychain } from './keychain.ts';
import { openSession, type Session, type SessionStart, unreachable } from './session.ts';
import { type SignIn, startBrowserSignIn, startDeviceSignIn } from './sign-in.ts';
import { completeSignIn } from './sign-in-completion.ts';

/** The account as the rest of the agent sees it; the requirement of enforced sign-in is added by the agent. */
export type AccountState = Omit<AccountAnswer, 'signIn'>;

/** A bearer for one call to the hub, or why there is none. */
export type AccessToken =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly refusal: Refusal };

/** Whose policy this device asks for. Stays through every loss of the session, as the account does. */
export interface PolicyOwner {
  readonly hubUrl: string;
  /** `issuer` of the hub's discovery document, compared exactly with a bundle's `iss`. */
  readonly issuer: string;
  readonly userId: string;
  /** The active organization; `null` when none of the user's is allowed here. */
  readonly organization: string | null;
  /** Every organization the hub named at the last contact. */
  readonly memberships: readonly string[];
}

/** Signing in and out, and the session that follows from it (docs/identity.md section 1). */
export interface AccountService {
  state(): AccountState;
  onChange(listener: (state: AccountState) => void): () => void;
  /** Starts a sign-in and answers at once with the address where the person continues. `account` is filled by the agent. */
  login(request: LoginRequest): Promise<LoginAnswer | Refusal>;
  /** Waits until the sign-in has ended, or `timeoutMs` has passed. */
  loginProgress(id: string, timeoutMs: number): Promise<LoginAnswer | Refusal>;
  /**
   * Ends the session here, at the hub as far as it can be reached, and in the keychain. Rejects with a `RefusalError`
   * (`storage_failed`) where the disk would not note it; the session is over all the same.
   */
  logout(): Promise<void>;
  /** Switches the active organization among those allowed here. */
  useOrganization(name: string): Promise<Refusal | null>;
  /**
   * A token that is valid now; refreshes when needed, one refresh at a time. `rejected`: the token that the hub
   * just refused, which is then not given again.
   */
  accessToken(rejected?: string): Promise<AccessToken>;
  /** Reads the memberships from the hub again. The refusal says why that failed; nothing is lost then. */
  refresh(): Promise<Refusal | null>;
  /** To be called when `allowedOrganizations` may answer differently: announces another active organization. */
  reviewOrganization(): void;
  /** The account recorded on this device; `null` when nobody signed in, or the person signed out. */
  owner(): PolicyOwner | null;
  /** True when the person signed out where sign-in is not enforced: the one way a bundle ends without another. */
  policyEnded(): boolean;
  /** Ends what it started. Never signs out. */
  stop(): Promise<void>;
}

/** What `createAccountService` stands on. */
export interface AccountServiceOptions {
  /** `AgentPaths.account`: who is signed in, the device id, the organizations. Never a secret. */
  readonly recordFile: string;
  /** Default: the disk. */
  readonly files?: StateFiles;
  readonly http: HubHttp;
  readonly trust: HubKeyTrust;
  readonly keychain: Keychain;
  readonly opener: BrowserOpener;
  readonly clock: Clock;
  /** Shown in the account and at the hub, for example the host name. */
  readonly deviceName: string;
  /** The hub of a sign-in that names none, on a device that knows none yet. */
  readonly defaultHubUrl: string | null;
  /** `hubUrl` of the configuration profile: no other hub is then accepted. */
  readonly managedHubUrl: () => string | null;
  /** `allowedOrgs` of enforced sign-in; `null` where not set. */
  readonly allowedOrganizations: () => readonly string[] | null;
  /** Decides at sign-out whether the bundle ends (docs/delivery.md section 4). */
  readonly signInEnforced: () => boolean;
}

/** A hub's discovery document is read again after this long. */
const DISCOVERY_MS = 60 * 60_000;
/** So many ended sign-ins are remembered, for whoever still asks how theirs went. */
const REMEMBERED_SIGN_INS = 8;

const STOPPING: Refusal = {
  code: 'sign_in_required',
  message: 'The sign-in was called off: the agent is stopping.',
};
const REPLACED: Refusal = { code: 'conflict', message: 'Another sign-in was started instead of this one.' };
const SIGNED_OUT: Refusal = {
  code: 'sign_in_required',
  message: 'Nobody is signed in.',
  help: 'Sign in with "mooring login".',
};

/** Reads the account's record and keeps the session. The keychain is asked at the first use, not here. */
export async function createAccountService(options: AccountServiceOptions): Promise<AccountService> {
  const { clock, http, keychain } = options;
  const files = options.files ?? diskFiles();
  let record = await readAccountRecord(files, options.recordFile, randomUUID);
  const inTurn = createSerial();
  const listeners = new Set<(state: AccountState) => void>();
  const signIns = new Map<string, SignIn>();
  const background = new Set<Promise<unknown>>();
  const discovered = new Map<string, { readonly oidc: HubOidc; readonly at: number }>();
  let current: SignIn | null = null;
  let session: Session | null = null;
  let lastActive: string | null = null;

  const active = (account: SignedIn): string | null =>
    activeOrganization(account.organizations, options.allowedOrganizations(), account.chosenOrganization);

  /** The hub that the profile names instead of the account's, where it does. */
  const movedTo = (account: SignedIn): string | null => {
    const managed = options.managedHubUrl();
    if (managed === null) return null;
    const read = readHubUrl(managed);
    return read.ok && read.url === account.hubUrl ? null : managed;
  };
  const state = (): AccountState => {
    const { account } = record;
    if (account === null || session === null)
      return { state: 'signed-out', account: null, sessionStorage: 'keychain' };
    const { kind, reason } = session.storage();
    return {
      state: session.alive() && movedTo(account) === null ? 'signed-in' : 'sign-in-again',
      account: shown(account, record.deviceId, options.deviceName, active(account)),
      sessionStorage: kind,
      ...(reason === null ? {} : { sessionStorageReason: reason }),
    };
  };
  const announce = (): void => {
    lastActive = record.account === null ? null : active(record.account);
    const now = state();
    for (const listener of [...listeners]) listener(now);
  };
  /** On disk first: what was announced must still be so after a crash. */
  const commit = async (next: AccountRecord): Promise<void> => {
    if (JSON.stringify(next) === JSON.stringify(record)) return;
    await writeAccountRecord(files, options.recordFile, next);
    record = next;
  };

  const oidcOf = async (hubUrl: string): Promise<OidcResult<HubOidc>> => {
    const known = discovered.get(hubUrl);
    if (known !== undefined && clock.monotonic() - known.at < DISCOVERY_MS)
      return { ok: true, value: known.oidc };
    const found = await discoverHub(hubUrl, http, options.deviceName);
    if (found.ok) discovered.set(hubUrl, { oidc: found.value, at: clock.monotonic() });
    return found;
  };
  const entryOf = (hubUrl: string): string => `${hubUrl}#${record.deviceId}`;

  const sessionOf = (account: SignedIn, start: SessionStart): Session => {
    const opened = openSession(
      {
        clock,
        keychain,
        entry: entryOf(account.hubUrl),
        userId: account.userId,
        oidc: () => oidcOf(account.hubUrl),
        onChange: () => {
          if (session === opened) void inTurn(() => noteSession(opened));
        },
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
    await commit({ ...record, account: { ...account, ...storage, session: ended ? 'ended' : 'open' } }).catch(
      () => {},
    );
    announce();
  };

  const revokeLater = (hubUrl: string, refreshToken: string): void => {
    const revoking = oidcOf(hubUrl)
      .then((found) => (found.ok ? found.value.revoke(refreshToken) : null))
      .catch(() => null);
    background.add(revoking);
    void revoking.finally(() => background.delete(revoking));
  };

  const complete = (
    hubUrl: string,
    oidc: HubOidc,
    trustKey: string | undefined,
    tokens: Tokens,
  ): Promise<Refusal | null> =>
    inTurn(async () => {
      const before = record.account;
      const beforeSession = session;
      const done = await completeSignIn(
        { http, trust: options.trust, keychain, oidc, hubUrl, entry: entryOf(hubUrl), trustKey },
        tokens,
      );
      if ('code' in done) return done;
      const same = before?.userId === done.account.userId && before.issuer === oidc.issuer;
      const account: SignedIn = {
        ...fromHub(done.account),
        hubUrl,
        issuer: oidc.issuer,
        chosenOrganization: same ? before.chosenOrganization : null,
        signedInAt: instant(clock.wall()),
        storage: done.storage.kind,
        storageReason: done.storage.reason,
        session: 'open',
      };
      try {
        await commit({ ...record, account, lastHubUrl: hubUrl, policyEnded: false });
      } catch {
        await done.undo();
        return {
          code: 'storage_failed',
          message: 'The account could not be kept on disk.',
          help: 'Make room, or check the permissions of the Mooring folder.',
        };
      }
      session = sessionOf(account, {
        from: 'tokens',
        refreshToken: done.refreshToken,
        storage: done.storage,
        tokens,
      });
      if (done.replaced !== null) revokeLater(hubUrl, done.replaced.refreshToken);
      if (before !== null && before.hubUrl !== hubUrl && beforeSession !== null) {
        const token = await beforeSession.refreshToken();
        if (token !== null) revokeLater(before.hubUrl, token);
        await keychain.remove(entryOf(before.hubUrl));
      }
      announce();
      return null;
    });

  const chooseHub = (request: LoginRequest): HubUrl | Refusal => {
    const managed = options.managedHubUrl();
    const { account, lastHubUrl } = record;
    const given = request.hub ?? managed ?? account?.hubUrl ?? lastHubUrl ?? options.defaultHubUrl;
    if (given === null) {
      return {
        code: 'bad_request',
        message: 'No hub was named, and this device knows none yet.',
        help: 'Name it: mooring login --hub https://hub.example.com',
      };
    }
    const chosen = readHubUrl(given);
    if (!chosen.ok) return { code: 'bad_request', message: chosen.message, help: chosen.help };
    if (managed === null) return chosen;
    const wanted = readHubUrl(managed);
    if (!wanted.ok)
      return {
        code: 'bad_request',
        message: `The hub in the configuration profile cannot be used. ${wanted.message}`,
        help: `Ask your administrator. ${wanted.help}`,
      };
    if (wanted.url === chosen.url) return chosen;
    return {
      code: 'forbidden',
      message: `This device is managed by ${wanted.url}; another hub is not accepted here.`,
      help: 'Sign in without naming a hub.',
    };
  };

  const remember = (signIn: SignIn): void => {
    signIns.set(signIn.id, signIn);
    for (const id of [...signIns.keys()].slice(0, -REMEMBERED_SIGN_INS)) signIns.delete(id);
  };

  const login = async (request: LoginRequest): Promise<LoginAnswer | Refusal> => {
    const hub = chooseHub(request);
    if ('code' in hub) return hub;
    if (!hub.ok) return { code: 'bad_request', message: hub.message, help: hub.help };
    await current?.cancel(REPLACED);
    current = null;
    const found = await oidcOf(hub.url);
    if (!found.ok) return unreachable(found.problem);
    const oidc = found.value;
    const parts = {
      id: randomUUID(),
      clock,
      oidc,
      complete: (tokens: Tokens) => complete(hub.url, oidc, request.trustKey, tokens),
    };
    const signIn =
      request.method === 'device'
        ? await startDeviceSignIn(parts)
        : await startBrowserSignIn({
            ...parts,
            opener: request.openBrowser ? options.opener : null,
            loginHint: record.account?.hubUrl === hub.url ? record.account.email : null,
          });
    if (!('ended' in signIn)) return signIn;
    current = signIn;
    remember(signIn);
    return signIn.answer();
  };

  const readMemberships = async (): Promise<Refusal | null> => {
    let rejected: string | undefined;
    for (;;) {
      const access = await accessToken(rejected);
      const { account } = record;
      if (!access.ok) return access.refusal;
      if (account === null) return SIGNED_OUT;
      const fetched = await fetchAccount(http, account.hubUrl, access.token);
      if (!fetched.ok && fetched.rejected && rejected === undefined) {
        rejected = access.token;
        continue;
      }
      if (!fetched.ok) return fetched.refusal;
      return inTurn(() => adoptMemberships(account, fetched.account));
    }
  };
  const adoptMemberships = async (
    asked: SignedIn,
    answer: Parameters<typeof fromHub>[0],
  ): Promise<Refusal | null> => {
    const { account } = record;
    // Somebody else signed in meanwhile: this answer is not about them.
    if (account === null || account.signedInAt !== asked.signedInAt) return null;
    if (answer.userId !== account.userId) {
      return {
        code: 'unreachable',
        message: 'The hub answered about another user than the one signed in here.',
      };
    }
    const next = { ...record, account: { ...account, ...fromHub(answer) } };
    if (JSON.stringify(next) === JSON.stringify(record)) return null;
    try {
      await commit(next);
    } catch {
      return { code: 'storage_failed', message: 'The account could not be kept on disk.' };
    }
    announce();
    return null;
  };

  const accessToken = async (rejected?: string): Promise<AccessToken> => {
    const { account } = record;
    if (account === null || session === null) return { ok: false, refusal: SIGNED_OUT };
    const moved = movedTo(account);
    if (moved === null) return session.accessToken(rejected);
    return {
      ok: false,
      refusal: {
        code: 'sign_in_required',
        message: `This device is now managed by ${moved}, another hub than the one you signed in to.`,
        help: 'Sign in again.',
      },
    };
  };

  const signOut = async (): Promise<void> => {
    const { account } = record;
    const leaving = session;
    const policyEnded = record.policyEnded || !options.signInEnforced();
    const token = (await leaving?.refreshToken()) ?? null;
    const next = { ...record, account: null, policyEnded };
    const noted = await commit(next).then(
      () => true,
      () => false,
    );
    // Whatever else fails, from here on the person is signed out.
    record = next;
    session = null;
    announce();
    if (account !== null) {
      await keychain.remove(entryOf(account.hubUrl));
      if (token !== null) revokeLater(account.hubUrl, token);
    }
    if (noted) return;
    throw new RefusalError({
      code: 'storage_failed',
      message: 'You are signed out, but that could not be noted on disk.',
      help: 'Make room or check the permissions of the Mooring folder, then sign out again.',
    });
  };

  if (record.account !== null) session = sessionOf(record.account, startOf(record.account));
  lastActive = record.account === null ? null : active(record.account);

  return {
    state,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    login: createSerialLogin(login),
    async loginProgress(id, timeoutMs) {
      const signIn = signIns.get(id);
      if (signIn === undefined)
        return { code: 'not_found', message: 'There is no such sign-in.', help: 'Start a new one.' };
      await within(clock, timeoutMs, signIn.ended);
      return signIn.answer();
    },
    async logout() {
      await current?.cancel(REPLACED);
      await inTurn(signOut);
      await Promise.all(background);
    },
    useOrganization: (name) =>
      inTurn(async () => {
        const { account } = record;
        if (account === null) return SIGNED_OUT;
        const refusal = refusedOrganization(account, options.allowedOrganizations(), name);
        if (refusal !== null) return refusal;
        try {
          await commit({ ...record, account: { ...account, chosenOrganization: name } });
        } catch {
          return { code: 'storage_failed', message: 'The choice could not be kept on disk.' };
        }
        announce();
        return null;
      }),
    accessToken,
    refresh: readMemberships,
    reviewOrganization() {
      if (record.account !== null && active(record.account) !== lastActive) announce();
    },
    owner() {
      const { account } = record;
      if (account === null) return null;
      const { hubUrl, issuer, userId, organizations } = account;
      return {
        hubUrl,
        issuer,
        userId,
        organization: active(account),
        memberships: organizations.map((each) => each.name),
      };
    },
    policyEnded: () => record.policyEnded,
    async stop() {
      await current?.cancel(STOPPING);
      await Promise.all(background);
      await inTurn(async () => {});
    },
  };
}

/** One sign-in is begun at a time: the later of two replaces the earlier, and finds it whole. */
function createSerialLogin(login: AccountService['login']): AccountService['login'] {
  const serial = createSerial();
  return (request) => serial(() => login(request));
}

function startOf(account: SignedIn): SessionStart {
  const storage = { kind: account.storage, reason: account.storageReason };
  // A session that lived in memory ended with the process that had it.
  return account.session === 'ended' || account.storage === 'memory'
    ? { from: 'ended', storage }
    : { from: 'keychain' };
}

function fromHub(account: {
  userId: string;
  email: string;
  name: string;
  organizations: SignedIn['organizations'];
  sessionExpiresAt: string | null;
}) {
  const { userId, email, name, organizations, sessionExpiresAt } = account;
  return { userId, email, name, organizations, sessionExpiresAt };
}

function shown(
  account: SignedIn,
  deviceId: string,
  deviceName: string,
  organization: string | null,
): Account {
  const { hubUrl, userId, email, name, signedInAt, sessionExpiresAt } = account;
  return {
    hubUrl,
    userId,
    email,
    name,
    organizations: account.organizations.map((each) => ({
      name: each.name,
      displayName: each.displayName,
      role: each.role,
      teams: each.teams,
    })),
    organization,
    deviceId,
    deviceName,
    signedInAt,
    sessionExpiresAt,
  };
}

function refusedOrganization(
  account: SignedIn,
  allowed: readonly string[] | null,
  name: string,
): Refusal | null {
  const eligible = eligibleOrganizations(account.organizations, allowed).map((each) => each.name);
  if (eligible.includes(name)) return null;
  const choice =
    eligible.length === 0 ? 'There is none to choose here.' : `Choose one of: ${eligible.join(', ')}.`;
  const details = { accepted: eligible };
  if (account.organizations.some((each) => each.name === name)) {
    return {
      code: 'forbidden',
      message: `"${name}" is not among the organizations allowed on this device.`,
      help: choice,
      details,
    };
  }
  return {
    code: 'not_found',
    message: `You are not a member of an organization named "${name}".`,
    help: choice,
    details,
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
