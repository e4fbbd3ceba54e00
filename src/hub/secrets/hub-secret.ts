import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../database/make-folder.ts';

/**
 * The hub's own secret, in use. Private keys and session contents lie in the database only sealed with it, and
 * tokens only as its digests: a copy of the database alone signs nothing and signs nobody in.
 */
export interface HubSecret {
  /** Encrypts and authenticates. `purpose` must be the same at opening: a value cannot be moved elsewhere. */
  seal(purpose: string, plain: Uint8Array): Buffer;
  /** `null` when it was sealed with another secret, for another purpose, or changed. */
  open(purpose: string, sealed: Uint8Array): Buffer | null;
  /** Keyed digest (32 bytes) of a token, for storing and finding it without keeping it. */
  digest(purpose: string, text: string): Buffer;
}

/** Why there is no secret to work with; each case says what the operator does about it. */
export type HubSecretFault =
  | { readonly kind: 'too_short'; readonly message: string }
  | { readonly kind: 'unsafe_file'; readonly message: string }
  | { readonly kind: 'unreadable_file'; readonly message: string };

/** Where the secret comes from: the environment first, else a file made at the first start. */
export interface HubSecretSource {
  /** Value of `MOORING_HUB_SECRET`, where set. */
  readonly environment: string | undefined;
  /** `<data directory>/hub.secret`. */
  readonly file: string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MINIMUM_CHARACTERS = 32;

/** Loads the secret, and makes the file (mode 0600) when neither source has one. */
export async function loadHubSecret(
  source: HubSecretSource,
): Promise<
  { readonly ok: true; readonly secret: HubSecret } | { readonly ok: false; readonly fault: HubSecretFault }
> {
  if (source.environment !== undefined && source.environment !== '') {
    if (source.environment.length < MINIMUM_CHARACTERS) {
      return fault(
        'too_short',
        `MOORING_HUB_SECRET has fewer than ${MINIMUM_CHARACTERS} characters. Make one with: openssl rand -base64 32`,
      );
    }
    return { ok: true, secret: createHubSecret(source.environment) };
  }
  try {
    const text = await readOrCreate(source.file);
    if (text === null) {
      return fault('unsafe_file', `${source.file} can be read by other users. Run: chmod 600 ${source.file}`);
    }
    if (text.length < MINIMUM_CHARACTERS) {
      return fault(
        'too_short',
        `${source.file} has fewer than ${MINIMUM_CHARACTERS} characters. Restore it from the backup it belongs to.`,
      );
    }
    return { ok: true, secret: createHubSecret(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fault(
      'unreadable_file',
      `${source.file} cannot be read or made (${reason}). The hub's keys are sealed with it: mend its permissions, or set MOORING_HUB_SECRET.`,
    );
  }
}

/** The secret from its text: one key to seal with and one to digest with, derived by HKDF (RFC 5869). */
export function createHubSecret(text: string): HubSecret {
  // Key objects: bytes would be made one anew for each of the thousands of tokens that come at once.
  const derive = (use: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', text, 'mooring-hub', use, 32)));
  const sealKey = derive('seal');
  const digestKey = derive('digest');
  return {
    seal(purpose, plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce);
      cipher.setAAD(Buffer.from(purpose));
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(purpose, sealed) {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
      const bytes = Buffer.from(sealed);
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      try {
        return Buffer.concat([
          decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)),
          decipher.final(),
        ]);
      } catch {
        return null;
      }
    },
    digest: (purpose, text_) =>
      createHmac('sha256', digestKey).update(purpose).update('\0').update(text_).digest(),
  };
}

function fault(kind: HubSecretFault['kind'], message: string) {
  return { ok: false as const, fault: { kind, message } };
}

/** The file's text; made when absent; `null` when others can read it. */
async function readOrCreate(file: string): Promise<string | null> {
  makeFolder(dirname(file));
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) await create(file);
  else if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) return null;
  return (await readFile(file, 'utf8')).trim();
}

/** Written whole under another name and then linked: two first starts agree on one, and none sees half of it. */
async function create(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
}
