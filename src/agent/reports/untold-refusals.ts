import type { DeliveryState } from '../delivery/policy-delivery.ts';

type Refused = NonNullable<DeliveryState['refused']>;

/**
 * The refused bundles that no report has told of yet. A report names one, and reports are seconds apart: each reason is
 * kept, with its latest words, until its turn comes. So there are never more than there are reasons, and by the time
 * the hub is reached a good bundle may be in force again.
 */
export function createUntoldRefusals(): {
  /** What delivery shows as refused now; the same one again tells nothing. */
  hear(refused: DeliveryState['refused']): void;
  /** The one that has waited longest. */
  first(): Refused | null;
  /** That one is in a report. */
  told(): void;
  /** They were another account's. */
  forget(): void;
} {
  let heard: Refused | null = null;
  let untold: readonly Refused[] = [];
  return {
    hear(refused) {
      if (refused === null || isSame(refused, heard)) return;
      heard = refused;
      const before = untold.findIndex(({ reason }) => reason === refused.reason);
      untold = before < 0 ? [...untold, refused] : untold.with(before, refused);
    },
    first: () => untold[0] ?? null,
    told() {
      untold = untold.slice(1);
    },
    forget() {
      untold = [];
    },
  };
}

function isSame(one: Refused, other: Refused | null): boolean {
  return one.at === other?.at && one.reason === other.reason && one.message === other.message;
}
