import { setTimeout as delay } from 'node:timers/promises';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { Agent } from '../agent.ts';
import { type AgentLock, acquireAgentLock, type LockHolder } from '../agent-lock.ts';
import type { AgentOptions } from '../agent-options.ts';
import { type StorageFailure, storageFailure } from '../files/storage-failure.ts';
import { frugalMemory } from '../frugal-memory.ts';
import { userPaths } from '../user-paths.ts';
import { connectToAgent, thisProcess } from './connect.ts';
import { openSocketDoor } from './socket-door.ts';

/** An agent that serves this user until it is stopped. */
export interface ServedAgent {
  readonly agent: Agent;
  /** Socket path or pipe name. */
  readonly address: string;
  /** Settled when a surface asked the agent to stop (`POST /v1/stop`); the caller then calls `stop`. */
  readonly stopRequested: Promise<void>;
  stop(): Promise<void>;
}

export type ServeOutcome =
  | { readonly ok: true; readonly served: ServedAgent }
  /** An agent runs already: say so, point to it, and exit 0. */
  | { readonly ok: false; readonly heldBy: LockHolder | null }
  | { readonly ok: false; readonly refusal: Refusal };

/** How long a command that works without an agent may keep one from starting, in milliseconds. */
const PATIENCE_MS = 30_000;
const PAUSE_MS = 50;

/** Runs the agent: lock, composition, first resolution, socket; in this order, so that whoever finds the socket is answered. */
export async function serveAgent(options: AgentOptions): Promise<ServeOutcome> {
  const paths = userPaths(options);
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const acquired = await acquireAgentLock(paths, thisProcess('agent'));
    if (acquired.ok) return await serveOrRelease(options, acquired.lock);
    if (acquired.reason === 'unusable') {
      return { ok: false, refusal: cannotStart(acquired.failure) };
    }
    // A command holds the lock only for its own work; an agent answers, if not at once then soon.
    if ((await connectToAgent(paths)) !== null || performance.now() > deadline)
      return { ok: false, heldBy: acquired.heldBy };
    await delay(PAUSE_MS);
  }
}

/** A start that fails must not keep every other agent from starting. */
async function serveOrRelease(options: AgentOptions, lock: AgentLock): Promise<ServeOutcome> {
  try {
    return await serveWithLock(options, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function serveWithLock(options: AgentOptions, lock: AgentLock): Promise<ServeOutcome> {
  const paths = userPaths(options);
  const memory = frugalMemory();
  const { createAgent } = await import('../agent.ts');
  const agent = await createAgent(options);
  await agent.start({ schedule: true, watch: true });
  agent.onChange(memory.worked);
  const opened = await openSocketDoor(paths, (request) => {
    memory.worked();
    return agent.fetch(request);
  });
  memory.worked();
  if (!opened.ok) {
    await agent.stop();
    await lock.release();
    return { ok: false, refusal: { code: 'storage_failed', message: opened.message } };
  }
  const announced = await lock.announce(thisProcess('agent', opened.door.address));
  const stop = once(async () => {
    memory.stop();
    await opened.door.close();
    await agent.stop();
    await lock.release();
  });
  // On Windows the pipe's name stands only there. Elsewhere the socket is where it always is.
  if (!announced && paths.platform === 'windows') {
    await stop();
    const failure = storageFailure(paths.endpoint, 'written', new Error('no answer of the system'));
    return { ok: false, refusal: cannotStart(failure) };
  }
  return {
    ok: true,
    served: { agent, address: opened.door.address, stopRequested: agent.stopRequested, stop },
  };
}

function cannotStart({ message, help, path, code }: StorageFailure): Refusal {
  return {
    ...{ code: 'storage_failed', message: `The agent cannot start. ${message}` },
    help: `${help} Meanwhile commands that only read, such as "mooring status", work.`,
    details: { path, code },
  };
}

function once(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= act();
    return running;
  };
}
