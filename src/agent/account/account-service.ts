import type { AccountAnswer, LoginAnswer, LoginRequest } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { Clock } from '../clock.ts';
import type { HubHttp } from '../delivery/hub-http.ts';
import type { HubKeyTrust } from '../delivery/hub-key-trust.ts';
import type { StateFiles } from '../state-file.ts';
import type { BrowserOpener } from './browser-opener.ts';
import type { Keychain } from './keychain.ts';

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
  /** Every organization the hub named at the last contact; first the one that is followed where all are allowed. */
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

/** What `createAccountService` (create-account-service.ts) stands on. */
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
