import type { Resolution } from '../shared/policy/model.ts';
import type { SettingValue } from '../shared/settings/setting.ts';
import type { ManagedProxy } from './delivery/hub-http.ts';

/** The proxy settings in force, as the way to the hub uses them (docs/delivery.md section 7). */
export function managedProxy({ value }: Pick<Resolution, 'value'>): ManagedProxy {
  return {
    mode: value('proxyMode') === 'manual' ? 'manual' : 'system',
    http: text(value('proxyHttp')),
    https: text(value('proxyHttps')),
    exclude: texts(value('proxyExclude')),
    pac: text(value('proxyPac')),
    embeddedPac: text(value('proxyEmbeddedPac')),
  };
}

function text(value: SettingValue | null): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: SettingValue | null): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
