import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { sql } from 'kysely';
import { type AgentKey, type AgentKeys, KEY_TYP } from '../../shared/contracts/agent-api.ts';
import type { SigningKeyQuery, SigningKeyView } from '../../shared/contracts/hub-signing-keys.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type AuditEntry, type ChangeContext, recordChange, recordChanges } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { type PageRead, readPage } from '../database/read-page.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import { WrongHubSecretError } from '../secrets/sealed-values.ts';
import './tables.ts';

/** What the keys live in. */
export interface SigningKeyStore {
  readonly db: Db;
  readonly secret: HubSecret;
}

/** A signing key as the operator lists it. */
export interface SigningKey {
  readonly kid: string;
  /** The public half, base64url: what a device pins. */
  readonly x: string;
  readonly predecessor: string | null;
  readonly createdAt: Date;
  /** True for the one that signs now. */
  readonly active: boolean;
}

/** The organization whose owner rotates; none: whoever runs the hub does. */
export interface RotatingOrganization {
  readonly organizationId: string;
}

/** The key that signs now. */
export interface Signer {
  readonly kid: string;
  /** A compact JWS with `alg: EdDSA` over these bytes. */
  sign(typ: string, payload: Buffer): string;
}

const ALGORITHM = 'EdDSA';

/** Makes the first key when there is none; hubs started together agree on one. */
export async function ensureSigningKey(store: SigningKeyStore, at: Date): Promise<void> {
  if ((await newest(store.db)) !== undefined) return;
  await store.db.transaction().execute(async (trx) => {
    await lockKeys(trx);
    if ((await newest(trx)) === undefined) await insertKey(trx, store.secret, at, null);
  });
}

/**
 * Makes a new key, signed by the one in use, which it replaces (docs/delivery.md section 3). Devices follow the
 * chain from the key that they pinned; bundles that they hold stay valid. An owner who does it twice within an hour
 * meets `conflict`.
 */
export async function rotateSigningKey(
  store: SigningKeyStore,
  context: ChangeContext,
  by: RotatingOrganization | null = null,
): Promise<SigningKey> {
  return store.db.transaction().execute(async (trx) => {
    await lockKeys(trx);
    const previous = await newest(trx);
    if (previous === undefined) throw new Error('there is no key to rotate: start the hub once');
    if (by !== null) refuseHaste(previous, context.at);
    const kid = await insertKey(trx, store.secret, context.at, {
      position: previous.position,
      signer: signerOf(store.secret, previous),
    });
    await recordRotation(trx, context, by, { before: previous.kid, after: kid });
    const all = await listSigningKeys(trx);
    const made = all.find((key) => key.kid === kid);
    if (made === undefined) throw new Error('the new key is not there');
    return made;
  });
}

const NEWEST = sql`k.position = (select max(position) from signing_keys)`;
const ORDERS: Readonly<Record<string, ListOrder>> = {
  created: { by: sql`k.position`, kind: 'number' },
};

/** As devices show a key and profiles (`hubKeys`) name it: by its fingerprint, or whole. */
export function pinnedAs({
  kid,
  x,
}: Pick<SigningKey, 'kid' | 'x'>): Pick<SigningKeyView, 'fingerprint' | 'publicKey'> {
  return { fingerprint: `SHA256:${kid}`, publicKey: { kty: 'OKP', crv: 'Ed25519', x, kid } };
}

/** The keys, the active one first; every one without a limit. */
export async function pageSigningKeys(
  reader: Reader,
  { search, state, sort = '-created', cursor, limit }: SigningKeyQuery = {},
): Promise<PageRead<SigningKey>> {
  const inState = state === undefined ? sql`true` : state === 'signing' ? NEWEST : sql`not (${NEWEST})`;
  // As the list shows them: with what stands before a fingerprint.
  const wanted = search?.replace(/^sha256:/i, '');
  const { rows, ...page } = await readPage<Omit<KeyRow, 'sealed_private'> & KeyView>(
    reader,
    {
      columns: sql`k.kid, k.position, k.public_x, k.predecessor, k.created_at, ${NEWEST} as active`,
      from: sql`signing_keys k`,
      where: sql`${inState} and ${searching(wanted, sql`k.kid`)}`,
      orders: ORDERS,
      id: { by: sql`k.kid`, kind: 'text' },
    },
    { sort, cursor, limit },
  );
  return {
    ...page,
    rows: rows.map(({ kid, public_x: x, predecessor, created_at: createdAt, active }) => ({
      ...{ kid, x, predecessor, createdAt, active },
    })),
  };
}

interface KeyView {
  readonly predecessor: string | null;
  readonly active: boolean;
}

/** Every key, the active one first. */
export async function listSigningKeys(reader: Reader): Promise<readonly SigningKey[]> {
  return (await pageSigningKeys(reader)).rows;
}

/** The JWKS of `GET /v1/agent/keys`, the active key first. */
export async function publishedKeys(reader: Reader): Promise<AgentKeys> {
  const rows = await rowsOf(reader);
  return {
    // The newest hundred: more than a century of yearly rotations.
    keys: rows.slice(0, 100).map(
      (row): AgentKey => ({
        ...publicJwk(row.public_x, row.kid),
        use: 'sig',
        alg: ALGORITHM,
        ...(row.predecessor === null || row.predecessor_signature === null
          ? {}
          : { predecessor: row.predecessor, predecessorSignature: row.predecessor_signature }),
      }),
    ),
  };
}

