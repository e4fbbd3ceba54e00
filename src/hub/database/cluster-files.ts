import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { initialisePostgres } from './postgres-process.ts';
import type { PostgresUser } from './postgres-user.ts';

/** Superuser of the embedded cluster, and the only role in it. */
export const SUPERUSER = 'mooring';
/** In the names of files that are not finished. */
const DRAFT_MARK = '.new-';

/** Where an embedded cluster lies and how it is run. */
export interface ClusterPlace {
  readonly binaries: PostgresBinaries;
  readonly user: PostgresUser | null;
  readonly dataDirectory: string;
  /** `postgres` in the data directory. */
  readonly directory: string;
  /** False only in tests: no fsync. */
  readonly durable: boolean;
}

/**
 * Built beside its place and renamed into it, so that a first start that was killed leaves nothing half made. Of
 * two that do it at once the faster one's is used: both made theirs with the same password.
 */
export async function createCluster(cluster: ClusterPlace): Promise<void> {
  const { binaries, user, dataDirectory, directory, durable } = cluster;
  const mark = `${DRAFT_MARK}${randomBytes(6).toString('hex')}`;
  const draft = `${directory}${mark}`;
  const passwordFile = `${passwordPath(dataDirectory)}${mark}`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    if (user !== null) chownSync(draft, user.uid, user.gid);
    writeFileSync(passwordFile, ensurePassword(dataDirectory), { mode: 0o600, flag: 'wx' });
    if (user !== null) chownSync(passwordFile, user.uid, user.gid);
    await initialisePostgres({
      binaries,
      directory: draft,
      user,
      superuser: SUPERUSER,
      passwordFile,
      durable,
    });
    renameSync(draft, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

/** What first starts that were killed left behind; only the owner knows that nobody works there any more. */
export function removeDrafts(dataDirectory: string): void {
  for (const name of readdirSync(dataDirectory)) {
    if (!name.startsWith('postgres') || !name.includes(DRAFT_MARK)) continue;
    rmSync(join(dataDirectory, name), { recursive: true, force: true });
  }
}

/** The superuser's password, made when there is none: written whole under another name, then named. */
function ensurePassword(dataDirectory: string): string {
  const path = passwordPath(dataDirectory);
  if (!existsSync(path)) {
    const draft = `${path}${DRAFT_MARK}${randomBytes(6).toString('hex')}`;
    writeFileSync(draft, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!existsSync(path)) throw error; // else another one was faster, and its password counts
    } finally {
      rmSync(draft, { force: true });
    }
  }
  return readPassword(dataDirectory);
}

function passwordPath(dataDirectory: string): string {
  return join(dataDirectory, 'postgres-password');
}

/** The superuser's password, for the owner of the data directory. */
export function readPassword(dataDirectory: string): string {
  const path = passwordPath(dataDirectory);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new RefusalError({
      code: 'storage_failed',
      message: `The password of the embedded database could not be read from ${path}: ${error instanceof Error ? error.message : String(error)}`,
      help: 'Run the command as the user that runs the hub (or as root), and keep this file with the data directory.',
    });
  }
}
