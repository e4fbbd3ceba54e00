import { sql } from 'kysely';
import type { Migration, MigrationPerson } from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { finishMove } from './finish-move.ts';
import {
  enrol,
  inMove,
  type MigrationPlace,
  type MigrationRow,
  over,
  settleReturned,
  settleStep,
  settleWaiting,
  stepTo,
} from './migration-steps.ts';
import { checkReadiness } from './readiness.ts';
import { removeBatch } from './remove-batch.ts';
import './tables.ts';

/*
 * The move from sign-in provisioning (JIT) to SCIM (docs/identity.md section 5), in small steps whose progress is
 * kept: whoever is interrupted goes on where it stopped. JIT is switched off before the first removal, or people
 * would come back the old way.
 */

/** The moves of an organization, newest first. */
export async function listMigrations(reader: Reader, organizationId: string): Promise<Migration[]> {
  const rows = await select(reader, sql`m.organization_id = ${organizationId}`);
  return Promise.all(rows.map((row) => view(reader, row)));
}

/** One move, and everybody in it. */
export async function readMigration(
  reader: Reader,
  where: MigrationPlace,
): Promise<{ readonly migration: Migration; readonly people: MigrationPerson[] }> {
  const row = await readRow(reader, where);
  const people = await reader
    .selectFrom('provisioning_migration_people')
    .select(['user_id', 'email', 'state', 'detail'])
    .where('migration_id', '=', row.id)
    .orderBy('email')
    .execute();
  return {
    migration: await view(reader, row),
    people: people.map(({ user_id: userId, email, state, detail }) => ({ userId, email, state, detail })),
  };
}

/** Begins a move with everybody whom this connection's sign-in made a member. One that is under way is answered. */
export async function beginMigration(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  connectionId: string,
): Promise<Migration> {
  const id = await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const connection = await trx
      .selectFrom('connections')
      .select('name')
      .where('id', '=', connectionId)
      .where('organization_id', '=', organizationId)
      .executeTakeFirst();
    if (connection === undefined)
      throw new RefusalError({
        code: 'not_found',
        message: 'There is no such connection in this organization.',
      });
    const open = await trx
      .selectFrom('provisioning_migrations')
      .select('id')
      .where('connection_id', '=', connectionId)
      .where('step', 'not in', ['finished', 'cancelled'])
      .executeTakeFirst();
    if (open !== undefined) return open.id;
    const made = await trx
      .insertInto('provisioning_migrations')
      .values({
        organization_id: organizationId,
        connection_id: connectionId,
        step: 'prepared',
        created_at: context.at,
        updated_at: context.at,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await enrol(trx, made);
    await record(trx, context, { organizationId, migrationId: made.id }, 'migration.begin', connection.name);
    return made.id;
  });
  return (await readMigration(db, { organizationId, migrationId: id })).migration;
}

/** Takes one step: removes a batch, looks who came back, or ends. Refuses what the present step does not allow. */
export async function advanceMigration(
  db: Db,
  context: ChangeContext,
  where: MigrationPlace,
  wanted: {
    readonly action: 'remove' | 'verify' | 'finish' | 'cancel';
    readonly batch: number;
    readonly without: readonly string[];
  },
): Promise<Migration> {
  const row = await readRow(db, where);
  if (row.step === 'finished' || row.step === 'cancelled') throw over(row.step);
  if (wanted.action === 'remove') await removeBatch(db, context, where, row, wanted.batch);
  else if (wanted.action === 'verify') await verify(db, context, where, row);
  else if (wanted.action === 'finish') await finishMove(db, context, where, row, wanted.without);
  else await cancel(db, context, where, row);
  return (await readMigration(db, where)).migration;
}

/** Looks who is back. */
function verify(db: Db, context: ChangeContext, where: MigrationPlace, row: MigrationRow): Promise<void> {
  return inMove(db, where, async (trx) => {
    await settleWaiting(trx, row);
    await settleReturned(trx, row);
    await settleStep(trx, row, context.at);
  });
}

function cancel(db: Db, context: ChangeContext, where: MigrationPlace, row: MigrationRow): Promise<void> {
  return inMove(db, where, async (trx) => {
    await stepTo(trx, row, context.at, 'cancelled');
    await record(trx, context, where, 'migration.cancel', row.connection_name);
  });
}

async function readRow(reader: Reader, where: MigrationPlace): Promise<MigrationRow> {
  const [row] = await select(
    reader,
    sql`m.organization_id = ${where.organizationId} and m.id = ${where.migrationId}`,
  );
  if (row !== undefined) return row;
  throw new RefusalError({ code: 'not_found', message: 'There is no such move in this organization.' });
}

async function select(reader: Reader, where: ReturnType<typeof sql>): Promise<readonly MigrationRow[]> {
  const { rows } = await sql<MigrationRow>`select m.id, m.connection_id, c.name as connection_name, m.step,
      m.created_at, m.updated_at, coalesce((select jsonb_object_agg(state, people) from
        (select state, count(*) as people from provisioning_migration_people p where p.migration_id = m.id group by state) s), '{}') as counts
    from provisioning_migrations m join connections c on c.id = m.connection_id
    where ${where} order by m.created_at desc limit 100`.execute(reader);
  return rows;
}

async function view(reader: Reader, row: MigrationRow): Promise<Migration> {
  const none = { waiting: 0, removed: 0, refused: 0, returned: 0, adopted: 0 };
  const counts = { ...none, ...row.counts };
  return {
    id: row.id,
    connection: { id: row.connection_id, name: row.connection_name },
    step: row.step,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    checks: await checkReadiness(reader, row.connection_id),
    counts,
    next: nextOf(row.step, counts),
  };
}

function nextOf(step: Migration['step'], counts: Migration['counts']): string {
  if (step === 'finished') return 'Nothing: the move is finished.';
  if (step === 'cancelled')
    return 'Nothing: the move was cancelled. Sign-in provisioning stays as it is now.';
  if (counts.waiting > 0)
    return `Export the members, transfer what they own, then remove: ${counts.waiting} are waiting. The first removal switches sign-in provisioning off.`;
  if (counts.removed > 0)
    return `Let the identity provider provision, then verify: ${counts.removed} are not back yet.`;
  if (counts.refused > 0)
    return `${counts.refused} could not be removed: see why, then finish without them, by name.`;
  return 'Everybody is back through SCIM: finish.';
}

async function record(
  trx: Trx,
  context: ChangeContext,
  where: MigrationPlace,
  action: string,
  label: string,
): Promise<void> {
  await recordChange(trx, context, {
    organizationId: where.organizationId,
    action,
    target: { kind: 'migration', id: where.migrationId, label },
  });
}
