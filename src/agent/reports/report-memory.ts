import { z } from 'zod';
import { type AgentReportBody, agentReportSchema } from '../../shared/contracts/device-report.ts';
import type { StateFiles } from '../state-file.ts';

const lastSchema = z.object({
  /** Wall clock in milliseconds. */
  at: z.number(),
  /** Digest of what was in force, and the overrides among it by themselves. */
  state: z.string(),
  overrides: z.string(),
});

/** What reporting remembers between runs: at most one report, so it is bounded however long the hub is away. */
const memorySchema = z.object({
  version: z.literal(1),
  /** Hub, user and organization that all of this is for; another owner's is dropped. */
  owner: z.string(),
  /** Repairs up to this number of the drift log are in a report, or are not this owner's to hear of. */
  reportedRepairs: z.int().min(0),
  /** A report under way: sent again word for word until the hub took it, so that it counts once. */
  underWay: agentReportSchema.nullable(),
  /** What the hub took last. */
  last: lastSchema.nullable(),
});

/** Decoded `reports.json`. */
export interface ReportMemory {
  readonly version: 1;
  readonly owner: string;
  readonly reportedRepairs: number;
  readonly underWay: AgentReportBody | null;
  readonly last: LastReport | null;
}
export type LastReport = z.infer<typeof lastSchema>;

/** The memory of earlier runs; `null` where there is none that can be used. */
export async function readMemory(files: StateFiles, path: string): Promise<ReportMemory | null> {
  try {
    const text = await files.read(path);
    return text === null ? null : memorySchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export async function writeMemory(files: StateFiles, path: string, memory: ReportMemory): Promise<void> {
  await files.write(path, `${JSON.stringify(memory)}\n`);
}
