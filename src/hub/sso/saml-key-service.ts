import type { SamlKeyList, SamlKeyView } from '../../shared/contracts/hub-sso.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import { certificateFacts } from '../connections/certificates.ts';
import { readRow } from '../connections/connection-service.ts';
import { type ConnectionRow, connectionAddresses } from '../connections/connection-view.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { lockOrganization } from '../policies/recipients.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import { createSamlKey, makeSamlKey } from './saml-key.ts';
import { type HeldSamlKey, held, readSamlKeys, type SamlKeys, samlKeyPurpose } from './saml-keys.ts';

/*
 * The key of a SAML connection is exchanged in three steps, so that nobody is shut out between them: a new one is added
 * (it opens assertions, and the metadata names it); once the identity provider knows it, it signs; the old one is
 * retired. Until then the old one can sign again.
 */

/** What these work with. */
export interface SamlKeyPlace {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly publicUrl: string;
}
interface Where {
  readonly organizationId: string;
  readonly connectionId: string;
}

/** The keys of a connection, the one that signs first. */
export async function listSamlKeys(place: SamlKeyPlace, where: Where, now: Date): Promise<SamlKeyList> {
  const row = await samlConnection(place.db, where);
  const keys = await keysOf(place.db, place, row.id, now);
  return { keys: keys.map((key) => view(place, row.id, key, now)) };
}

/** Makes the next key. Refuses `conflict` while an exchange is under way. */
export async function addSamlKey(
  place: SamlKeyPlace,
  context: ChangeContext,
  where: Where,
): Promise<SamlKeyView> {
  const made = held(await makeSamlKey(context.at), false, context.at);
  await changing(place, where, async (trx, row) => {
    const keys = await keysOf(trx, place, row.id, context.at);
    if (keys.length > 1) throw underWay();
    const own = await trx
      .selectFrom('connection_saml_keys')
      .select('fingerprint')
      .where('connection_id', '=', row.id)
      .execute();
    // From here on the connection has keys of its own; the hub's is the first of them.
    for (const key of own.length === 0 ? [keys[0], made] : [made]) await insertKey(trx, place, row.id, key);
    await record(trx, context, row, 'connection.key-add', { after: { fingerprint: made.fingerprint } });
  });
  return view(place, where.connectionId, made, context.at);
}

/** This key signs from now on; the other goes on opening assertions. */
export async function signWithSamlKey(
  place: SamlKeyPlace,
  context: ChangeContext,
  where: Where & { readonly fingerprint: string },
): Promise<SamlKeyView> {
  return changing(place, where, async (trx, row) => {
    const keys = await keysOf(trx, place, row.id, context.at);
    const wanted = named(keys, where.fingerprint);
    if (!wanted.signs) {
      const own = trx.updateTable('connection_saml_keys').where('connection_id', '=', row.id);
      await own.set({ signs: false }).execute();
      await own.set({ signs: true }).where('fingerprint', '=', wanted.fingerprint).execute();
      await record(trx, context, row, 'connection.key-sign', {
        before: { fingerprint: keys[0].fingerprint },
        after: { fingerprint: wanted.fingerprint },
      });
    }
    return view(place, row.id, { ...wanted, signs: true }, context.at);
  });
}

/** Takes a key away: what is encrypted for it is opened no longer. Refuses the one that signs. */
export async function retireSamlKey(
  place: SamlKeyPlace,
  context: ChangeContext,
  where: Where & { readonly fingerprint: string },
): Promise<void> {
  await changing(place, where, async (trx, row) => {
    const wanted = named(await keysOf(trx, place, row.id, context.at), where.fingerprint);
    if (wanted.signs) throw stillSigns();
    await trx
      .deleteFrom('connection_saml_keys')
      .where('connection_id', '=', row.id)
      .where('fingerprint', '=', wanted.fingerprint)
      .execute();
    await record(trx, context, row, 'connection.key-retire', { before: { fingerprint: wanted.fingerprint } });
  });
}

function keysOf(
  reader: Reader,
  { db, secret }: SamlKeyPlace,
  connectionId: string,
  at: Date,
): Promise<SamlKeys> {
  const sharedKey = createSamlKey({ db, secret, now: () => at });
  return readSamlKeys(reader, { secret, sharedKey }, connectionId);
}

function changing<Value>(
  { db }: SamlKeyPlace,
  where: Where,
  work: (trx: Trx, row: ConnectionRow) => Promise<Value>,
): Promise<Value> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    return work(trx, await samlConnection(trx, where));
  });
}

async function samlConnection(reader: Reader, where: Where): Promise<ConnectionRow> {
  const row = await readRow(reader, where.organizationId, where.connectionId);
  if (row.kind === 'saml') return row;
  throw new RefusalError({
    code: 'invalid_value',
    message: 'This connection is OpenID Connect: it has a client secret and no key.',
    help: 'A new client secret is entered with the settings of the connection.',
  });
}

async function insertKey(
  trx: Trx,
  { secret }: SamlKeyPlace,
  connectionId: string,
  { fingerprint, certificate, privateKey, signs, createdAt }: HeldSamlKey,
): Promise<void> {
  await trx
    .insertInto('connection_saml_keys')
    .values({
      connection_id: connectionId,
      fingerprint,
      certificate,
      sealed_private: secret.seal(samlKeyPurpose(connectionId, fingerprint), Buffer.from(privateKey)),
      signs,
      created_at: createdAt,
    })
    .execute();
}

function record(
  trx: Trx,
  context: ChangeContext,
  row: ConnectionRow,
  action: string,
  change: { readonly before?: { fingerprint: string }; readonly after?: { fingerprint: string } },
): Promise<void> {
  return recordChange(trx, context, {
    organizationId: row.organization_id,
    action,
    target: { kind: 'connection', id: row.id, label: row.name },
    ...change,
  });
}

function named(keys: SamlKeys, fingerprint: string): HeldSamlKey {
  const found = keys.find((key) => key.fingerprint === fingerprint.toLowerCase());
  if (found !== undefined) return found;
  throw new RefusalError({ code: 'not_found', message: 'This connection has no such key.' });
}

function view({ publicUrl }: SamlKeyPlace, connectionId: string, key: HeldSamlKey, now: Date): SamlKeyView {
  return {
    ...certificateFacts(key.certificate, now.getTime()),
    signs: key.signs,
    certificateUrl: `${connectionAddresses(publicUrl, connectionId).certificateUrl}?key=${key.fingerprint}`,
  };
}

function underWay(): RefusalError {
  return new RefusalError({
    code: 'conflict',
    message: 'The key of this connection is being exchanged already: there is a second one.',
    help: 'Let the new key sign and retire the old one, or retire the new one to begin again.',
  });
}

function stillSigns(): RefusalError {
  return new RefusalError({
    code: 'conflict',
    message: 'This key signs the requests to the identity provider, and is the one that it knows.',
    help: 'Add a key, give its certificate to the identity provider and let it sign; then retire this one.',
  });
}
