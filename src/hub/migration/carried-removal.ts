import { randomUUID } from 'node:crypto';
import { type ChangeContext, describeActor, recordChange } from '../audit/record.ts';
import type { Db, Trx } from '../database/connection.ts';
import { inMove, type MigrationPlace, type MigrationRow } from './migration-steps.ts';
import { demandReadiness } from './remove-batch.ts';
import './tables.ts';

/*
 * The removal of everybody in a move, which the hub carries on by itself: the page that asked for it may be closed, and
 * another process goes on where one was killed. What is kept of it stands in the move.
 */

/**
 * Lets the hub remove everybody who waits, on behalf of the author. One that is under way goes on as it is. Refuses
 * `conflict` where a check fails.
 */
export async function beginRemoval(
  db: Db,
  context: ChangeContext,
  where: MigrationPlace,
  row: MigrationRow,
): Promise<void> {
  await demandReadiness(db, row);
  await inMove(db, where, async (trx) => {
    const begun = await trx
      .updateTable('provisioning_migrations')
      .set({
        removal_id: randomUUID(),
        removal_actor: JSON.stringify(context.actor),
        removal_label: describeActor(context.actor).label,
        removal_address: context.sourceAddress,
        removal_claimed_until: null,
        removal_problem: null,
        updated_at: context.at,
      })
      .where('id', '=', row.id)
      .where('removal_id', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (begun !== undefined) await record(trx, context, where, 'migration.remove-all', row);
  });
}

/** Ends it after the person it is at; begun again, it goes on there. */
export async function pauseRemoval(
  db: Db,
  context: ChangeContext,
  where: MigrationPlace,
  row: MigrationRow,
): Promise<void> {
  await inMove(db, where, async (trx) => {
    if (await endRemoval(trx, where, null)) await record(trx, context, where, 'migration.pause', row);
  });
}

/**
 * Notes that nobody is to be removed any more, and why when it ended too early. Answers false when it had ended, or was
 * another one.
 */
export async function endRemoval(
  db: Db | Trx,
  { migrationId, removalId }: { readonly migrationId: string; readonly removalId?: string },
  problem: string | null,
): Promise<boolean> {
  const ended = await db
    .updateTable('provisioning_migrations')
    .set({ removal_id: null, removal_actor: null, removal_claimed_until: null, removal_problem: problem })
    .where('id', '=', migrationId)
    .where('removal_id', 'is not', null)
    .$if(removalId !== undefined, (query) => query.where('removal_id', '=', removalId ?? null))
    .returning('id')
    .executeTakeFirst();
  return ended !== undefined;
}

function record(
  trx: Trx,
  context: ChangeContext,
  where: MigrationPlace,
  action: string,
  row: MigrationRow,
): Promise<void> {
  return recordChange(trx, context, {
    organizationId: where.organizationId,
    action,
    target: { kind: 'migration', id: where.migrationId, label: row.connection_name },
  });
}
