import type { AgentKey } from '../../shared/contracts/agent-api.ts';
import type { StateFiles } from '../state-file.ts';
import type { HubFailure, HubHttp } from './hub-http.ts';

/**
 * A signing key named by the configuration profile (`hubKeys`): a public JWK, or the fingerprint that the hub
 * shows, `SHA256:<43 characters>` (RFC 7638 thumbprint; the prefix may be left out).
 */
export type ProfileKey = string | Readonly<Record<string, unknown>>;

/** What became of looking at the hub's keys at a sign-in. */
export type PinOutcome =
  | { readonly outcome: 'trusted' }
  | { readonly outcome: 'failed'; readonly failure: HubFailure }
  /** No chain leads from a pinned key: both sides' fingerprints, for a person to compare. */
  | { readonly outcome: 'changed'; readonly pinned: readonly string[]; readonly offered: readonly string[] };

/** Which signing keys of which hub this device trusts (docs/delivery.md section 3). */
export interface HubKeyTrust {
  /** The trusted key of that id, from what is pinned; the network is not asked. */
  key(issuer: string, kid: string): Promise<AgentKey | null>;
  /** Reads the hub's keys and follows the chain from the pinned ones; newly reached ones are pinned. */
  update(issuer: string, hubUrl: string): Promise<PinOutcome>;
  /** As `update`, but pins a hub met for the first time, and pins anew the key whose fingerprint a person gave. */
  pinAtSignIn(issuer: string, hubUrl: string, accepted?: string): Promise<PinOutcome>;
}

/** What `createHubKeyTrust` stands on. */
export interface HubKeyTrustOptions {
  /** Beside `AgentPaths.account`: `hub-keys.json`. */
  readonly keysFile: string;
  /** Default: the disk. */
  readonly files?: StateFiles;
  readonly http: HubHttp;
  /** `hubKeys` of the configuration profile; where given, only they are pinned. */
  readonly profileKeys: () => readonly ProfileKey[] | null;
}
