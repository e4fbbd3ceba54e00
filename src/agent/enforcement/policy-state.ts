import { z } from 'zod';

// Values were JSON when they were written and are checked against the catalog by whoever uses them.
const byId = z.record(z.string(), z.unknown());
const layerSource = z.enum(['configuration-profile', 'user-policy', 'organization-policy', 'admin-settings']);

const goodSchema = z.object({
  scope: z.string(),
  /** What the source said about each setting when it could last be read. */
  mentions: z.record(
    z.string(),
    z.object({ value: z.unknown(), state: z.enum(['valid', 'absent', 'invalid']), locked: z.boolean() }),
  ),
  /** The last good value of each setting, which a locked one keeps when its value becomes invalid. */
  values: byId,
});

/**
 * What the agent remembers between runs (docs/policy.md sections 3 and 5). Everything in it can be lost without
 * losing a choice of the user or unlocking a setting while the sources can be read.
 */
const policyStateSchema = z.object({
  version: z.literal(1),
  /**
   * Contents of the store that are ours, as values by setting id: edits are judged against them. One, or two while the first is being
   * replaced by the second: after a kill the file holds one of the two. None: first contact is still to come.
   */
  written: z.array(byId).max(2),
  /** When the store was last written. */
  writtenAt: z.string().nullable(),
  /** A copy of the user's choices as last saved; stands in when their own file is lost or ruined. */
  choices: byId.nullable(),
  /** Values in force, by id: what settings are held at when a source breaks that was never read. */
  present: byId,
  /** Each managed setting's decision, as a digest, and since when it stands. */
  managed: z.record(z.string(), z.object({ decision: z.string(), since: z.string() })),
  /** By layer source. */
  lastGood: z.partialRecord(layerSource, goodSchema),
});

/** Decoded `policy-state.json`. */
export type PolicyState = z.infer<typeof policyStateSchema>;
/** Last good content of one source. */
export type GoodContent = z.infer<typeof goodSchema>;
/** When each managed setting was decided as it is now. */
export type ManagedSince = PolicyState['managed'];
/** Last good content by source. */
export type LastGoodContent = Readonly<PolicyState['lastGood']>;

/** The state of an agent that has never run. */
export function emptyState(): PolicyState {
  return {
    version: 1,
    written: [],
    writtenAt: null,
    choices: null,
    present: {},
    managed: {},
    lastGood: {},
  };
}

/** Reads the text of `policy-state.json`; `null` where it is not one. Never throws. */
export function readPolicyState(text: string): PolicyState | null {
  try {
    return policyStateSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
