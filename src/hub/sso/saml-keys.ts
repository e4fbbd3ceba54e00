import { X509Certificate } from 'node:crypto';
import type { Reader } from '../database/connection.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import { WrongHubSecretError } from '../secrets/sealed-values.ts';
import type { SamlKey } from './saml-key.ts';
import './tables.ts';

/** A key as a connection holds it. */
export interface HeldSamlKey extends SamlKey {
  /** SHA-256 of the certificate in hexadecimal. */
  readonly fingerprint: string;
  readonly signs: boolean;
  readonly createdAt: Date;
}

/** The keys of a connection: the first signs, each opens. */
export type SamlKeys = readonly [HeldSamlKey, ...HeldSamlKey[]];

/** The keys of a SAML connection: its own, or the hub's while it never exchanged that. */
export async function readSamlKeys(
  reader: Reader,
  hub: { readonly secret: HubSecret; readonly sharedKey: () => Promise<SamlKey> },
  connectionId: string,
): Promise<SamlKeys> {
  const rows = await reader
    .selectFrom('connection_saml_keys')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('signs', 'desc')
    .orderBy('created_at', 'desc')
    .execute();
  const [first, ...others] = rows.map(({ sealed_private, ...row }): HeldSamlKey => {
    const { fingerprint, certificate, signs, created_at: createdAt } = row;
    const opened = hub.secret.open(samlKeyPurpose(connectionId, fingerprint), sealed_private);
    if (opened === null) throw new WrongHubSecretError(`SAML key ${fingerprint}`);
    return { fingerprint, certificate, signs, createdAt, privateKey: opened.toString('utf8') };
  });
  return first === undefined ? [held(await hub.sharedKey(), true)] : [first, ...others];
}

/** A key with the name that it goes by. */
export function held(key: SamlKey, signs: boolean, since?: Date): HeldSamlKey {
  const { fingerprint256, validFrom } = new X509Certificate(key.certificate);
  const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase();
  return { ...key, signs, fingerprint, createdAt: since ?? new Date(validFrom) };
}

/** The one that stays when an exchange is over: what is encrypted from now on is best for it. */
export function newestOf(keys: SamlKeys): HeldSamlKey {
  return keys.reduce((newest, key) => (key.createdAt > newest.createdAt ? key : newest));
}

/** What a private key is sealed for, so that none can be moved to another connection. */
export function samlKeyPurpose(connectionId: string, fingerprint: string): string {
  return `saml-key:${connectionId}:${fingerprint}`;
}
