import type { AdapterPayload } from 'oidc-provider';
import type { Db } from '../database/connection.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';

/** What every adapter of the OpenID provider's models works with. */
export interface OidcStore {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly now: () => Date;
}

/** Digest under which an entity is found. */
export function oidcHash(store: Pick<OidcStore, 'secret'>, model: string, id: string): Buffer {
  return store.secret.digest(purpose(model), id);
}

/** The payload as sealed bytes. */
export function sealPayload(store: OidcStore, model: string, payload: AdapterPayload): Buffer {
  return store.secret.seal(purpose(model), Buffer.from(JSON.stringify(payload)));
}

/** The payload of sealed bytes; `undefined` when they are not ours, which ends whatever they stood for. */
export function openPayload(store: OidcStore, model: string, sealed: Buffer): AdapterPayload | undefined {
  const plain = store.secret.open(purpose(model), sealed);
  if (plain === null) return undefined;
  const parsed: unknown = JSON.parse(plain.toString('utf8'));
  return isPayload(parsed) ? parsed : undefined;
}

/** Sealed by ourselves from a payload, so its members need no second look. */
function isPayload(value: unknown): value is AdapterPayload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is sealed for one model cannot be opened as another. */
function purpose(model: string): string {
  return `oidc:${model}`;
}
