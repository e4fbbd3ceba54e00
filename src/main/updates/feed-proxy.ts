import type { ProxyConfig } from 'electron';
import type { ManagedProxy } from '../../agent/delivery/hub-http.ts';
import { proxyUrl } from '../../agent/delivery/proxy-routes.ts';

/** The proxy settings in force as Chromium takes them, which asks the update feed. */
export interface FeedProxy {
  readonly config: ProxyConfig;
  /** Name and password for the proxy at this place; `null`: none are known, and the question is to be given up. */
  login(host: string, port: number): { readonly user: string; readonly password: string } | null;
}

const SCHEMES = ['http', 'https'] as const;

/**
 * The proxy as set by hand where one is, else the system's; never the only way, as with the hub (docs/delivery.md
 * section 7). Chromium takes no user-info in an address: it asks for that apart.
 */
export function feedProxy(proxy: ManagedProxy): FeedProxy {
  const given = proxy.mode === 'manual' ? proxy : NONE;
  const known = SCHEMES.flatMap((scheme) => {
    const url = proxyUrl(given[scheme].trim());
    return url === null || url.hostname === '' ? [] : [{ scheme, url }];
  });
  const script = given.embeddedPac.trim();
  const pac = script === '' ? given.pac.trim() : `${PAC}${Buffer.from(script).toString('base64')}`;
  return {
    config: pac !== '' ? { mode: 'pac_script', pacScript: pac } : fixed(known, given.exclude),
    login: (host, port) => {
      const found = known.find(
        ({ url }) => url.hostname === host && portOf(url) === port && url.username !== '',
      );
      if (found === undefined) return null;
      const { username, password } = found.url;
      return { user: decoded(username), password: decoded(password) };
    },
  };
}

const NONE = { http: '', https: '', exclude: [], pac: '', embeddedPac: '' };
const PAC = 'data:application/x-ns-proxy-autoconfig;base64,';

function fixed(
  known: readonly { readonly scheme: string; readonly url: URL }[],
  exclude: readonly string[],
): ProxyConfig {
  if (known.length === 0) return { mode: 'system' };
  const rules = known.map(
    ({ scheme, url }) => `${scheme}=${url.protocol}//${url.hostname}:${portOf(url)},direct://`,
  );
  return {
    mode: 'fixed_servers',
    proxyRules: rules.join(';'),
    proxyBypassRules: exclude.flatMap(bypassRules).join(';'),
  };
}

/** A name covers its sub-domains here, which Chromium wants said; `.domain` and `*.domain` cover the domain itself. */
function bypassRules(entry: string): readonly string[] {
  const text = entry.trim();
  if (text === '' || /[;,\s]/.test(text)) return [];
  if (text === '*' || text.startsWith('<') || /[/[\]]|^[\d.]+(:\d+)?$|:.*:/.test(text)) return [text];
  const domain = text.replace(/^\*?\./, '');
  return domain === '' ? [] : [domain, `*.${domain}`];
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'http:' ? 80 : 443);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
