import { type Adapter, type AdapterFactory, errors, Provider } from 'oidc-provider';
import { createGrantAdapter } from './device-sessions.ts';
import { refusingEndedSessions } from './ended-session.ts';
import { type OidcStore, oidcHash, openPayload, sealPayload } from './oidc-store.ts';
import { consumeRefreshToken, insertSuccessor, isAcceptedAgain } from './refresh-rotation.ts';

/**
 * Keeps the OpenID provider's models in PostgreSQL, so that any hub process can continue what another began and
 * a restart loses nothing. Ids (which are the codes and tokens themselves) are stored as keyed digests, contents
 * sealed; consuming is one atomic statement.
 */
export function createOidcAdapter(store: OidcStore): AdapterFactory {
  return (model) => (model === 'Grant' ? createGrantAdapter(store) : createEntityAdapter(store, model));
}

function createEntityAdapter(store: OidcStore, model: string): Adapter {
  const { db, now } = store;
  const hash = (id: string) => oidcHash(store, model, id);
  const lookup = (key: string) => oidcHash(store, `${model}:lookup`, key);

  const read = async (column: 'id_hash' | 'lookup_hash', key: Buffer) => {
    const row = await db
      .selectFrom('oidc_entities')
      .select(['sealed', 'consumed_at', 'id_hash'])
      .where('model', '=', model)
      .where(column, '=', key)
      .executeTakeFirst();
    // Expired rows are told too: the provider says "expired" where that matters. The sweep removes them.
    if (row === undefined) return undefined;
    const payload = openPayload(store, model, row.sealed);
    if (payload === undefined || row.consumed_at === null) return payload;
    const consumed = { ...payload, consumed: Math.floor(row.consumed_at.getTime() / 1000) };
    return model === 'RefreshToken' && (await isAcceptedAgain(store, db, row)) ? payload : consumed;
  };

  return {
    async upsert(id, payload, expiresIn) {
      const at = now();
      const key = payload.userCode ?? (model === 'Session' ? payload.uid : undefined);
      const content = {
        sealed: sealPayload(store, model, payload),
        grant_hash: payload.grantId === undefined ? null : oidcHash(store, 'Grant', payload.grantId),
        lookup_hash: key === undefined ? null : lookup(key),
        expires_at: expiresIn === undefined ? null : new Date(at.getTime() + expiresIn * 1000),
      };
      const row = { model, id_hash: hash(id), created_at: at, ...content };
      const predecessor = model === 'RefreshToken' ? rotatedFrom() : undefined;
      await refusingEndedSessions(async () => {
        if (predecessor !== undefined)
          return insertSuccessor(store, { ...row, predecessor_hash: hash(predecessor) });
        // What was consumed stays consumed, whatever is saved afterwards.
        await db
          .insertInto('oidc_entities')
          .values(row)
          .onConflict((conflict) => conflict.columns(['model', 'id_hash']).doUpdateSet(content))
          .execute();
      });
    },
    find: (id) => read('id_hash', hash(id)),
    findByUid: (uid) => read('lookup_hash', lookup(uid)),
    findByUserCode: (userCode) => read('lookup_hash', lookup(userCode)),
    async consume(id) {
      if (model === 'RefreshToken') return consumeRefreshToken(store, hash(id));
      const { numUpdatedRows } = await db
        .updateTable('oidc_entities')
        .set({ consumed_at: now() })
        .where('model', '=', model)
        .where('id_hash', '=', hash(id))
        .where('consumed_at', 'is', null)
        .executeTakeFirst();
      // Two at once both read "unused"; only one of them changed the row.
      if (numUpdatedRows === 0n) throw new errors.InvalidGrant('already consumed');
    },
    async destroy(id) {
      await db
        .deleteFrom('oidc_entities')
        .where('model', '=', model)
        .where('id_hash', '=', hash(id))
        .execute();
    },
    async revokeByGrantId(grantId) {
      await db
        .deleteFrom('oidc_entities')
        .where('model', '=', model)
        .where('grant_hash', '=', oidcHash(store, 'Grant', grantId))
        .execute();
    },
  };
}

/** Id of the refresh token that the request in progress is rotating. */
function rotatedFrom(): string | undefined {
  const rotated: unknown = Provider.ctx?.oidc.entities.RotatedRefreshToken;
  return typeof rotated === 'object' &&
    rotated !== null &&
    'jti' in rotated &&
    typeof rotated.jti === 'string'
    ? rotated.jti
    : undefined;
}
