import type { Platform } from '../../shared/settings/setting.ts';
import type { Clock } from '../clock.ts';

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

/** The part of keytar that is used. */
export interface KeychainLibrary {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** Under which name entries stand in the keychain. */
const KEYCHAIN_SERVICE = 'Mooring';

/** A locked keychain asks its owner; after this long we go on without. */
const ANSWER_LIMIT_MS = 60_000;

/**
 * The system's keychain through keytar: Keychain on mac, Credential Manager on Windows, Secret Service on Linux.
 * The library is loaded at the first use, because it brings native code that a device without an account never needs
 * and that may be missing altogether.
 */
export function openKeychain(options: {
  readonly platform: Platform;
  readonly clock: Clock;
  readonly service?: string;
  readonly load?: () => Promise<KeychainLibrary>;
}): Keychain {
  const service = options.service ?? KEYCHAIN_SERVICE;
  const load = options.load ?? (() => import('keytar').then((module) => module.default ?? module));
  let library: Promise<KeychainLibrary> | null = null;

  const ask = async (
    question: (library: KeychainLibrary) => Promise<string | null>,
  ): Promise<KeychainAnswer> => {
    let cancel = (): void => {};
    const limit = new Promise<never>((_, reject) => {
      cancel = options.clock.after(ANSWER_LIMIT_MS, () => reject(new Error('no answer in time')));
    });
    try {
      library ??= load();
      return { ok: true, secret: await Promise.race([library.then(question), limit]) };
    } catch (error) {
      // A library that could not be loaded may be there after an installation; the next use tries again.
      library = null;
      return { ok: false, reason: reasonFor(options.platform, error) };
    } finally {
      cancel();
    }
  };

  return {
    read: (account) => ask((keychain) => keychain.getPassword(service, account)),
    write: (account, secret) =>
      ask(async (keychain) => {
        await keychain.setPassword(service, account, secret);
        return null;
      }),
    remove: (account) =>
      ask(async (keychain) => {
        await keychain.deletePassword(service, account);
        return null;
      }),
  };
}

/** Words of the libraries beneath keytar, which are all they give, to words for a person. */
function reasonFor(platform: Platform, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const has = (pattern: RegExp): boolean => pattern.test(text);
  const where = platform === 'linux' ? 'The keyring (Secret Service)' : 'The keychain';
  if (has(/no answer in time/))
    return `${where} did not answer: it may be locked and waiting for its password.`;
  if (has(/libsecret|cannot open shared object|ERR_DLOPEN|MODULE_NOT_FOUND|Cannot find (module|package)/i)) {
    return 'The keychain library cannot be loaded; on Linux it needs the package libsecret-1-0.';
  }
  // Before D-Bus in general: its errors carry the name of D-Bus too.
  if (has(/ServiceUnknown|not provided by any|was not activated|org\.freedesktop\.secrets/i)) {
    return 'No keyring service (Secret Service, for example gnome-keyring) runs here.';
  }
  if (has(/D-?Bus|autolaunch|dbus|DISPLAY/i))
    return 'No D-Bus session runs here, so no keyring can be reached.';
  if (has(/Object does not exist at path .*collection/i)) {
    return `${where} has no collection yet, and could not ask for a password to make one.`;
  }
  if (has(/lock|prompt|dismiss|cancel|denied|not allowed|interaction/i)) {
    return `${where} is locked, or its unlocking was refused.`;
  }
  return `${where} refused: ${text.replaceAll(/\s+/g, ' ').slice(0, 200)}`;
}
