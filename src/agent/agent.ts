import type { LocalEvent } from '../shared/contracts/local-api.ts';
import type { AgentOptions } from './agent-options.ts';
import type { LocalFetch } from './local-api/router.ts';
import type { AgentPaths } from './paths.ts';

/** What an agent starts beside its first resolution. A command that works for itself starts neither. */
export interface StartOptions {
  /** Fetches policy by itself (docs/delivery.md section 1). */
  readonly schedule: boolean;
  /** Follows changes of files and of the registry. */
  readonly watch: boolean;
}

/** The whole agent behind one door. */
export interface Agent {
  readonly paths: AgentPaths;
  /** The local API (LOCAL_ROUTES). */
  readonly fetch: LocalFetch;
  /** Reads every source, resolves, and brings the settings store into line. */
  start(options: StartOptions): Promise<void>;
  stop(): Promise<void>;
  /** Called with every event of the local API's event stream. */
  onChange(listener: (event: LocalEvent) => void): () => void;
  /** Settled when a surface asked the agent to stop. */
  readonly stopRequested: Promise<void>;
}

/** Composes the agent. */
export async function createAgent(_options: AgentOptions): Promise<Agent> {
  throw new Error('the composition root follows once its parts have landed');
}
