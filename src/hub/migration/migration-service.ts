import type { Migration, MigrationAdvance } from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Trx } from '../database/connection.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { beginRemoval, pauseRemoval } from './carried-removal.ts';
import { finishMove } from './finish-move.ts';
import { readMigrationRow, showMigration } from './migration-list.ts';
import {
  enrol,
  inMove,
  isUnderWay,
  type MigrationPlace,
  type MigrationRow,
  over,
  settleReturned,
  settleStep,
  settleWaiting,
  stepTo,
} from './migration-steps.ts';
import { removeBatch } from './remove-batch.ts';
import './tables.ts';

/*
 * The move from sign-in provisioning (JIT) to SCIM (docs/identity.md section 5), in small steps whose progress is
 * kept: whoever is interrupted goes on where it stopped. JIT is switched off before the first removal, or people
 * would come back the old way.
 */

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
  return showMigration(db, { organizationId, migrationId: id });
}

/**
 * Takes one step: removes a batch, lets the hub remove all of them or no more, looks who came back, or ends. Refuses
 * what the present step does not allow.
 */
export async function advanceMigration(
  db: Db,
  context: ChangeContext,
  where: MigrationPlace,
  wanted: {
    readonly action: MigrationAdvance['action'];
    readonly batch: number;
    readonly without: readonly string[];
  },
): Promise<Migration> {
  const row = await readMigrationRow(db, where);
  if (!isUnderWay(row.step)) throw over(row.step);
  if (wanted.action === 'remove') await removeBatch(db, context, where, row, wanted.batch);
  else if (wanted.action === 'remove-all') await beginRemoval(db, context, where, row);
  else if (wanted.action === 'pause') await pauseRemoval(db, context, where, row);
  else if (wanted.action === 'verify') await verify(db, context, where, row);
  else if (wanted.action === 'finish') await finishMove(db, context, where, row, wanted.without);
  else await cancel(db, context, where, row);
  return showMigration(db, where);
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
