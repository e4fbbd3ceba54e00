import type { BundlePayload, BundleRefusal } from '../../shared/contracts/bundle.ts';
import type { SyncAnswer } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { AccountService } from '../account/account-service.ts';
import type { Clock } from '../clock.ts';
import type { StateFiles } from '../state-file.ts';
import type { HubHttp } from './hub-http.ts';
import type { HubKeyTrust } from './hub-key-trust.ts';
import type { HubStreaming } from './hub-stream.ts';

/** The last bundle accepted for the account of this device. */
export interface AcceptedBundle {
  readonly payload: BundlePayload;
  readonly fetchedAt: string;
  /** True past `graceSeconds` without a successful fetch. */
  readonly stale: boolean;
  /**
   * True while another user has signed in whose own first bundle is still to come: it stays in force, but its
   * name and contents are not theirs to see (docs/delivery.md section 4).
   */
  readonly ofPreviousAccount: boolean;
  /** It came by file, and ends at its `exp` (docs/delivery.md section 4). */
  readonly offline: boolean;
}

/** What delivery knows now: an immutable snapshot, swapped whole. */
export interface DeliveryState {
  readonly bundle: AcceptedBundle | null;
  /** `broken`: a kept bundle is there and cannot be used, so the source is broken and not absent. */
  readonly cache: 'absent' | 'valid' | 'broken';
  readonly sync: {
    readonly state: 'signed-out' | 'idle' | 'fetching' | 'failed';
    readonly lastAttempt: string | null;
    readonly lastSuccess: string | null;
    readonly nextAttempt: string | null;
    readonly error: { readonly code: string; readonly message: string } | null;
    /** Whether the hub can say at once that policy changed; without it the schedule finds out. */
    readonly push: 'off' | 'connecting' | 'connected';
  };
  /** The last refused bundle since the last accepted one, and since when it is refused. */
  readonly refused: { readonly reason: BundleRefusal; readonly message: string; readonly at: string } | null;
  /** Set while the managed proxy fails, whether or not another way worked. */
  readonly proxyProblem: { readonly code: 'proxy_unreachable'; readonly message: string } | null;
}

/** Fetches, verifies, caches and schedules policy bundles (docs/delivery.md sections 1 to 4 and 7). */
export interface PolicyDelivery {
  state(): DeliveryState;
  onChange(listener: (state: DeliveryState) => void): () => void;
  /** One attempt now; concurrent calls share it. `policy` is filled by the agent. */
  sync(): Promise<Omit<SyncAnswer, 'policy'>>;
  /** Puts a bundle that came by file in force, where the profile allows that (docs/delivery.md section 4). */
  importBundle(jws: string): Promise<ImportOutcome>;
  /** Something suggests that an attempt is worth while now: the machine woke, the network came, the hub said so. */
  nudge(): void;
  /**
   * Loads and re-verifies the cached bundle, then starts the schedule, which fetches at once. `schedule: false`: only
   * loads, and fetches when `sync` is called; for a command that works without an agent.
   */
  start(options?: { readonly schedule: boolean }): Promise<void>;
  stop(): Promise<void>;
}

/** How an import ended; a refused one changes nothing. */
export type ImportOutcome =
  | { readonly ok: true; readonly message: string }
  | { readonly ok: false; readonly refusal: Refusal };

/** What the configuration profile binds this device to: the hub, its keys and the organizations, all three. */
export interface OfflineBinding {
  readonly hubUrl: string;
  readonly organizations: readonly string[];
}

/** What `createPolicyDelivery` (create-policy-delivery.ts) stands on. */
export interface PolicyDeliveryOptions {
  /** `AgentPaths.bundle`: the last accepted bundle with its signature, and the highest numbers seen. */
  readonly bundleFile: string;
  /** Default: the disk. */
  readonly files?: StateFiles;
  readonly account: Pick<
    AccountService,
    'state' | 'onChange' | 'accessToken' | 'refresh' | 'owner' | 'policyEnded'
  >;
  readonly http: HubHttp;
  /** How the hub's events are followed; left out: they are not, and the schedule alone tells when to fetch. */
  readonly push?: HubStreaming;
  readonly trust: HubKeyTrust;
  readonly clock: Clock;
  /** In [0, 1): spreads the fetches of a fleet. */
  readonly random: () => number;
  readonly signInEnforced: () => boolean;
  /** Without it nothing can be imported by file. */
  readonly binding?: () => OfflineBinding | null;
}
