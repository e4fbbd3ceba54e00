import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { ssoFailureClassSchema } from '../../shared/contracts/hub-sso.ts';
import type { Db, Trx } from '../database/connection.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import { assertedIdentitySchema } from './asserted-identity.ts';
import './tables.ts';

/** Where a sign-in goes on to. */
const placeSchema = z.discriminatedUnion('kind', [
  /** `confirms`: the account that proves itself again; nobody else is signed in then. */
  z.object({ kind: z.literal('hub'), next: z.string(), confirms: z.string().optional() }),
  z.object({ kind: z.literal('desktop'), uid: z.string() }),
  z.object({ kind: z.literal('test') }),
]);
export type SsoPlace = z.infer<typeof placeSchema>;

const contentSchema = z.object({ nonce: z.string(), verifier: z.string(), place: placeSchema });

const noticeSchema = z.object({ class: ssoFailureClassSchema, detail: z.string() });
const outcomeSchema = z.object({
  identity: assertedIdentitySchema.nullable(),
  failure: z
    .object({ class: ssoFailureClassSchema, detail: z.string(), email: z.string().optional() })
    .nullable(),
  attributes: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});
/** What became of a request; whole, for tests of a connection. */
export type SsoOutcome = z.infer<typeof outcomeSchema>;
export type SsoNotice = z.infer<typeof noticeSchema>;

/** A sign-in on its way. */
export interface SsoRequest {
  /** Names the row in addresses of our own; says nothing to the identity provider. */
  readonly id: string;
  /** What the identity provider sends back: ID of the AuthnRequest, or `state`. */
  readonly secret: string;
  readonly connectionId: string;
  readonly purpose: 'sign-in' | 'test';
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly nonce: string;
  readonly verifier: string;
  readonly place: SsoPlace;
  /** Digest of the browser that began it. */
  readonly browserHash: Buffer | null;
  readonly answered: boolean;
}

/** Requests to identity providers, kept in the database: any hub process can take the answer, and only one does. */
export interface SsoRequests {
  begin(
    wanted: { readonly connectionId: string; readonly place: SsoPlace; readonly browserHash: Buffer | null },
    reader?: Trx,
  ): Promise<SsoRequest>;
  /** The one of that secret, while it can be answered. */
  find(secret: string): Promise<SsoRequest | null>;
  /** Ties a request that was begun by a link to the browser that opened it; `false`: another one was first. */
  bind(request: SsoRequest, browserHash: Buffer): Promise<boolean>;
  /**
   * Writes the outcome down, once. An assertion that was accepted before makes it `replayed`. `taken`: somebody
   * answered first, or it is too late.
   */
  answer(
    request: SsoRequest,
    outcome: SsoOutcome,
    assertion?: { readonly id: string; readonly notOnOrAfter: Date },
  ): Promise<'kept' | 'taken' | 'replayed'>;
  /** The outcome of an answered request, for the browser that began it: once. */
  finish(
    id: string,
    browserHash: Buffer,
  ): Promise<{ readonly request: SsoRequest; readonly outcome: SsoOutcome } | null>;
  /** The outcome of a test, for its owner to read as often as they like. */
  testOutcome(connectionId: string, id: string): Promise<SsoOutcome | 'waiting' | null>;
}

