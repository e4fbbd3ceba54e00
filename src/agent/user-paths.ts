import type { AgentOptions } from './agent-options.ts';
import { readHostFacts } from './host.ts';
import { type AgentPaths, agentPaths } from './paths.ts';

/** The user's paths. Lock, endpoint, socket and log do not depend on the layout, so they are found before it is known. */
export function userPaths(options: AgentOptions): AgentPaths {
  return (options.paths ?? agentPaths)(options.host ?? readHostFacts(), 'mooring');
}
