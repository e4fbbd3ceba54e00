import { randomBytes } from 'node:crypto';
import { type AgentCore, createAgentCore, type StartOptions } from './agent-core.ts';
import type { AgentMaking } from './agent-making.ts';
import type { AgentOptions } from './agent-options.ts';
import { createLocalHandlers } from './local-api/local-handlers.ts';
import { createLoopbackDoor, type LoopbackDoor } from './local-api/loopback-door.ts';
import { createRouter, type LocalFetch } from './local-api/router.ts';
import type { AgentPaths } from './paths.ts';
import { startReports } from './reports/start-reports.ts';

/** The whole agent behind one door. */
export interface Agent {
  readonly paths: AgentPaths;
  /** The local API (LOCAL_ROUTES). */
  readonly fetch: LocalFetch;
  /** Reads every source, resolves, and brings the settings store into line. */
  start(options: StartOptions): Promise<void>;
  stop(): Promise<void>;
  /** Called with every event of the local API's event stream. */
  readonly onChange: AgentCore['onChange'];
  /** The machine woke, or its network came: what is on it may have changed unseen, and the hub may answer again. */
  wake(): void;
  /** Settled when a surface asked the agent to stop. */
  readonly stopRequested: Promise<void>;
}

/** Composes the agent on this machine. */
export async function createAgent(options: AgentOptions): Promise<Agent> {
  const { makeParts } = await import('./agent-parts.ts');
  return assembleAgent(await makeParts(options));
}

/** Puts the parts behind one door; nothing runs before `start`. */
export function assembleAgent(making: AgentMaking): Agent {
  const { parts, paths, clock } = making;
  const core = createAgentCore(parts);
  const stopRequested = Promise.withResolvers<void>();
  let door: LoopbackDoor | null = null;
  let reports: { readonly stop: () => Promise<void> } | null = null;
  const handlers = createLocalHandlers({
    ...{ version: making.version, paths, parts, core, doctor: making.doctor },
    collect: making.collect,
    door: () => door,
    // After the answer has been handed over: whoever asked is told before the door closes.
    requestStop: () => setImmediate(stopRequested.resolve),
  });
  const fetch = createRouter({
    handlers,
    reportFault: (error) => {
      const reference = randomBytes(4).toString('hex');
      const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
      parts.log({ level: 'error', message: 'fault in the local API', facts: { reference, fault } });
      return reference;
    },
  });
  return {
    paths,
    fetch,
    start: async (options) => {
      await core.start(options);
      const { dashboardFolder } = making;
      if (!options.schedule) return;
      door = createLoopbackDoor({ fetch, dashboardFolder, now: clock.wall });
      reports = await startReports(making, core);
    },
    stop: async () => {
      await door?.close();
      await reports?.stop();
      await core.stop();
    },
    onChange: core.onChange,
    wake: () => {
      parts.delivery.nudge();
      core.refresh().catch((error: unknown) => {
        const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
        parts.log({
          level: 'error',
          message: 'looking at the machine after it woke failed',
          facts: { fault },
        });
      });
    },
    stopRequested: stopRequested.promise,
  };
}
