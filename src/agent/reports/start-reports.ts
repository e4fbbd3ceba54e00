import { release, type } from 'node:os';
import type { AgentCore, AgentParts } from '../agent-core.ts';
import type { Clock } from '../clock.ts';
import { policyView } from '../local-api/local-handlers.ts';
import { allProblems } from '../local-api/policy-answer.ts';
import type { AgentPaths } from '../paths.ts';
import { diskFiles } from '../state-file.ts';
import { createReports } from './reports.ts';

/** Reports from now on about this agent; answers how to stop. */
export async function startReports(
  making: {
    readonly version: string;
    readonly paths: AgentPaths;
    readonly clock: Clock;
    readonly parts: AgentParts;
  },
  core: AgentCore,
): Promise<{ readonly stop: () => Promise<void> }> {
  const { parts, paths, clock, version } = making;
  const { account, http, enforcement, delivery, log } = parts;
  const reports = createReports({
    ...{ path: paths.reports, files: diskFiles(), clock, random: Math.random, http, account, log },
    repairs: enforcement.drift,
    view: () => ({
      ...{ agentVersion: version, osVersion: `${type()} ${release()}` },
      ...{ delivery: delivery.state(), inputs: core.inputs(), enforcement },
      problems: allProblems(policyView({ parts, core, paths })),
    }),
  });
  await reports.start();
  const stops = [
    enforcement.onChange((event) => {
      if (event.type === 'drift') reports.repaired(event.drift);
      reports.review();
    }),
    core.onChange(reports.review),
  ];
  return {
    stop: async () => {
      for (const stop of stops) stop();
      await reports.stop();
    },
  };
}
