import type { LookupFunction } from 'node:net';
import type { Clock } from '../clock.ts';
import type { SystemProxyReader } from './system-proxy.ts';

/** The proxy that the resolution gives (settings `proxyMode`, `proxyHttp`, … as they are in force). */
export interface ManagedProxy {
  readonly mode: 'system' | 'manual';
  /** Proxy addresses; empty: none. */
  readonly http: string;
  readonly https: string;
  /** Host names, domains, addresses and CIDRs reached without the proxy. */
  readonly exclude: readonly string[];
  /** Address of a PAC script; empty: none. */
  readonly pac: string;
  /** Text of a PAC script; empty: none. It beats `pac`. */
  readonly embeddedPac: string;
}

/** One call to the hub. */
export interface HubRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A longer answer, counted after decompression, is cut and becomes the failure `too_large`. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/** Why the hub gave no usable answer. */
export type HubFailureKind =
  | 'unreachable'
  | 'timeout'
  | 'untrusted_certificate'
  | 'too_large'
  | 'web_page'
  | 'redirected'
  | 'broken_answer'
  | 'aborted';

/** A failure, in words a person can act on; no address in it holds user-info. */
export interface HubFailure {
  readonly kind: HubFailureKind;
  readonly message: string;
  /** False where it is certain that nothing of the request left this machine for the hub. */
  readonly maybeSent: boolean;
}

/** Any HTTP status is an answer; only what is not HTTP of the hub is a failure. */
export type HubAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly ok: false; readonly failure: HubFailure };

/** The one way to the hub, for delivery and sign-in alike (docs/delivery.md section 7). Never throws. */
export interface HubHttp {
  request(request: HubRequest): Promise<HubAnswer>;
  /** Set while the managed proxy fails although it is not the only way tried. */
  proxyProblem(): { readonly code: 'proxy_unreachable'; readonly message: string } | null;
  /** Why the file of further certificate authorities is left out; `null` where it is not, or there is none. */
  authorityProblem(): Promise<string | null>;
}

/** What `createHubHttp` (create-hub-http.ts) stands on. */
export interface HubHttpOptions {
  /** For example `Mooring/1.2.0 (linux)`. */
  readonly userAgent: string;
  readonly clock: Clock;
  /** Asked before every call; `null` while there is no resolution yet. */
  readonly managedProxy: () => ManagedProxy | null;
  /** `HTTPS_PROXY`, `NO_PROXY` and their kin. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The operating system's own proxy settings (`readSystemProxy`). */
  readonly systemProxy: SystemProxyReader;
  /** PEM file of further certificate authorities; `null`: none. */
  readonly extraCaFile: () => string | null;
  /** Name resolution; default the system's. */
  readonly lookup?: LookupFunction;
  /** Default: 8 s, 20 s and 30 s. */
  readonly timeouts?: HubTimeouts;
}

/** Bounds of one attempt over one way, in milliseconds. */
export interface HubTimeouts {
  /** Name, connection, proxy and TLS, each. */
  readonly connect: number;
  /** Until the answer begins. */
  readonly response: number;
  /** Until the answer has ended, everything before included. */
  readonly total: number;
}
