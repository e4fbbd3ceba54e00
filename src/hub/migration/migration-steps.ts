import { sql } from 'kysely';
import type { Migration, MigrationPerson } from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { lockOrganization } from '../policies/recipients.ts';
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
  readonly removal_running: boolean;
  readonly removal_label: string | null;
  readonly removal_problem: string | null;
}

/** Whether a move has not ended. */
export function isUnderWay(
  step: Migration['step'],
): step is Exclude<Migration['step'], 'finished' | 'cancelled'> {
  return step !== 'finished' && step !== 'cancelled';
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
 * Runs a part of a move in one transaction that first takes the organization: nobody's membership changes meanwhile, by
 * another administrator, by SCIM or by signing in. Refuses when the move has ended.
 */
export function inMove<T>(db: Db, where: MigrationPlace, work: (trx: Trx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const move = await trx
      .selectFrom('provisioning_migrations')
      .select('step')
      .where('id', '=', where.migrationId)
      .executeTakeFirstOrThrow();
    if (!isUnderWay(move.step)) throw over(move.step);
    return work(trx);
  });
}

/** The refusal of whatever comes after the end of a move. */
export function over(step: 'finished' | 'cancelled'): RefusalError {
  return new RefusalError({
    code: 'conflict',
    message: `This move is ${step}.`,
    help: 'Begin another one.',
  });
}

/**
 * Everybody whom the connection's sign-in has made a member waits: those who signed in since the move began as well,
 * and those who came back that way after they were removed.
 */
export async function enrol(reader: Reader, row: Pick<MigrationRow, 'id'>): Promise<void> {
  await sql`insert into provisioning_migration_people (migration_id, user_id, email, role, state)
    select g.id, m.user_id, u.email, m.role, 'waiting' from provisioning_migrations g
      join memberships m on m.organization_id = g.organization_id and m.connection_id = g.connection_id and m.origin = 'jit'
      join users u on u.id = m.user_id
     where g.id = ${row.id}
    on conflict (migration_id, user_id) do update set state = 'waiting', detail = '', role = excluded.role
      where provisioning_migration_people.state in ('removed', 'returned', 'adopted')`.execute(reader);
}

/** Who was removed and has a membership from this connection's SCIM by now has returned. */
export async function settleReturned(reader: Reader, row: Pick<MigrationRow, 'id'>): Promise<void> {
  await sql`update provisioning_migration_people p set state = 'returned', detail = ''
    from provisioning_migrations g join memberships m on m.organization_id = g.organization_id
     where g.id = ${row.id} and p.migration_id = g.id and p.state = 'removed' and m.user_id = p.user_id
       and m.origin = 'scim' and m.connection_id = g.connection_id`.execute(reader);
}

/** With nobody left to remove, a move waits for those to come back. */
export async function settleStep(reader: Reader, row: Pick<MigrationRow, 'id'>, at: Date): Promise<void> {
  await sql`update provisioning_migrations g set updated_at = ${at},
      step = case when exists (select 1 from provisioning_migration_people p where p.migration_id = g.id and p.state = 'waiting')
        then g.step else 'verifying' end
    where g.id = ${row.id} and g.step not in ('finished', 'cancelled')`.execute(reader);
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
