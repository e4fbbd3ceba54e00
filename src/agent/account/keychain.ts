/** What a keychain answered. `reason` is plain words for a person: why there is none, or why it refused. */
export type KeychainAnswer =
  | { readonly ok: true; readonly secret: string | null }
  | { readonly ok: false; readonly reason: string };

/** The operating system's store of secrets. Never throws, never falls back to a file. */
export interface Keychain {
  /** `secret: null` where there is no such entry. */
  read(account: string): Promise<KeychainAnswer>;
  write(account: string, secret: string): Promise<KeychainAnswer>;
  /** Succeeds also where there was no such entry. */
  remove(account: string): Promise<KeychainAnswer>;
}
