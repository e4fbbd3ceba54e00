import type { AccountAnswer, LoginAnswer, LoginRequest } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';

/** The account as the rest of the agent sees it; the requirement of enforced sign-in is added by the agent. */
export type AccountState = Omit<AccountAnswer, 'signIn'>;

/** A bearer for one call to the hub, or why there is none. */
export type AccessToken =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly refusal: Refusal };

/** Signing in and out, and the session that follows from it (identity.md section 1). */
export interface AccountService {
  state(): AccountState;
  onChange(listener: (state: AccountState) => void): () => void;
  /** Starts a sign-in and answers at once with the address where the person continues. */
  login(request: LoginRequest): Promise<LoginAnswer | Refusal>;
  /** Waits until the sign-in has ended, or `timeoutMs` has passed. */
  loginProgress(id: string, timeoutMs: number): Promise<LoginAnswer | Refusal>;
  logout(): Promise<void>;
  /** Switches the active organization among those allowed here. */
  useOrganization(name: string): Promise<Refusal | null>;
  /** A token that is valid now; refreshes when needed, one refresh at a time. */
  accessToken(): Promise<AccessToken>;
  /** Ends what it started. Never signs out. */
  stop(): Promise<void>;
}
