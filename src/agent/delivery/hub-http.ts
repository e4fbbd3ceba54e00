import type { LookupFunction } from 'node:net';
import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import type { Clock } from '../clock.ts';
import { createCertificateAuthorities } from './certificate-authorities.ts';
import { createPacSource } from './pac-source.ts';
import { describeRoute, type Route, routeId, routesTo } from './proxy-routes.ts';
import type { SystemProxyReader } from './system-proxy.ts';
import { requestOver } from './web-request.ts';

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
  readonly method: 'GET' | 'POST';
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
}

/** What `createHubHttp` stands on. */
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
  /** Default: `HUB_TIMEOUTS`. */
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

/** What a call may take; a hub that needs longer is treated as one that does not answer. */
export const HUB_TIMEOUTS: HubTimeouts = { connect: 8_000, response: 20_000, total: 30_000 };

/** How long a way that worked is tried first, before the managed proxy gets its chance again. */
const REMEMBER_MS = 10 * 60_000;

/** The way to the hub. Nothing is opened before the first call, and no connection is kept between calls. */
export function createHubHttp(options: HubHttpOptions): HubHttp {
  const authorities = createCertificateAuthorities(options.extraCaFile);
  const timeouts = options.timeouts ?? HUB_TIMEOUTS;
  const tools = {
    authorities,
    timeouts,
    userAgent: options.userAgent,
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  };
  const pac = createPacSource({ clock: options.clock, tools });
  const worked = new Map<string, { readonly id: string; readonly at: number }>();
  let problem: string | null = null;

  const inOrder = (origin: string, routes: readonly Route[]): readonly Route[] => {
    const remembered = worked.get(origin);
    if (remembered === undefined || options.clock.monotonic() - remembered.at > REMEMBER_MS) return routes;
    const first = routes.filter((route) => routeId(route) === remembered.id);
    return [...first, ...routes.filter((route) => routeId(route) !== remembered.id)];
  };

  return {
    proxyProblem: () => (problem === null ? null : { code: 'proxy_unreachable', message: problem }),
    async request(request) {
      const { routes, managedProblem } = await routesTo(request.url, {
        managed: options.managedProxy(),
        environment: options.environment,
        systemProxy: options.systemProxy,
        runPac: pac.run,
      });
      if (managedProblem !== null) problem = managedProblem;
      else if (!routes.some(isManagedProxy)) problem = null;
      const failures: Tried[] = [];
      for (const route of inOrder(request.url.origin, routes)) {
        const answer = await requestOver(request, route, tools);
        if (answer.ok) {
          if (isManagedProxy(route)) problem = null;
          if (worked.get(request.url.origin)?.id !== routeId(route)) {
            worked.set(request.url.origin, { id: routeId(route), at: options.clock.monotonic() });
          }
          return answer;
        }
        failures.push({ route, failure: answer.failure });
        if (isManagedProxy(route))
          problem = `The hub was not reached ${describeRoute(route)}: ${answer.failure.message}.`;
        if (!isWorthAnotherWay(request, answer.failure)) break;
      }
      worked.delete(request.url.origin);
      return { ok: false, failure: summary(request.url, failures) };
    },
  };
}

interface Tried {
  readonly route: Route;
  readonly failure: HubFailure;
}

function isManagedProxy(route: Route): boolean {
  return route.origin === 'managed' && route.proxy !== null;
}

/** A request that changes something at the hub is sent another way only if it surely did not arrive the first. */
function isWorthAnotherWay(request: HubRequest, failure: HubFailure): boolean {
  if (failure.kind === 'aborted' || failure.kind === 'too_large') return false;
  return request.method === 'GET' || !failure.maybeSent;
}

function summary(url: URL, tried: readonly Tried[]): HubFailure {
  const address = maskUserInfo(url.origin);
  const [only] = tried;
  const last = tried.at(-1) ?? only;
  if (last === undefined) {
    return { kind: 'unreachable', maybeSent: false, message: `There is no way to ${address}.` };
  }
  const told = tried.map(({ route, failure }) => `${describeRoute(route)}: ${failure.message}`).join('; ');
  return {
    kind: last.failure.kind,
    maybeSent: tried.some(({ failure }) => failure.maybeSent),
    message: `${address} was not reached ${told}.`,
  };
}
