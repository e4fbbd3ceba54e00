import type { BundlePayload, BundleRefusal } from '../../shared/contracts/bundle.ts';
import type { SyncAnswer } from '../../shared/contracts/local-api.ts';

/** The last bundle accepted for the account of this device. */
export interface AcceptedBundle {
  readonly payload: BundlePayload;
  readonly fetchedAt: string;
  /** True past `graceSeconds` without a successful fetch. */
  readonly stale: boolean;
}

/** What delivery knows now: an immutable snapshot, swapped whole. */
export interface DeliveryState {
  readonly bundle: AcceptedBundle | null;
  readonly sync: {
    readonly state: 'signed-out' | 'idle' | 'fetching' | 'failed';
    readonly lastAttempt: string | null;
    readonly lastSuccess: string | null;
    readonly nextAttempt: string | null;
    readonly error: { readonly code: string; readonly message: string } | null;
  };
  /** The last refused bundle since the last accepted one. */
  readonly refused: { readonly reason: BundleRefusal; readonly message: string; readonly at: string } | null;
}

/** Fetches, verifies, caches and schedules policy bundles (delivery.md sections 1 to 4 and 7). */
export interface PolicyDelivery {
  state(): DeliveryState;
  onChange(listener: (state: DeliveryState) => void): () => void;
  /** One attempt now; concurrent calls share it. `policy` is filled by the agent. */
  sync(): Promise<Omit<SyncAnswer, 'policy'>>;
  /** Loads and re-verifies the cached bundle, then starts the schedule. */
  start(): Promise<void>;
  stop(): Promise<void>;
}
