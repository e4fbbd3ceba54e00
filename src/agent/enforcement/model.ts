import type {
  ChangeAnswer,
  ChangeRequest,
  Drift,
  ManagedBy,
  StatusAnswer,
} from '../../shared/contracts/local-api.ts';
import type { Layer, LayerSource, Resolution } from '../../shared/policy/model.ts';
import type { SettingValue } from '../../shared/settings/setting.ts';
import type { LoggedRepair } from './drift-log.ts';

/** Who speaks through a layer, in words a person recognizes; becomes `managedBy` on every surface. */
type LayerOrigin = Omit<ManagedBy, 'source' | 'since'>;

/** What one policy source says now. A source that has nothing to say is left out of the inputs. */
export interface LayerInput {
  /**
   * Whose policy this is, such as `acme/user-1`; `machine` for files of the machine. Last good content and values
   * of one scope never stand in for another's (docs/delivery.md section 4).
   */
  readonly scope: string;
  readonly origin: LayerOrigin;
  /** As the engine read it; `broken` is never taken for "no policy". Granted overrides stand in it already. */
  readonly layer: Layer;
  /** The granted overrides in force in it, and the layer without them: what is remembered, and returned to. */
  readonly overridden?: {
    readonly beneath: Layer;
    readonly by: readonly { readonly id: string; readonly setting: string; readonly until: string }[];
  };
}

/** The wall of enforced sign-in, while it stands (docs/policy.md section 7). */
export interface SignInWall {
  readonly organizations: readonly string[];
  readonly method: string | null;
  /** Why nobody can satisfy it as it is, and how to mend it; absent when signing in is enough. */
  readonly problem?: string;
}

/** Everything that decides the settings beside the user's choices: an immutable snapshot, swapped whole. */
export interface EnforcementInputs {
  readonly layers: readonly LayerInput[];
  /** The organization's grace period has passed (docs/delivery.md section 4). */
  readonly stale: boolean;
  /** `null`: sign-in is not enforced, or the user is a signed-in member. */
  readonly wall: SignInWall | null;
  /** Names of machine files that are ignored because others than administrators could have written them. */
  readonly untrusted?: readonly string[];
}

/** Where enforcement keeps its files. */
export interface EnforcementPaths {
  /** `settings-store.json` */
  readonly store: string;
  /** `user-settings.json` */
  readonly choices: string;
  /** `policy-state.json` */
  readonly state: string;
  /** `drift.jsonl`; its predecessor beside it as `drift.1.jsonl`. */
  readonly drift: string;
  /** The folder that only we make and use, kept free of others' hands; left out: there is none. */
  readonly userData?: string;
  /** Whatever else of the agent must stay its user's alone. */
  readonly others?: readonly string[];
}

/** How the settings store is doing, as `GET /v1/status` shows it. */
export type StoreState = StatusAnswer['store'];

/** What became different; `settings` names those whose value, lock or source changed. */
export type EnforcementEvent =
  | { readonly type: 'settings'; readonly changed: readonly string[] }
  | { readonly type: 'drift'; readonly drift: Drift }
  | { readonly type: 'status' };

/**
 * Keeps the settings of this user on what policy and choices decide: resolves them, writes the settings store,
 * repairs it, and is the one gate for changes (docs/policy.md sections 2 to 5). One per agent lock.
 */
export interface Enforcement {
  /** Reads what an earlier run left, takes edits made meanwhile, and brings the store into line. */
  start(inputs: EnforcementInputs, options: { readonly watch: boolean }): Promise<void>;
  /** Follows new inputs; resolves when the store is in line, or the attempt has failed and will be repeated. */
  apply(inputs: EnforcementInputs): Promise<void>;
  /** The one write gate. Answers when the choices are on disk and the store has been tried. */
  change(request: ChangeRequest): Promise<ChangeAnswer>;
  /** The resolution in force; its problems include those of the choice file, the store and the state. */
  resolution(): Resolution;
  /** The user's own choices, also those that a lock hides. */
  choices(): ReadonlyMap<string, SettingValue>;
  /** Who manages a setting; `null` where no layer does. */
  managedBy(id: string): ManagedBy | null;
  /** The sources whose last good content stands in for content that cannot be read now. */
  usingLastGood(): ReadonlySet<LayerSource>;
  /** When the present inputs were first applied to the store; `null` until then. ISO 8601 in UTC. */
  appliedAt(): string | null;
  storeState(): StoreState;
  /** The latest repairs, newest last. */
  drift(): readonly Drift[];
  /** The same with their numbers in the log of this device. */
  loggedRepairs(): readonly LoggedRepair[];
  /** Reads choices and store again now, as the watch would; for wake-up and `sync`. */
  check(): Promise<void>;
  onChange(listener: (event: EnforcementEvent) => void): () => void;
  /** Ends watching and retrying after work under way is done. */
  stop(): Promise<void>;
}