/** The key that signs now. Throws `WrongHubSecretError` when it was sealed with another secret. */
export async function activeSigner(store: SigningKeyStore): Promise<Signer> {
  const row = await newest(store.db);
  if (row === undefined) throw new Error('there is no signing key: ensureSigningKey was not called');
  return signerOf(store.secret, row);
}

/** Devices follow at most a hundred keys back; a click too many must not use those up. */
const BETWEEN_ROTATIONS_MS = 3_600_000;

function refuseHaste(previous: KeyRow, at: Date): void {
  if (previous.position === 0 || at.getTime() - previous.created_at.getTime() >= BETWEEN_ROTATIONS_MS) return;
  throw new RefusalError({
    code: 'conflict',
    message: `The key was replaced less than an hour ago, at ${previous.created_at.toISOString()}.`,
    help: 'Wait until devices have followed. Whoever runs the hub can rotate at once: mooring-hub keys rotate.',
  });
}

/** The keys are the hub's: every organization reads of it, but only one's own owners are named to it. */
async function recordRotation(
  trx: Trx,
  context: ChangeContext,
  by: RotatingOrganization | null,
  kids: { readonly before: string; readonly after: string },
): Promise<void> {
  const entry = (organizationId: string | null): AuditEntry => ({
    organizationId,
    action: 'signing_key.rotate',
    target: { kind: 'signing_key', id: kids.after, label: kids.after },
    before: { kid: kids.before },
    after: { kid: kids.after },
  });
  await recordChange(trx, context, entry(by?.organizationId ?? null));
  const others = await trx
    .selectFrom('organizations')
    .select('id')
    .$if(by !== null, (query) => query.where('id', '!=', by?.organizationId ?? ''))
    .execute();
  const name = by === null ? 'operator of the hub' : 'owner of another organization';
  const unnamed: ChangeContext = { ...context, actor: { kind: 'system', name }, sourceAddress: null };
  await recordChanges(
    trx,
    unnamed,
    others.map(({ id }) => entry(id)),
  );
}

interface KeyRow {
  readonly kid: string;
  readonly position: number;
  readonly public_x: string;
  readonly sealed_private: Buffer;
  readonly created_at: Date;
}

function rowsOf(reader: Reader) {
  return reader.selectFrom('signing_keys').selectAll().orderBy('position', 'desc').execute();
}

function newest(reader: Reader): Promise<KeyRow | undefined> {
  return reader
    .selectFrom('signing_keys')
    .select(['kid', 'position', 'public_x', 'sealed_private', 'created_at'])
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function lockKeys(trx: Trx): Promise<void> {
  await sql`lock table signing_keys in share row exclusive mode`.execute(trx);
}

async function insertKey(
  trx: Trx,
  secret: HubSecret,
  at: Date,
  previous: { readonly position: number; readonly signer: Signer } | null,
): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  const { x, d } = await exportJWK(privateKey);
  if (x === undefined || d === undefined) throw new Error('a new Ed25519 key lacks a half');
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
  const signed =
    previous === null
      ? { predecessor: null, predecessor_signature: null }
      : {
          predecessor: previous.signer.kid,
          predecessor_signature: previous.signer.sign(KEY_TYP, encode(publicJwk(x, kid))),
        };
  await trx
    .insertInto('signing_keys')
    .values({
      kid,
      position: previous === null ? 0 : previous.position + 1,
      public_x: x,
      sealed_private: secret.seal(purpose(kid), Buffer.from(d)),
      ...signed,
      created_at: at,
    })
    .execute();
  return kid;
}

function signerOf(secret: HubSecret, row: KeyRow): Signer {
  const d = secret.open(purpose(row.kid), row.sealed_private);
  if (d === null) throw new WrongHubSecretError(`signing key ${row.kid}`);
  const key = createPrivateKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: row.public_x, d: d.toString('utf8') },
    format: 'jwk',
  });
  const headers = new Map<string, string>();
  const headerOf = (typ: string): string => {
    const made = headers.get(typ) ?? encode({ alg: ALGORITHM, typ, kid: row.kid }).toString('base64url');
    headers.set(typ, made);
    return made;
  };
  return { kid: row.kid, sign: (typ, payload) => signCompact(key, headerOf(typ), payload) };
}

/**
 * A compact JWS (RFC 7515 section 3.1). Written out because one saved policy is thousands of these at once, and a
 * general library, or handing each to another thread, costs as much again as the signature itself.
 */
function signCompact(key: KeyObject, header: string, payload: Buffer): string {
  const signed = `${header}.${payload.toString('base64url')}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

/** The members that a predecessor signs, in this order. */
function publicJwk(x: string, kid: string) {
  return { kty: 'OKP' as const, crv: 'Ed25519' as const, x, kid };
}

function encode(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function purpose(kid: string): string {
  return `signing-key:${kid}`;
}
