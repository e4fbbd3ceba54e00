import type { ConnectionTarget } from './connection.ts';
import { claimOwnership, inspectServer, inUse, type ServerStanding } from './ownership.ts';
import type { PostgresEndpoint } from './postgres-process.ts';
import { endpointOfRunningServer, forgetDeadServer, runningServer } from './postmaster-file.ts';

export interface OrphanedServerOptions {
  readonly dataDirectory: string;
  /** The cluster's own directory. */
  readonly directory: string;
  readonly targetOf: (endpoint: PostgresEndpoint) => ConnectionTarget;
}

const LOOK_EVERY_MS = 50;
/** A server that recovers from a crash does not answer for a while. */
const LONGEST_SILENCE_MS = 60_000;
/** Whoever started a server claims it right away; a process id that was given anew never does. */
const LONGEST_CLAIM_MS = 10_000;
/** Refused, no socket yet, reset, "starting up", "shutting down": nobody's working server. */
const PASSING_CODES = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', '57P01', '57P03']);

/**
 * Returns when no server runs in the directory: one that a killed hub left is stopped cleanly, one that is being
 * started or stopped is waited for. Refuses (`conflict`) while another process owns it.
 */
export async function endOrphanedServer(options: OrphanedServerOptions): Promise<void> {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    await forgetDeadServer(options.directory);
    const endpoint = endpointOfRunningServer(options.directory);
    if (endpoint === null) return;
    const standing = await standingOf(options.targetOf(endpoint));
    if (standing !== null && standing.owner !== null) throw inUse(options.dataDirectory, standing.owner);
    const patience = standing === null ? LONGEST_SILENCE_MS : standing.starterLives ? LONGEST_CLAIM_MS : 0;
    if (waited >= patience) return stop(options, endpoint, standing !== null);
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}

/** `null`: it does not answer at present. */
async function standingOf(target: ConnectionTarget): Promise<ServerStanding | null> {
  try {
    return await inspectServer(target);
  } catch (error) {
    if (error instanceof Error && 'code' in error && PASSING_CODES.has(String(error.code))) return null;
    if (error instanceof Error && /terminated/i.test(error.message)) return null;
    throw error;
  }
}

async function stop(
  options: OrphanedServerOptions,
  endpoint: PostgresEndpoint,
  answers: boolean,
): Promise<void> {
  // Owning it while it stops keeps everyone else from taking it for theirs.
  const ownership = answers
    ? await claimOwnership(options.targetOf(endpoint), options.dataDirectory, 'mooring-hub, taking over')
    : null;
  const pid = runningServer(options.directory);
  if (pid !== null) {
    signal(pid, 'SIGINT'); // "fast": what is committed stays
    for (let waited = 0; runningServer(options.directory) === pid; waited += LOOK_EVERY_MS) {
      if (waited > LONGEST_SILENCE_MS) signal(pid, 'SIGQUIT');
      await forgetDeadServer(options.directory);
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  }
  await ownership?.release();
}

/** It may be gone by itself in the same moment. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
