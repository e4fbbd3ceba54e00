import type { Insertable } from 'kysely';
import { errors } from 'oidc-provider';
import type { Reader, Trx } from '../database/connection.ts';
import type { OidcStore } from './oidc-store.ts';
import type { OidcEntitiesTable } from './tables.ts';

/**
 * How long a rotated refresh token is accepted again (docs/identity.md section 1), unless its successor is used
 * before: an answer lost on the way must not sign anyone out.
 */
const REFRESH_GRACE_MS = 60_000;

const MODEL = 'RefreshToken';

interface Consumed {
  readonly id_hash: Buffer;
  readonly consumed_at: Date | null;
}

/** True while this rotated token may still be presented again. */
export async function isAcceptedAgain(store: OidcStore, reader: Reader, token: Consumed): Promise<boolean> {
  if (token.consumed_at === null) return false;
  if (store.now().getTime() - token.consumed_at.getTime() >= REFRESH_GRACE_MS) return false;
  return !(await hasUsedSuccessor(reader, token.id_hash));
}

/**
 * The token is being used. First use: it is marked, and successors made beside it for the same predecessor go.
 * Use again within the grace: its unused successor goes, the caller makes another. Any later use is a replay:
 * this device's session ends, and no other.
 */
export async function consumeRefreshToken(store: OidcStore, idHash: Buffer): Promise<void> {
  const outcome = await store.db.transaction().execute(async (trx) => {
    const found = await read(trx, idHash);
    if (found?.grant_hash === null || found?.grant_hash === undefined) return 'gone';
    if (!(await lockDevice(trx, found.grant_hash))) return 'gone';
    // Read again under the lock: another request of this device may have come between.
    const token = await read(trx, idHash);
    if (token === undefined) return 'gone';
    const at = store.now();
    if (token.consumed_at === null) {
      await mark(trx, idHash, at);
      if (token.predecessor_hash !== null) await dropUnused(trx, token.predecessor_hash);
    } else if (await isAcceptedAgain(store, trx, { id_hash: idHash, consumed_at: token.consumed_at })) {
      await dropUnused(trx, idHash);
    } else {
      await trx.deleteFrom('device_sessions').where('grant_hash', '=', found.grant_hash).execute();
      return 'replayed';
    }
    await trx
      .updateTable('device_sessions')
      .set({ last_used_at: at })
      .where('grant_hash', '=', found.grant_hash)
      .execute();
    return 'accepted';
  });
  if (outcome === 'gone') throw new errors.InvalidGrant('refresh token not found');
  if (outcome === 'replayed') throw new errors.InvalidGrant('refresh token already used');
}

/**
 * Saves the successor of a rotated token. Two requests that were under way together may each leave one: whichever
 * is used first stays, the other goes then. Once one was used, a straggler gets none.
 */
export async function insertSuccessor(
  store: OidcStore,
  row: Insertable<OidcEntitiesTable> & {
    readonly predecessor_hash: Buffer;
    readonly grant_hash: Buffer | null;
  },
): Promise<void> {
  await store.db.transaction().execute(async (trx) => {
    if (row.grant_hash === null || !(await lockDevice(trx, row.grant_hash))) {
      throw new errors.InvalidGrant('the session of this device has ended');
    }
    if (await hasUsedSuccessor(trx, row.predecessor_hash))
      throw new errors.InvalidGrant('refresh token already used');
    await trx.insertInto('oidc_entities').values(row).execute();
  });
}

function read(trx: Trx, idHash: Buffer) {
  return trx
    .selectFrom('oidc_entities')
    .select(['grant_hash', 'consumed_at', 'predecessor_hash'])
    .where('model', '=', MODEL)
    .where('id_hash', '=', idHash)
    .executeTakeFirst();
}

/** One refresh at a time for each device: everything below reads and writes under this lock. */
async function lockDevice(trx: Trx, grantHash: Buffer): Promise<boolean> {
  const row = await trx
    .selectFrom('device_sessions')
    .select('id')
    .where('grant_hash', '=', grantHash)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

async function hasUsedSuccessor(reader: Reader, predecessorHash: Buffer): Promise<boolean> {
  const row = await reader
    .selectFrom('oidc_entities')
    .select('id_hash')
    .where('model', '=', MODEL)
    .where('predecessor_hash', '=', predecessorHash)
    .where('consumed_at', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}

async function mark(trx: Trx, idHash: Buffer, at: Date): Promise<void> {
  await trx
    .updateTable('oidc_entities')
    .set({ consumed_at: at })
    .where('model', '=', MODEL)
    .where('id_hash', '=', idHash)
    .execute();
}

/** Drops the successors of this predecessor that nobody has used. */
async function dropUnused(trx: Trx, predecessorHash: Buffer): Promise<void> {
  await trx
    .deleteFrom('oidc_entities')
    .where('model', '=', MODEL)
    .where('predecessor_hash', '=', predecessorHash)
    .where('consumed_at', 'is', null)
    .execute();
}
