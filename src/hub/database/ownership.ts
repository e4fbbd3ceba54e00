import { hostname } from 'node:os';
import type pg from 'pg';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ConnectionTarget, connectClient } from './connection.ts';

/** Key of the advisory lock that says who owns an embedded cluster ("moor", "own"). */
const OWNER_LOCK: readonly [number, number] = [0x6d6f6f72, 0x6f776e];

/** Ownership is a matter of the whole cluster, and begins before our own database is made. */
function maintenance(target: ConnectionTarget): ConnectionTarget {
  return target.kind === 'parts' ? { ...target, database: 'postgres' } : target;
}

/** Written into a server's settings by who starts it: tells a server that is being started from an orphan. */
export function starterMark(): string {
  return `mooring-hub process ${process.pid}`;
}

/** Who stands behind a running server. */
export interface ServerStanding {
  /** The living owner, as messages name it; `null`: nobody has claimed it (yet, or any more). */
  readonly owner: Holder | null;
  /** Whether the process that started it still lives, so that it may be about to claim it. */
  readonly starterLives: boolean;
}

/** Looks at a running server without claiming it. Throws the driver's error when it does not answer. */
export async function inspectServer(target: ConnectionTarget): Promise<ServerStanding> {
  const client = await connectClient(maintenance(target));
  try {
    const holder = await findHolder(client);
    const { rows } = await client.query<{ mark: string }>(`select current_setting('cluster_name') as mark`);
    const starter = Number(/^mooring-hub process (\d+)$/.exec(rows[0]?.mark ?? '')?.[1]);
    return {
      owner: holder === undefined || isGone(holder) ? null : holder,
      starterLives: Number.isInteger(starter) && isAlive(starter),
    };
  } finally {
    await client.end();
  }
}

/** The refusal for a data directory that another process owns. */
export function inUse(dataDirectory: string, holder: Holder | undefined): RefusalError {
  return new RefusalError({
    code: 'conflict',
    message: `${dataDirectory} is in use by ${holder?.name ?? 'another process'}${holder === undefined ? '' : `, since ${holder.since.toISOString()}`}.`,
    help: 'Stop that one first, or give this one a data directory of its own (--data DIR). Several hubs on one database need DATABASE_URL.',
  });
}

/** Proof that this process owns the embedded cluster. */
export interface Ownership {
  release(): Promise<void>;
}

/**
 * Takes the cluster's owner lock. It is held by a session, so the kernel and the server end it with the
 * process that held it, however that died. Refuses (`conflict`) with the name of the present owner.
 */
export async function claimOwnership(
  target: ConnectionTarget,
  dataDirectory: string,
  purpose: string,
): Promise<Ownership> {
  const label = `${purpose} (process ${process.pid} on ${hostname()})`.slice(0, 63);
  const client = await connectClient(maintenance(target), label);
  let found: Holder | undefined;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const taken = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
      ...OWNER_LOCK,
    ]);
    if (taken.rows[0]?.taken === true) return { release: () => client.end().catch(() => undefined) };
    found = await findHolder(client);
    // The server needs a moment to see that a killed owner is gone; a living one is not waited for.
    if (found !== undefined && !isGone(found)) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  await client.end();
  throw inUse(dataDirectory, found);
}

/** A session that holds the owner lock. */
export interface Holder {
  readonly name: string;
  readonly since: Date;
}

async function findHolder(client: pg.Client): Promise<Holder | undefined> {
  const { rows } = await client.query<Holder>(
    `select a.application_name as name, a.backend_start as since
       from pg_locks l join pg_stat_activity a on a.pid = l.pid
      where l.locktype = 'advisory' and l.granted and l.classid::bigint = $1 and l.objid::bigint = $2`,
    [...OWNER_LOCK],
  );
  return rows[0];
}

/** True when the label names a process of this machine that does not exist any more. */
function isGone(holder: Holder): boolean {
  const named = /\(process (\d+) on (.*?)\)?$/.exec(holder.name);
  if (named === null || !hostname().startsWith(named[2] ?? '')) return false;
  return !isAlive(Number(named[1]));
}

/** Whether a process of that id exists; one that we may not signal does. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
