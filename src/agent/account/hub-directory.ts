import type { Clock } from '../clock.ts';
import type { HubHttp } from '../delivery/hub-http.ts';
import { discoverHub, type HubOidc, type OidcResult } from './hub-oidc.ts';

/** Hubs as OpenID providers: discovered when first needed, and again after a while. */
export interface HubDirectory {
  find(hubUrl: string): Promise<OidcResult<HubOidc>>;
  /** Ends a session at its hub, in the background: a hub that is away must hold up nobody. */
  revoke(hubUrl: string, refreshToken: string): void;
  /** Resolves when nothing goes on in the background. */
  settled(): Promise<void>;
}

/** A discovery document is read again after this long. */
const FRESH_MS = 60 * 60_000;

export function createHubDirectory(parts: {
  readonly http: HubHttp;
  readonly clock: Clock;
  readonly deviceName: string;
}): HubDirectory {
  const { http, clock } = parts;
  const known = new Map<string, { readonly oidc: HubOidc; readonly at: number }>();
  const background = new Set<Promise<unknown>>();

  const find = async (hubUrl: string): Promise<OidcResult<HubOidc>> => {
    const kept = known.get(hubUrl);
    if (kept !== undefined && clock.monotonic() - kept.at < FRESH_MS) return { ok: true, value: kept.oidc };
    const found = await discoverHub(hubUrl, http, parts.deviceName);
    if (found.ok) known.set(hubUrl, { oidc: found.value, at: clock.monotonic() });
    return found;
  };
  return {
    find,
    revoke(hubUrl, refreshToken) {
      const revoking = find(hubUrl)
        .then((found) => (found.ok ? found.value.revoke(refreshToken) : null))
        .catch(() => null);
      background.add(revoking);
      void revoking.finally(() => background.delete(revoking));
    },
    settled: async () => void (await Promise.all(background)),
  };
}
