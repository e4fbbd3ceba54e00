import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import type { ManagedProxy } from './hub-http.ts';
import type { PacAnswer } from './pac-sandbox.ts';
import { bypassesProxy, destinationOf, isLoopback } from './proxy-bypass.ts';
import type { SystemProxyReader } from './system-proxy.ts';

/** One way to the hub: through a proxy, or straight (`proxy: null`), and who said so. */
export interface Route {
  readonly origin: 'managed' | 'environment' | 'direct';
  readonly proxy: URL | null;
}

/** Every way worth trying, in order, and what was wrong with the managed proxy before any was tried. */
export interface Routes {
  readonly routes: readonly Route[];
  /** A sentence without user-info; `null`: nothing. */
  readonly managedProblem: string | null;
}

/** What finding the ways needs of the outside. */
export interface RouteSources {
  readonly managed: ManagedProxy | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly systemProxy: SystemProxyReader;
  /** Runs a PAC script, given as text or as the address of one. */
  readonly runPac: (pac: { text: string } | { address: string }, url: URL) => Promise<PacAnswer>;
}

const DIRECT: Route = { origin: 'direct', proxy: null };

/**
 * The managed proxy, then the environment's, then directly (docs/delivery.md section 7). A loopback hub is reached
 * directly alone: a proxy would look for it on its own loopback.
 */
export async function routesTo(url: URL, sources: RouteSources): Promise<Routes> {
  if (isLoopback(destinationOf(url).host)) return { routes: [DIRECT], managedProblem: null };
  const managed = await managedRoutes(url, sources);
  const routes: Route[] = [];
  for (const route of [...managed.routes, ...environmentRoutes(url, sources.environment), DIRECT]) {
    if (!routes.some((other) => routeId(other) === routeId(route))) routes.push(route);
  }
  return { routes, managedProblem: managed.managedProblem };
}

/** Tells ways apart; never shown, because it holds user-info. */
export function routeId(route: Route): string {
  return route.proxy?.href ?? 'direct';
}

/** The way in words: `the managed proxy http://***@proxy:3128`. */
export function describeRoute(route: Route): string {
  if (route.proxy === null) return 'directly';
  const whose = route.origin === 'managed' ? 'the managed proxy' : "the environment's proxy";
  return `through ${whose} ${maskUserInfo(route.proxy.href).replace(/\/$/, '')}`;
}

async function managedRoutes(url: URL, sources: RouteSources): Promise<Routes> {
  const none: Routes = { routes: [], managedProblem: null };
  const managed = sources.managed;
  if (managed === null) return none;
  const settings = managed.mode === 'system' ? await sources.systemProxy() : managed;
  if (settings === null) return none;
  if (bypassesProxy(destinationOf(url), settings.exclude)) return none;
  const script = managed.mode === 'manual' ? managed.embeddedPac.trim() : '';
  if (script !== '') return pacRoutes(await sources.runPac({ text: script }, url));
  if (settings.pac.trim() !== '')
    return pacRoutes(await sources.runPac({ address: settings.pac.trim() }, url));
  const address = (url.protocol === 'http:' ? settings.http : settings.https).trim();
  if (address === '') return none;
  const proxy = proxyUrl(address);
  if (proxy !== null) return { routes: [{ origin: 'managed', proxy }], managedProblem: null };
  return {
    routes: [],
    managedProblem: `The managed proxy "${maskLoosely(address)}" is not an http: or https: address.`,
  };
}

function pacRoutes(answer: PacAnswer): Routes {
  if (!answer.ok) {
    return { routes: [], managedProblem: `The managed proxy script (PAC) cannot be used: ${answer.reason}.` };
  }
  const parsed = parsePacWays(answer.ways);
  if (parsed.routes.length > 0 || parsed.unsupported.length === 0) {
    return { routes: parsed.routes, managedProblem: null };
  }
  const named = parsed.unsupported.map(maskLoosely).join(', ');
  return {
    routes: [],
    managedProblem: `The managed proxy script (PAC) names only ways that are not supported: ${named}.`,
  };
}

/** Reads `PROXY a:1; HTTPS b:2; DIRECT`. SOCKS and unknown words are `unsupported`. */
export function parsePacWays(ways: string): { routes: Route[]; unsupported: string[] } {
  const routes: Route[] = [];
  const unsupported: string[] = [];
  for (const part of ways.split(';').map((text) => text.trim())) {
    if (part === '') continue;
    const [word = '', address = ''] = part.split(/\s+/, 2);
    const scheme = { PROXY: 'http', HTTP: 'http', HTTPS: 'https' }[word.toUpperCase()];
    if (word.toUpperCase() === 'DIRECT') routes.push({ origin: 'managed', proxy: null });
    else {
      const proxy = scheme === undefined || address === '' ? null : proxyUrl(`${scheme}://${address}`);
      if (proxy === null) unsupported.push(part);
      else routes.push({ origin: 'managed', proxy });
    }
  }
  return { routes, unsupported };
}

/** Variables in the order curl reads them; `http_proxy` only in lower case there, because CGI sets the other. */
function environmentRoutes(url: URL, environment: RouteSources['environment']): Route[] {
  const first = (...names: string[]): string =>
    names.map((name) => environment[name]?.trim()).find((value) => value !== undefined && value !== '') ?? '';
  const exclude = first('no_proxy', 'NO_PROXY').split(/[\s,]+/);
  if (bypassesProxy(destinationOf(url), exclude)) return [];
  const address =
    (url.protocol === 'http:' ? first('http_proxy') : first('https_proxy', 'HTTPS_PROXY')) ||
    first('all_proxy', 'ALL_PROXY');
  const proxy = address === '' ? null : proxyUrl(address);
  return proxy === null ? [] : [{ origin: 'environment', proxy }];
}

/** An `http:` or `https:` proxy address; `host:port` without a scheme is read as `http:`, as curl does. */
export function proxyUrl(address: string): URL | null {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}

/** For an address that no URL reader understands: everything before an `@` may be a password. */
function maskLoosely(address: string): string {
  const at = address.lastIndexOf('@');
  return at === -1 ? address : `***@${address.slice(at + 1)}`;
}
