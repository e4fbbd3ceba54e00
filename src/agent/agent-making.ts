import type { DiagnosticsAnswer, DoctorAnswer } from '../shared/contracts/local-api.ts';
import type { AgentParts } from './agent-core.ts';
import type { Clock } from './clock.ts';
import type { DiagnosticsSources } from './diagnostics/collect-diagnostics.ts';
import type { AgentPaths } from './paths.ts';

/** What the agent is assembled from once its parts exist. */
export interface AgentMaking {
  readonly version: string;
  readonly paths: AgentPaths;
  readonly clock: Clock;
  readonly parts: AgentParts;
  readonly dashboardFolder: string | null;
  readonly doctor: () => Promise<DoctorAnswer>;
  readonly collect: (handlers: DiagnosticsSources['handlers']) => Promise<DiagnosticsAnswer>;
}
