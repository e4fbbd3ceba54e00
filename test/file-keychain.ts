import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Keychain } from '../src/agent/account/keychain.ts';

/** A keychain in a file, for tests in which agents are processes of their own and share one. Never for secrets. */
export function fileKeychain(path: string): Keychain {
  const entries = (): Record<string, string> => {
    try {
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      return {};
    }
  };
  const put = (next: Record<string, string>) => writeFileSync(path, JSON.stringify(next));
  return {
    read: async (name) => ({ ok: true, secret: entries()[name] ?? null }),
    write: async (name, secret) => {
      put({ ...entries(), [name]: secret });
      return { ok: true, secret };
    },
    remove: async (name) => {
      const { [name]: _gone, ...rest } = entries();
      if (Object.keys(rest).length === 0) rmSync(path, { force: true });
      else put(rest);
      return { ok: true, secret: null };
    },
  };
}
