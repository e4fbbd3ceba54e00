import { sql } from 'kysely';
import type { Adapter } from 'oidc-provider';
import { type OidcStore, oidcHash, openPayload, sealPayload } from './oidc-store.ts';

/** A desktop session ends this long after sign-in, whatever it does (docs/identity.md section 1). */
export const DEVICE_SESSION_SECONDS = 90 * 86_400;
/** It ends earlier when nothing refreshed it for this long. */
export const DEVICE_IDLE_SECONDS = 30 * 86_400;

/**
 * The provider's grants. Each sign-in makes its own, so a grant is one device's session, and deleting its row
 * takes every code and token of that device with it.
 */
export function createGrantAdapter(store: OidcStore): Adapter {
  const { db, now } = store;
  const hash = (id: string) => oidcHash(store, 'Grant', id);
  return {
    async upsert(id, payload, expiresIn) {
      const at = now();
      if (payload.accountId === undefined || payload.clientId === undefined) {
        throw new Error('a grant belongs to an account and a client');
      }
      const sealed = sealPayload(store, 'Grant', payload);
      const expiresAt = new Date(at.getTime() + (expiresIn ?? DEVICE_SESSION_SECONDS) * 1000);
      await db
        .insertInto('device_sessions')
        .values({
          grant_hash: hash(id),
          user_id: payload.accountId,
          client_id: payload.clientId,
          sealed,
          created_at: at,
          last_used_at: at,
          expires_at: expiresAt,
        })
        .onConflict((conflict) =>
          conflict.column('grant_hash').doUpdateSet((set) => ({
            sealed,
            // One that an identity provider made shorter stays so.
            expires_at: set.fn('least', ['device_sessions.expires_at', set.val(expiresAt)]),
          })),
        )
        .execute();
    },
    async find(id) {
      const row = await db
        .selectFrom('device_sessions')
        .select('sealed')
        .where('grant_hash', '=', hash(id))
        .where('expires_at', '>', now())
        .executeTakeFirst();
      return row === undefined ? undefined : openPayload(store, 'Grant', row.sealed);
    },
    async destroy(id) {
      await db.deleteFrom('device_sessions').where('grant_hash', '=', hash(id)).execute();
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => undefined,
    revokeByGrantId: async () => undefined,
  };
}

/** What is known of a device that signs in; each part is a claim of the device or its browser, cut to size. */
export interface DeviceDescription {
  readonly deviceName: string | undefined;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  /** The connection that its person signed in by; `null`: a local password. */
  readonly connectionId: string | null;
}

/**
 * Writes down which device a new grant is for, and ends the grant where the browser's session that it comes from has
 * ended meanwhile: nothing that ends sessions may miss one that is just being made. `false`: it has. `until`: the
 * session ends by then at the latest (docs/identity.md section 1).
 */
export async function bindDevice(
  store: OidcStore,
  grantId: string,
  device: DeviceDescription,
  from: { readonly sessionId: string; readonly until: Date | null },
): Promise<boolean> {
  const grantHash = oidcHash(store, 'Grant', grantId);
  return store.db.transaction().execute(async (trx) => {
    // Whoever ends it waits for this, and then sees the device; or was first, and it is seen here.
    const { rows } = await sql`
      select 1 from browser_sessions where id = ${from.sessionId} and ended_reason is null
         and expires_at > ${store.now()} for share`.execute(trx);
    if (rows.length === 0) {
      await trx.deleteFrom('device_sessions').where('grant_hash', '=', grantHash).execute();
      return false;
    }
    await trx
      .updateTable('device_sessions')
      .set((set) => ({
        device_name: device.deviceName?.slice(0, 200) ?? null,
        address: device.address?.slice(0, 100) ?? null,
        user_agent: device.userAgent?.slice(0, 500) ?? null,
        connection_id: device.connectionId,
        ...(from.until === null ? {} : { expires_at: set.fn('least', ['expires_at', set.val(from.until)]) }),
      }))
      .where('grant_hash', '=', grantHash)
      .execute();
    return true;
  });
}

/** Removes what has expired; grants that no live token hangs on (never redeemed, or idle too long) go as well. */
export async function sweepExpired(store: Pick<OidcStore, 'db' | 'now'>): Promise<void> {
  const { db } = store;
  const at = store.now();
  const unredeemedSince = new Date(at.getTime() - UNREDEEMED_MS);
  await db
    .deleteFrom('oidc_entities')
    .where('expires_at', '<', new Date(at.getTime() - KEEP_EXPIRED_MS))
    .execute();
  await db.deleteFrom('browser_sessions').where('expires_at', '<', at).execute();
  await db
    .deleteFrom('session_ends')
    .where('ended_at', '<', new Date(at.getTime() - DEVICE_SESSION_SECONDS * 1000))
    .execute();
  await db.deleteFrom('attempt_counters').where('window_ends_at', '<', at).execute();
  await db
    .deleteFrom('device_sessions')
    .where((where) =>
      where.or([
        where('expires_at', '<', at),
        where.and([
          where('last_used_at', '<', unredeemedSince),
          where.not(
            where.exists(
              where
                .selectFrom('oidc_entities')
                .select('id_hash')
                .whereRef('oidc_entities.grant_hash', '=', 'device_sessions.grant_hash')
                .where('oidc_entities.expires_at', '>', at),
            ),
          ),
        ]),
      ]),
    )
    .execute();
}

/** A device code that has expired is still told as such for this long. */
const KEEP_EXPIRED_MS = 3_600_000;
/** A grant whose code was not redeemed by now never will be. */
const UNREDEEMED_MS = 900_000;
