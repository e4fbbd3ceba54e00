import { sql } from 'kysely';
import type { AcceptedConnectionList, AcceptedConnectionQuery } from '../../shared/contracts/hub-sso.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { noSuchConnection } from './connection-service.ts';

const ORDERS: Readonly<Record<string, ListOrder>> = {
  organization: { by: sql`o.name`, kind: 'text' },
  name: { by: sql`lower(c.name)`, kind: 'text' },
  accepted: { by: sql`co.accepted_at`, kind: 'time' },
};

/** Connections of other organizations that may provision into this one; all of them without a limit. */
export async function listAccepted(
  reader: Reader,
  organizationId: string,
  { search, sort = 'organization', cursor, limit }: AcceptedConnectionQuery = {},
): Promise<AcceptedConnectionList> {
  const { rows, total, next } = await readPage<{
    id: string;
    name: string;
    organization: string;
    accepted_at: Date;
  }>(
    reader,
    {
      columns: sql`c.id, c.name, o.name as organization, co.accepted_at`,
      from: sql`connection_organizations co join connections c on c.id = co.connection_id
        join organizations o on o.id = c.organization_id`,
      where: sql`co.organization_id = ${organizationId} and ${searching(search, sql`c.name`, sql`o.name`)}`,
      orders: ORDERS,
      id: { by: sql`c.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  const connections = rows.map(({ id, name, organization, accepted_at }) => ({
    ...{ id, name, organization },
    acceptedAt: accepted_at.toISOString(),
  }));
  return { connections, total, next };
}

/** Lets a connection of another organization provision into this one; told apart by the id its owner passed on. */
export async function acceptConnection(
  db: Db,
  context: ChangeContext,
  where: { readonly organizationId: string; readonly connectionId: string },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const connection = await trx
      .selectFrom('connections')
      .select(['id', 'name', 'organization_id'])
      .where('id', '=', where.connectionId)
      .executeTakeFirst();
    if (connection === undefined) throw noSuchConnection();
    if (connection.organization_id === where.organizationId) {
      throw new RefusalError({
        code: 'conflict',
        message: 'A connection of this organization provisions into it anyway.',
      });
    }
    const made = await trx
      .insertInto('connection_organizations')
      .values({
        connection_id: connection.id,
        organization_id: where.organizationId,
        accepted_by: context.actor.kind === 'user' ? context.actor.userId : null,
        accepted_at: context.at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('connection_id')
      .executeTakeFirst();
    if (made === undefined) return;
    // Both sides read it in their own log.
    for (const organizationId of [where.organizationId, connection.organization_id]) {
      await recordChange(trx, context, {
        organizationId,
        action: 'connection.accept',
        target: { kind: 'connection', id: connection.id, label: connection.name },
      });
    }
  });
}

/** Ends it from the side of the connection: its owner stops provisioning into that organization. */
export async function withdrawConnection(
  db: Db,
  context: ChangeContext,
  where: {
    readonly organizationId: string;
    readonly connectionId: string;
    readonly acceptingOrganization: string;
  },
): Promise<void> {
  const found = await db
    .selectFrom('connection_organizations as co')
    .innerJoin('connections as c', 'c.id', 'co.connection_id')
    .innerJoin('organizations as o', 'o.id', 'co.organization_id')
    .where('c.id', '=', where.connectionId)
    .where('c.organization_id', '=', where.organizationId)
    .where('o.name', '=', where.acceptingOrganization)
    .select('co.organization_id')
    .executeTakeFirst();
  if (found === undefined) throw noSuchConnection();
  await revokeAcceptance(db, context, {
    organizationId: found.organization_id,
    connectionId: where.connectionId,
  });
}

/** Takes that back. Who came through it stays a member; nothing more is provisioned. */
export async function revokeAcceptance(
  db: Db,
  context: ChangeContext,
  where: { readonly organizationId: string; readonly connectionId: string },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const gone = await trx
      .deleteFrom('connection_organizations')
      .where('connection_id', '=', where.connectionId)
      .where('organization_id', '=', where.organizationId)
      .returning('connection_id')
      .executeTakeFirst();
    const connection = await trx
      .selectFrom('connections')
      .select(['id', 'name', 'organization_id'])
      .where('id', '=', where.connectionId)
      .executeTakeFirst();
    if (gone === undefined || connection === undefined) throw noSuchConnection();
    for (const organizationId of [where.organizationId, connection.organization_id]) {
      await recordChange(trx, context, {
        organizationId,
        action: 'connection.revoke',
        target: { kind: 'connection', id: connection.id, label: connection.name },
      });
    }
  });
}
