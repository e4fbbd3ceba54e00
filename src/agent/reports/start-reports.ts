import { release, type } from 'node:os';
import type { PolicyOwner } from '../account/account-service.ts';
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
  const { http, enforcement, delivery, log } = parts;
  const account = { ...parts.account, owner: () => reportedTo(parts) };
  const reports = createReports({
    ...{ path: paths.reports, files: diskFiles(), clock, random: Math.random, http, account, log },
    repairs: enforcement.loggedRepairs,
    view: () => ({
      ...{ agentVersion: version, osVersion: osVersion() },
      ...{ delivery: delivery.state(), inputs: core.inputs(), enforcement },
      problems: allProblems(policyView({ parts, core, paths })),
    }),
  });
  await reports.start();
  const stops = [enforcement.onChange(reports.review), core.onChange(reports.review)];
  return {
    stop: async () => {
      for (const stop of stops) stop();
      await reports.stop();
    },
  };
}

/**
 * Whom reports go to: the organization that the device follows. Where sign-in is enforced by something that cannot be
 * read, it follows none, as nobody knows which are allowed. What is in force then still belongs to the organization of
 * the kept policy, or to the one that this account follows elsewhere, and that one should see why the device is frozen.
 */
function reportedTo({ account, sources, delivery }: AgentParts): PolicyOwner | null {
  const owner = account.owner();
  if (owner === null || owner.organization !== null) return owner;
  const { enforced, organizations } = sources.current().signIn;
  if (!enforced || organizations.length > 0) return owner;
  const { bundle } = delivery.state();
  const held = bundle?.ofPreviousAccount === false ? bundle.payload.org : null;
  const organization = owner.memberships.find((name) => name === held) ?? owner.memberships[0] ?? null;
  return { ...owner, organization };
}

/** Beside the platform, which the report names already; what macOS answers is the version of its kernel. */
function osVersion(): string {
  return type() === 'Darwin' ? `Darwin ${release()}` : release();
}
