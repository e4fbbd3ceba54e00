import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RefusalError } from '../../shared/contracts/refusal.ts';

/** The account that PostgreSQL runs as. PostgreSQL refuses to run as root. */
export interface PostgresUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Tried in this order when the hub is started by root and no user was named. */
const CANDIDATES = ['mooring', 'postgres', 'nobody'] as const;

/**
 * Picks the unprivileged user for the embedded database.
 *
 * `null`: the hub itself does not run as root (or runs on Windows), so PostgreSQL runs as the same user.
 */
export function choosePostgresUser(named: string | undefined): PostgresUser | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of named === undefined ? CANDIDATES : [named]) {
    const user = lookUp(name);
    if (user !== null && user.uid !== 0) return user;
  }
  throw new RefusalError({
    code: 'storage_failed',
    message:
      named === undefined
        ? `The hub was started by root, and PostgreSQL does not run as root; none of the users ${CANDIDATES.join(', ')} exists here.`
        : `PostgreSQL cannot run as "${named}": there is no such user here, or it is root.`,
    help: 'Create a user for it (useradd --system mooring), start the hub as an ordinary user, or name another with --postgres-user.',
  });
}

function lookUp(name: string): PostgresUser | null {
  // `--` keeps a name that begins with a dash from being read as an option.
  const ask = (flag: string) =>
    Number(execFileSync('id', [flag, '--', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    const uid = ask('-u');
    const gid = ask('-g');
    return Number.isInteger(uid) && Number.isInteger(gid) ? { name, uid, gid } : null;
  } catch {
    return null;
  }
}

/**
 * Makes sure that the user can reach `path` (a program or a directory), and names the parent that is closed
 * otherwise. A home directory of mode 0700 above the checkout or the data directory is the usual cause.
 */
export function assertReachable(user: PostgresUser, path: string, what: string): void {
  const target = resolve(path);
  const tried = statSync(target).isDirectory()
    ? spawnSync('/bin/sh', ['-c', 'cd "$0"', target], {
        uid: user.uid,
        gid: user.gid,
        cwd: '/',
        stdio: 'ignore',
      })
    : spawnSync(target, ['--version'], { uid: user.uid, gid: user.gid, cwd: '/', stdio: 'ignore' });
  if (tried.status === 0) return;
  const closed = firstClosed(user, target);
  throw new RefusalError({
    code: 'storage_failed',
    message:
      closed === null
        ? `The user "${user.name}" that PostgreSQL runs as cannot use ${what} ${target}.`
        : `The user "${user.name}" that PostgreSQL runs as cannot pass ${closed}, so it cannot reach ${what} ${target}.`,
    help:
      closed === null
        ? 'Check the permissions of that path, name another user with --postgres-user, or use DATABASE_URL.'
        : `Open it for passing through (chmod o+x ${closed}), put it elsewhere, name another user with --postgres-user, or use DATABASE_URL.`,
    details: closed === null ? {} : { closed },
  });
}

/** The topmost directory (or the target itself) whose mode keeps the user out, or `null`. */
function firstClosed(user: PostgresUser, target: string): string | null {
  const chain: string[] = [];
  for (let at = target; ; at = dirname(at)) {
    chain.unshift(at);
    if (dirname(at) === at) break;
  }
  return (
    chain.find((at) => {
      const { mode, uid, gid } = statSync(at);
      const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
      return (mode & bit) === 0;
    }) ?? null
  );
}