const LIFE_MS = 15 * 60_000;
const TEST_LIFE_MS = 60 * 60_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function createSsoRequests(options: {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly now: () => Date;
}): SsoRequests {
  const { db, secret, now } = options;
  const hash = (id: string) => secret.digest('sso-request', id);
  const seal = (purpose: string, value: unknown) => secret.seal(purpose, Buffer.from(JSON.stringify(value)));
  const open = (purpose: string, sealed: Buffer): unknown => {
    const plain = secret.open(purpose, sealed);
    return plain === null ? null : JSON.parse(plain.toString('utf8'));
  };
  const select = () => db.selectFrom('sso_requests').selectAll();
  type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;
  const toRequest = (row: Row, id: string): SsoRequest | null => {
    const content = contentSchema.safeParse(open('sso-request', row.sealed));
    if (!content.success) return null;
    return {
      id: row.id,
      secret: id,
      connectionId: row.connection_id,
      purpose: row.purpose,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      ...content.data,
      browserHash: row.browser_hash,
      answered: row.answered_at !== null,
    };
  };

  return {
    async begin({ connectionId, place, browserHash }, reader = undefined) {
      // An XML ID begins with a letter or an underscore.
      const id = `_${randomBytes(24).toString('hex')}`;
      const at = now();
      const random = () => randomBytes(32).toString('base64url');
      const content = { nonce: random(), verifier: random(), place };
      const row = await (reader ?? db)
        .insertInto('sso_requests')
        .values({
          id_hash: hash(id),
          connection_id: connectionId,
          purpose: place.kind === 'test' ? 'test' : 'sign-in',
          browser_hash: browserHash,
          sealed: seal('sso-request', content),
          created_at: at,
          expires_at: new Date(at.getTime() + (place.kind === 'test' ? TEST_LIFE_MS : LIFE_MS)),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      const request = toRequest(row, id);
      if (request === null) throw new Error('a request that was just sealed does not open');
      return request;
    },
    async find(id) {
      if (id.length > 100) return null;
      const row = await select()
        .where('id_hash', '=', hash(id))
        .where('expires_at', '>', now())
        .executeTakeFirst();
      return row === undefined ? null : toRequest(row, id);
    },
    async bind(request, browserHash) {
      const row = await db
        .updateTable('sso_requests')
        .set({ browser_hash: browserHash })
        .where('id', '=', request.id)
        .where((where) =>
          where.or([where('browser_hash', 'is', null), where('browser_hash', '=', browserHash)]),
        )
        .where('answered_at', 'is', null)
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },
    async answer(request, outcome, assertion) {
      return db.transaction().execute(async (trx) => {
        const at = now();
        const taken = await trx
          .updateTable('sso_requests')
          .set({ answered_at: at, sealed_outcome: seal('sso-outcome', outcome) })
          .where('id', '=', request.id)
          .where('answered_at', 'is', null)
          .where('expires_at', '>', at)
          .returning('id')
          .executeTakeFirst();
        if (taken === undefined) return 'taken';
        if (assertion === undefined) return 'kept';
        const seen = await trx
          .insertInto('sso_assertions')
          .values({
            connection_id: request.connectionId,
            assertion_hash: secret.digest('saml-assertion', assertion.id),
            expires_at: assertion.notOnOrAfter,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('connection_id')
          .executeTakeFirst();
        if (seen !== undefined) return 'kept';
        const failure = { class: 'replayed', detail: 'The assertion was accepted before.' };
        await trx
          .updateTable('sso_requests')
          .set({ sealed_outcome: seal('sso-outcome', { ...outcome, identity: null, failure }) })
          .where('id', '=', request.id)
          .execute();
        return 'replayed';
      });
    },
    async finish(id, browserHash) {
      if (!UUID.test(id)) return null;
      const row = await db
        .updateTable('sso_requests')
        .set({ finished_at: now() })
        .where('id', '=', id)
        .where('browser_hash', '=', browserHash)
        .where('answered_at', 'is not', null)
        .where('finished_at', 'is', null)
        .where('expires_at', '>', now())
        .returningAll()
        .executeTakeFirst();
      if (row === undefined || row.sealed_outcome === null) return null;
      const outcome = outcomeSchema.safeParse(open('sso-outcome', row.sealed_outcome));
      const request = toRequest(row, '');
      return outcome.success && request !== null ? { request, outcome: outcome.data } : null;
    },
    async testOutcome(connectionId, id) {
      const row = await select()
        .where('id', '=', id)
        .where('connection_id', '=', connectionId)
        .where('purpose', '=', 'test')
        .where('expires_at', '>', now())
        .executeTakeFirst();
      if (row === undefined) return null;
      if (row.sealed_outcome === null) return 'waiting';
      const outcome = outcomeSchema.safeParse(open('sso-outcome', row.sealed_outcome));
      return outcome.success ? outcome.data : null;
    },
  };
}
