import { clientSecretPurpose } from '../connections/connection-service.ts';
import { connectionAddresses } from '../connections/connection-view.ts';
import type { SsoConnection } from '../connections/find-connection.ts';
import { readSettings } from '../connections/settings.ts';
import type { Db } from '../database/connection.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import type { OidcParty } from './oidc.ts';
import type { Outbound } from './outbound.ts';
import { type SamlParty, samlMetadata } from './saml.ts';
import { createSamlKey } from './saml-key.ts';
import { readSamlKeys } from './saml-keys.ts';

/** The hub's side of connections: what it is to an identity provider, with the keys that go with it. */
export interface SsoParties {
  saml(connection: SsoConnection): Promise<SamlParty | null>;
  oidc(connection: SsoConnection): OidcParty | null;
  /** What the hub says of itself to the identity provider of a SAML connection; `null`: there is no such connection. */
  metadata(connectionId: string): Promise<string | null>;
  /** Of the key of this fingerprint, or of the one that signs now, as PEM. Assertions may be encrypted for it. */
  certificate(connectionId: string, fingerprint: string | null): Promise<string | null>;
}

export function createSsoParties(options: {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly now: () => Date;
  readonly publicUrl: string;
  readonly outbound: Outbound;
}): SsoParties {
  const { db, secret, publicUrl, outbound } = options;
  const hub = { secret, sharedKey: createSamlKey(options) };
  const samlRow = async (connectionId: string) => {
    if (!/^[0-9a-f-]{36}$/.test(connectionId)) return null;
    const row = await db
      .selectFrom('connections')
      .select(['id', 'kind', 'settings'])
      .where('id', '=', connectionId)
      .executeTakeFirst();
    return row?.kind === 'saml' ? row : null;
  };

  return {
    saml: async ({ id, settings }) =>
      settings.kind === 'saml'
        ? { settings, keys: await readSamlKeys(db, hub, id), ...connectionAddresses(publicUrl, id) }
        : null,
    oidc({ id, settings, sealedSecret }) {
      if (settings.kind !== 'oidc') return null;
      const opened = sealedSecret === null ? null : secret.open(clientSecretPurpose(id), sealedSecret);
      const { redirectUri } = connectionAddresses(publicUrl, id);
      return { settings, clientSecret: opened?.toString('utf8') ?? null, redirectUri, outbound };
    },
    async metadata(connectionId) {
      const row = await samlRow(connectionId);
      if (row === null) return null;
      const settings = readSettings(row.settings);
      const signRequests = settings?.kind === 'saml' && settings.signRequests;
      const keys = await readSamlKeys(db, hub, row.id);
      const party = { ...connectionAddresses(publicUrl, row.id), keys };
      return samlMetadata(party, { signRequests });
    },
    async certificate(connectionId, fingerprint) {
      if ((await samlRow(connectionId)) === null) return null;
      const keys = await readSamlKeys(db, hub, connectionId);
      const found = fingerprint === null ? keys[0] : keys.find((key) => key.fingerprint === fingerprint);
      return found?.certificate ?? null;
    },
  };
}
