import type { Keychain, KeychainAnswer } from '../src/agent/account/keychain.ts';

/** A keychain that a test can lock, and whose every change it can see. */
export interface MemoryKeychain extends Keychain {
  readonly entries: Map<string, string>;
  /** Why it refuses; `null`: it works. */
  refusal: string | null;
  /** `write`, `read` and `remove`, in the order they came. */
  readonly calls: string[];
}

export function memoryKeychain(): MemoryKeychain {
  const entries = new Map<string, string>();
  const calls: string[] = [];
  const ask = (what: string, action: () => string | null): Promise<KeychainAnswer> => {
    calls.push(what);
    if (keychain.refusal !== null) return Promise.resolve({ ok: false, reason: keychain.refusal });
    return Promise.resolve({ ok: true, secret: action() });
  };
  const keychain: MemoryKeychain = {
    entries,
    calls,
    refusal: null,
    read: (account) => ask('read', () => entries.get(account) ?? null),
    write: (account, secret) =>
      ask('write', () => {
        entries.set(account, secret);
        return null;
      }),
    remove: (account) =>
      ask('remove', () => {
        entries.delete(account);
        return null;
      }),
  };
  return keychain;
}
