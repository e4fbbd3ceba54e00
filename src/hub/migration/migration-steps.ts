import { sql } from 'kysely';
import type { Migration, MigrationPerson } from '../../shared/contracts/hub-provisioning.ts';
import type { Reader } from '../database/connection.ts';
import './tables.ts';

/** A move within its organization. */
export interface MigrationPlace {
  readonly organizationId: string;
  readonly migrationId: string;
}

/** A move as it is kept, and how many people stand where. */
export interface MigrationRow {
  readonly id: string;
  readonly connection_id: string;
  readonly connection_name: string;
  readonly step: Migration['step'];
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly counts: Partial<Record<MigrationPerson['state'], number>>;
}

/** Notes the step that a move is at. Answers false, with nothing written, when the move has ended meanwhile. */
export async function stepTo(
  reader: Reader,
  row: Pick<MigrationRow, 'id'>,
  at: Date,
  step: Migration['step'],
): Promise<boolean> {
  const moved = await reader
    .updateTable('provisioning_migrations')
    .set({ step, updated_at: at })
    .where('id', '=', row.id)
    .where('step', 'not in', ['finished', 'cancelled'])
    .returning('id')
    .executeTakeFirst();
  return moved !== undefined;
}

/**
 * Who was taken over, is gone, or belongs here in another way by now waits no more: the membership that stands is not
 * the one to end. `userId`: only that person.
 */
export async function settleWaiting(
  reader: Reader,
  row: Pick<MigrationRow, 'id'>,
  userId?: string,
): Promise<void> {
  const whom = userId === undefined ? sql`true` : sql`p.user_id = ${userId}`;
  await sql`update provisioning_migration_people p set state = 'adopted', detail = ''
    from memberships m join provisioning_migrations g on g.organization_id = m.organization_id
    where g.id = ${row.id} and p.migration_id = g.id and p.state in ('waiting', 'refused') and m.user_id = p.user_id
      and m.origin = 'scim' and m.connection_id = g.connection_id and ${whom}`.execute(reader);
  await sql`update provisioning_migration_people p set state = 'removed', detail = 'Was gone already.'
    from provisioning_migrations g where g.id = ${row.id} and p.migration_id = g.id and p.state = 'waiting' and ${whom}
      and not exists (select 1 from memberships m where m.organization_id = g.organization_id and m.user_id = p.user_id)`.execute(
    reader,
  );
  // Somebody changed how they belong here: that is not this move's to undo.
  await sql`update provisioning_migration_people p set state = 'refused', detail = 'Is a member in another way by now.'
    from provisioning_migrations g, memberships m where g.id = ${row.id} and p.migration_id = g.id and p.state = 'waiting'
      and m.organization_id = g.organization_id and m.user_id = p.user_id and ${whom}
      and not (m.origin = 'jit' and m.connection_id is not distinct from g.connection_id)`.execute(reader);
}
