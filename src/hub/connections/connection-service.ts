import { sql } from 'kysely';
import type {
  Connection,
  ConnectionChange,
  ConnectionCreation,
  ConnectionList,
  ConnectionQuery,
} from '../../shared/contracts/hub-sso.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandUnchanged, type Editable } from '../audit/made-from.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { having, searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import { lockOrganization } from '../policies/recipients.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import { recordConnection } from './connection-event.ts';
import { refuseTakenConnectionName } from './connection-names.ts';
import {
  columnsOf,
  editedOf,
  keepingSignatures,
  refuseHollowEnforcement,
  settingsOf,
  wrongKind,
} from './connection-values.ts';
import { type ConnectionRow, viewConnections } from './connection-view.ts';
import { keepConnection } from './deleted-connections.ts';
import { endPasswordSessions } from './end-password-sessions.ts';
import { type ConnectionSettings, oidcSettings, readSettings } from './settings.ts';

/** What every change of connections works with. */
export interface ConnectionPlace {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly publicUrl: string;
}

/** The purpose that client secrets are sealed for; bound to the connection, so that none can be moved to another. */
export function clientSecretPurpose(connectionId: string): string {
  return `oidc-client-secret:${connectionId}`;
}

const ORDERS: Readonly<Record<string, ListOrder>> = {
  name: { by: sql`lower(c.name)`, kind: 'text' },
  kind: { by: sql`c.kind`, kind: 'text' },
  created: { by: sql`c.created_at`, kind: 'time' },
  changed: { by: sql`c.updated_at`, kind: 'time' },
};

/** The connections of an organization by name or in another order; all of them without a limit. */
export async function listConnections(
  reader: Reader,
  where: { readonly publicUrl: string; readonly now: number },
  organizationId: string,
  { search, kind, sort = 'name', cursor, limit }: ConnectionQuery = {},
): Promise<ConnectionList> {
  const { rows, total, next } = await readPage<ConnectionRow>(
    reader,
    {
      columns: sql`c.*`,
      from: sql`connections c`,
      where: sql`c.organization_id = ${organizationId} and ${having(sql`c.kind`, kind)}
        and ${searching(search, sql`c.name`, sql`array_to_string(c.domain_names, ' ')`)}`,
      orders: ORDERS,
      id: { by: sql`c.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { connections: await viewConnections(reader, where, rows), total, next };
}

/** One connection of the organization. */
export async function readConnection(
  reader: Reader,
  where: { readonly publicUrl: string; readonly now: number },
  organizationId: string,
  connectionId: string,
): Promise<Connection> {
  return (await readForEdit(reader, where, organizationId, connectionId)).connection;
}

/** The same with what can be edited of it. */
export async function readForEdit(
  reader: Reader,
  where: { readonly publicUrl: string; readonly now: number },
  organizationId: string,
  connectionId: string,
): Promise<{ readonly connection: Connection; readonly edited: Editable }> {
  const row = await readRow(reader, organizationId, connectionId);
  const [connection] = await viewConnections(reader, where, [row]);
  if (connection === undefined) throw noSuchConnection();
  return { connection, edited: editedOf(row) };
}

/** Makes a connection. Without settings it signs nobody in yet, but can already carry SCIM. */
export async function createConnection(
  place: ConnectionPlace,
  context: ChangeContext,
  organizationId: string,
  wanted: ConnectionCreation,
): Promise<Connection> {
  return changing(
    place,
    organizationId,
    async (trx) => {
      const settings = settingsOf(wanted.kind, wanted);
      const { id } = await trx
        .insertInto('connections')
        .values({
          organization_id: organizationId,
          name: wanted.name,
          kind: wanted.kind,
          default_team: wanted.defaultTeam ?? null,
          created_at: context.at,
          updated_at: context.at,
          ...columnsOf(wanted),
          ...(settings === null ? {} : { settings: JSON.stringify(settings) }),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      if (wanted.oidc?.clientSecret !== undefined) await keepSecret(place, trx, id, wanted.oidc.clientSecret);
      const row = await readRow(trx, organizationId, id);
      refuseHollowEnforcement(row);
      await recordConnection(trx, context, 'connection.create', row, undefined, row);
      return row;
    },
    context,
  );
}

/** Changes what is named, and leaves the rest. */
export async function updateConnection(
  place: ConnectionPlace,
  context: ChangeContext,
  where: ConnectionWhere,
  change: ConnectionChange,
): Promise<Connection> {
  return changeExisting(place, context, where, async (trx, before) => {
    const settings = settingsOf(before.kind, change, readSettings(before.settings));
    await trx
      .updateTable('connections')
      .set({
        ...columnsOf(change),
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.defaultTeam === undefined ? {} : { default_team: change.defaultTeam }),
        ...(settings === null ? {} : { settings: JSON.stringify(settings) }),
        updated_at: context.at,
      })
      .where('id', '=', before.id)
      .execute();
    if (change.oidc !== undefined) await changeSecret(place, trx, before, change.oidc);
  });
}

/** Takes over what metadata says; everything else stays: metadata switches no signature off. */
export async function applySettings(
  place: ConnectionPlace,
  context: ChangeContext,
  where: ConnectionWhere,
  settings: ConnectionSettings,
): Promise<Connection> {
  return changeExisting(place, context, where, async (trx, before) => {
    if (before.kind !== settings.kind) throw wrongKind(before.kind);
    await trx
      .updateTable('connections')
      .set({ settings: JSON.stringify(keepingSignatures(before, settings)), updated_at: context.at })
      .where('id', '=', before.id)
      .execute();
  });
}

interface ConnectionWhere {
  readonly organizationId: string;
  readonly connectionId: string;
}

/** Changes a connection that is there, made from what stands there now, and records it. */
async function changeExisting(
  place: ConnectionPlace,
  context: ChangeContext,
  { organizationId, connectionId }: ConnectionWhere,
  write: (trx: Trx, before: ConnectionRow) => Promise<void>,
): Promise<Connection> {
  return changing(
    place,
    organizationId,
    async (trx) => {
      const before = await readRow(trx, organizationId, connectionId);
      const edited = editedOf(before);
      await demandUnchanged(trx, context, { organizationId, targetId: connectionId, edited });
      await write(trx, before);
      const row = await readRow(trx, organizationId, connectionId);
      refuseHollowEnforcement(row);
      await recordConnection(trx, context, 'connection.update', row, before, row);
      return row;
    },
    context,
  );
}

/** Removes a connection: its SCIM tokens and resources go with it, members stay. For 30 days it can be restored. */
export async function deleteConnection(
  db: Db,
  context: ChangeContext,
  where: { readonly organizationId: string; readonly connectionId: string },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const before = await readRow(trx, where.organizationId, where.connectionId);
    await keepConnection(trx, context, before);
    await trx.deleteFrom('connections').where('id', '=', before.id).execute();
    await recordConnection(trx, context, 'connection.delete', before, before, undefined);
  });
}

/** The row, or "not found": connections of others look like none. */
export async function readRow(
  reader: Reader,
  organizationId: string,
  connectionId: string,
): Promise<ConnectionRow> {
  const row = await reader
    .selectFrom('connections')
    .selectAll()
    .where('id', '=', connectionId)
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
  if (row === undefined) throw noSuchConnection();
  return row;
}

async function changing(
  { db, publicUrl }: ConnectionPlace,
  organizationId: string,
  work: (trx: Trx) => Promise<ConnectionRow>,
  context: ChangeContext,
): Promise<Connection> {
  return db
    .transaction()
    .execute(async (trx) => {
      await lockOrganization(trx, organizationId);
      const row = await work(trx);
      if (row.enforced) await endPasswordSessions(trx, context, organizationId);
      const [seen] = await viewConnections(trx, { publicUrl, now: context.at.getTime() }, [row]);
      if (seen === undefined) throw noSuchConnection();
      return seen;
    })
    .catch(refuseTakenConnectionName);
}

async function keepSecret(
  { secret }: ConnectionPlace,
  trx: Trx,
  id: string,
  clientSecret: string,
): Promise<void> {
  const sealed = secret.seal(clientSecretPurpose(id), Buffer.from(clientSecret));
  await trx.updateTable('connections').set({ sealed_secret: sealed }).where('id', '=', id).execute();
}

async function changeSecret(
  place: ConnectionPlace,
  trx: Trx,
  before: ConnectionRow,
  oidc: NonNullable<ConnectionChange['oidc']>,
): Promise<void> {
  if (oidc.clientSecret !== undefined) return keepSecret(place, trx, before.id, oidc.clientSecret);
  const old = readSettings(before.settings);
  // A kept secret must not be sent to an issuer that it was not given for.
  if (old?.kind === 'oidc' && oidcSettings(oidc).issuer !== old.issuer)
    await trx.updateTable('connections').set({ sealed_secret: null }).where('id', '=', before.id).execute();
}

export function noSuchConnection(): RefusalError {
  return new RefusalError({
    code: 'not_found',
    message: 'There is no such connection in this organization.',
  });
}
