import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db } from '../database/connection.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { noSuchConnection } from './connection-service.ts';

const FIELD = { field: 'sharedConnectionId' };

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
    if (connection === undefined) {
      throw new RefusalError({
        code: 'not_found',
        message: 'No organization of this hub has a connection of that id.',
        help: 'Ask the owner who gave it to you: it is shown with their connection, under "Other organizations".',
        details: FIELD,
      });
    }
    if (connection.organization_id === where.organizationId) {
      throw new RefusalError({
        code: 'conflict',
        message: 'This is a connection of this organization, and provisions into it anyway.',
        help: 'Enter the id of a connection of another organization.',
        details: FIELD,
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
