import type { ManagedProxy } from './delivery/hub-http.ts';

type ProxySetting =
  | 'proxyMode'
  | 'proxyHttp'
  | 'proxyHttps'
  | 'proxyExclude'
  | 'proxyPac'
  | 'proxyEmbeddedPac';

/** The proxy settings in force, as the way to the hub uses them (docs/delivery.md section 7). */
export function managedProxy({ value }: { readonly value: (id: ProxySetting) => unknown }): ManagedProxy {
  return {
    mode: value('proxyMode') === 'manual' ? 'manual' : 'system',
    http: text(value('proxyHttp')),
    https: text(value('proxyHttps')),
    exclude: texts(value('proxyExclude')),
    pac: text(value('proxyPac')),
    embeddedPac: text(value('proxyEmbeddedPac')),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
