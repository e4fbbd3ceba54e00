import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import { createCertificateAuthorities } from './certificate-authorities.ts';
import type { HubFailure, HubHttp, HubHttpOptions, HubRequest, HubTimeouts } from './hub-http.ts';
import type { HubStreaming } from './hub-stream.ts';
import { createPacSource } from './pac-source.ts';
import { describeRoute, type Route, routeId, routesTo } from './proxy-routes.ts';
import { requestOver } from './web-request.ts';
import { streamOver } from './web-stream.ts';

/** What a call may take; a hub that needs longer is treated as one that does not answer. */
const HUB_TIMEOUTS: HubTimeouts = { connect: 8_000, response: 20_000, total: 30_000 };

/** How long a way that worked is tried first, before the managed proxy gets its chance again. */
const REMEMBER_MS = 10 * 60_000;

/** The way to the hub. Nothing is opened before the first call, and no connection is kept between calls. */
export function createHubHttp(options: HubHttpOptions): HubHttp & HubStreaming {
  const authorities = createCertificateAuthorities(options.extraCaFile);
  const timeouts = options.timeouts ?? HUB_TIMEOUTS;
  const tools = {
    authorities,
    timeouts,
    userAgent: options.userAgent,
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  };
  const pac = createPacSource({ clock: options.clock, tools });
  const worked = new Map<string, Remembered>();
  let problem: string | null = null;

  const inOrder = (origin: string, routes: readonly Route[]): readonly Route[] => {
    const remembered = worked.get(origin);
    if (remembered === undefined || remembered.among !== idsOf(routes)) return routes;
    if (options.clock.monotonic() - remembered.at > REMEMBER_MS) return routes;
    const first = routes.filter((route) => routeId(route) === remembered.id);
    return [...first, ...routes.filter((route) => routeId(route) !== remembered.id)];
  };

  const overRoutes = async <Answer extends { readonly ok: true }>(
    { url, method }: Pick<HubRequest, 'url' | 'method'>,
    attempt: (route: Route) => Promise<Answer | Failed>,
  ): Promise<Answer | Failed> => {
    const { routes, managedProblem } = await routesTo(url, {
      managed: options.managedProxy(),
      environment: options.environment,
      systemProxy: options.systemProxy,
      runPac: pac.run,
    });
    if (managedProblem !== null) problem = managedProblem;
    else if (!routes.some(isManagedProxy)) problem = null;
    const failures: Tried[] = [];
    for (const route of inOrder(url.origin, routes)) {
      const answer = await attempt(route);
      if (answer.ok) {
        if (isManagedProxy(route)) problem = null;
        const [before, id, among] = [worked.get(url.origin), routeId(route), idsOf(routes)];
        if (before?.id !== id || before.among !== among) {
          worked.set(url.origin, { id, among, at: options.clock.monotonic() });
        }
        return answer;
      }
      failures.push({ route, failure: answer.failure });
      if (isManagedProxy(route))
        problem = `The hub was not reached ${describeRoute(route)}: ${answer.failure.message}.`;
      if (!isWorthAnotherWay(method, answer.failure)) break;
    }
    worked.delete(url.origin);
    return { ok: false, failure: summary(url, failures) };
  };

  return {
    proxyProblem: () => (problem === null ? null : { code: 'proxy_unreachable', message: problem }),
    authorityProblem: async () => (await authorities.context()).problem,
    request: (request) => overRoutes(request, (route) => requestOver(request, route, tools)),
    stream: ({ url, headers, signal }) =>
      overRoutes({ url, method: 'GET' }, (route) => streamOver({ url, headers, signal }, route, tools)),
  };
}

/** The way that worked, and among which: a proxy that a policy named since has not had its chance yet. */
interface Remembered {
  readonly id: string;
  readonly among: string;
  /** Monotonic, in milliseconds. */
  readonly at: number;
}

function idsOf(routes: readonly Route[]): string {
  return routes.map(routeId).join(' ');
}

type Failed = { readonly ok: false; readonly failure: HubFailure };

interface Tried {
  readonly route: Route;
  readonly failure: HubFailure;
}

function isManagedProxy(route: Route): boolean {
  return route.origin === 'managed' && route.proxy !== null;
}

/** A request that changes something at the hub is sent another way only if it surely did not arrive the first. */
function isWorthAnotherWay(method: HubRequest['method'], failure: HubFailure): boolean {
  if (failure.kind === 'aborted' || failure.kind === 'too_large') return false;
  return method === 'GET' || !failure.maybeSent;
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
