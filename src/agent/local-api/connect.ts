import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { type AgentLock, acquireAgentLock, type LockHolder, readLockHolder } from '../agent-lock.ts';
import type { AgentOptions } from '../agent-options.ts';
import { readOnlyDisk } from '../files/read-only-disk.ts';
import { type StorageFailure, storageRefusal } from '../files/storage-failure.ts';
import type { AgentPaths } from '../paths.ts';
import { userPaths } from '../user-paths.ts';
import { socketFetch } from './client.ts';
import { answerError } from './http-answer.ts';
import type { LocalFetch } from './router.ts';

/** The local API, opened for one command. */
export interface LocalApi {
  /** Takes requests such as `new Request('http://agent/v1/status')`; only path, method and body count. */
  readonly fetch: LocalFetch;
  /** Lets go of the agent, or ends the one that ran in this process. */
  close(): Promise<void>;
  /** `agent`: a running agent answers. `in-process`: this process holds the agent's lock and does the work. */
  readonly mode: 'agent' | 'in-process';
  /** Why nothing can be written here, where that is so: every reading is answered, and every change refused. */
  readonly readOnly?: Refusal;
}

export type OpenedLocalApi =
  | ({ readonly ok: true } & LocalApi)
  | { readonly ok: false; readonly refusal: Refusal };

/** How long another command may hold the lock before this one gives up, in milliseconds. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 50;
/** An agent that has not answered by then is stopped or stuck, and counts as none. */
const ANSWER_LIMIT_MS = 5_000;

/**
 * Opens the agent for one command: a running agent answers over its socket; without one this process takes the
 * agent's lock and does the same work itself, with neither schedule nor watching. Two commands at once take turns.
 */
export async function openLocalApi(options: AgentOptions): Promise<OpenedLocalApi> {
  const paths = userPaths(options);
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const running = await connectToAgent(paths);
    if (running !== null) return { ok: true, mode: 'agent', fetch: running, close: async () => {} };
    const acquired = await acquireAgentLock(paths, thisProcess('command'));
    if (acquired.ok) {
      return runInProcess(options, acquired.lock);
    }
    if (acquired.reason === 'unusable') return runReadOnly(options, acquired.failure);
    if (performance.now() > deadline) return { ok: false, refusal: heldTooLong(acquired.heldBy) };
    await delay(PAUSE_MS);
  }
}

/** Composes the agent for this command alone; lets go of the lock also when that fails. */
async function runInProcess(options: AgentOptions, lock: AgentLock): Promise<OpenedLocalApi> {
  try {
    const { createAgent } = await import('../agent.ts');
    const agent = await createAgent(options);
    await agent.start({ schedule: false, watch: false });
    const close = async () => {
      await agent.stop();
      await lock.release();
    };
    return { ok: true, mode: 'in-process', fetch: agent.fetch, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Without the lock nothing may be written, or two would write at once; and where the lock cannot be written nothing
 * else could be either. What is decided here, and what is wrong, is shown all the same.
 */
async function runReadOnly(options: AgentOptions, failure: StorageFailure): Promise<OpenedLocalApi> {
  const { createAgent } = await import('../agent.ts');
  const agent = await createAgent({ ...options, disk: readOnlyDisk(failure.code) });
  await agent.start({ schedule: false, watch: false });
  const refusal = storageRefusal(failure);
  const fetch: LocalFetch = async (request) =>
    request.method === 'GET' ? agent.fetch(request) : answerError(refusal);
  const readOnly = { ...refusal, message: failure.message, help: failure.help };
  return { ok: true, mode: 'in-process', fetch, close: () => agent.stop(), readOnly };
}

/** A running agent's local API; `null` when none answers. Never starts anything and never waits for the lock. */
export async function connectToAgent(
  paths: Pick<AgentPaths, 'socket' | 'endpoint' | 'platform'>,
): Promise<LocalFetch | null> {
  const address = paths.platform === 'windows' ? (await readLockHolder(paths))?.socket : paths.socket;
  if (address === undefined || address === '') return null;
  if (paths.platform !== 'windows' && !(await isOwnFolder(dirname(address)))) return null;
  const fetch = socketFetch(address);
  try {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const answer = await fetch(new Request('http://agent/v1/account', { signal }));
    await answer.body?.cancel();
    return answer.ok ? fetch : null;
  } catch {
    return null;
  }
}

/**
 * A socket is only as trustworthy as its folder: where the usual path is too long the folder stands in the temporary
 * directory, in which anybody could have made it first and would then be told everything.
 */
async function isOwnFolder(folder: string): Promise<boolean> {
  try {
    const { uid, mode } = await lstat(folder);
    return (mode & 0o170077) === 0o040000 && (process.getuid === undefined || uid === process.getuid());
  } catch {
    return false;
  }
}

/** This process as a holder of the lock. */
export function thisProcess(kind: LockHolder['kind'], socket?: string): LockHolder {
  const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();
  return { pid: process.pid, kind, startedAt, ...(socket === undefined ? {} : { socket }) };
}

function heldTooLong(holder: LockHolder | null): Refusal {
  const who = holder === null ? 'Another program' : `Process ${holder.pid}`;
  return {
    code: 'conflict',
    message: `${who} holds the agent's lock and does not answer.`,
    help: 'Wait for it to end, or end it, and try again.',
  };
}
