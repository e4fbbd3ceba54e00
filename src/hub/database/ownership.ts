import { hostname } from 'node:os';
import pg from 'pg';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ConnectionTarget, clientConfig } from './connection.ts';

/** Key of the advisory lock that says who owns an embedded cluster ("moor", "own"). */
const OWNER_LOCK: readonly [number, number] = [0x6d6f6f72, 0x6f776e];

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
  const client = new pg.Client({ ...clientConfig(target), application_name: label });
  client.on('error', () => undefined); // the server ended: whoever watches the server hears of that
  await client.connect();
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
  throw new RefusalError({
    code: 'conflict',
    message: `${dataDirectory} is in use by ${found?.name ?? 'another process'}${found === undefined ? '' : `, since ${found.since.toISOString()}`}.`,
    help: 'Stop that one first, or give this one a data directory of its own (--data DIR). Several hubs on one database need DATABASE_URL.',
  });
}

interface Holder {
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
  try {
    process.kill(Number(named[1]), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
