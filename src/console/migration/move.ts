import type { Migration } from '../../shared/contracts/hub-provisioning.ts';
import type { Connection } from '../../shared/contracts/hub-sso.ts';

/** One move under way. */
export interface Move {
  readonly connection: Connection;
  readonly migration: Migration;
}

/** How many people are in a move. */
export function everybodyIn({ counts }: Migration): number {
  return Object.values(counts).reduce((sum, people) => sum + people, 0);
}

/** How many of them are not back through SCIM. */
export function missingIn({ counts: { waiting, removed, refused } }: Migration): number {
  return waiting + removed + refused;
}
