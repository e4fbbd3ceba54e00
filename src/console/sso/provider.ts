import type { Connection } from '../../shared/contracts/hub-sso.ts';

/** Identity providers with steps of their own. */
export const PROVIDERS = ['okta', 'entra', 'other'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** The steps to show: those chosen in the address, else those that the connection's own values give away. */
export function providerOf(chosen: string, connection: Connection): Provider {
  const named = PROVIDERS.find((each) => each === chosen);
  if (named !== undefined) return named;
  const hints = [connection.saml?.signInUrl, connection.oidc?.issuer, connection.name]
    .join(' ')
    .toLowerCase();
  if (hints.includes('okta')) return 'okta';
  return /entra|microsoft|azure/.test(hints) ? 'entra' : 'other';
}
