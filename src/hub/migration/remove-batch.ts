import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db } from '../database/connection.ts';
import { leaveOrganization } from '../organizations/member-service.ts';
import { lockOrganization } from '../policies/recipients.ts';
import {
  enrol,
  inMove,
  type MigrationPlace,
  type MigrationRow,
  settleStep,
  settleWaiting,
  stepTo,
} from './migration-steps.ts';
import { checkReadiness } from './readiness.ts';
import './tables.ts';

/**
 * Removes the next people of a move, after sign-in provisioning is off. One by one, each with what is kept about them
 * in one transaction: whoever is interrupted between two has forgotten nobody and removes nobody twice.
 */
export async function removeBatch(
  db: Db,
  context: ChangeContext,
  where: MigrationPlace,
  row: MigrationRow,
  batch: number,
): Promise<void> {
  await demandReadiness(db, row);
  await switchSignInProvisioningOff(db, context, where, row);
  const people = await db
    .selectFrom('provisioning_migration_people')
    .select('user_id')
    .where('migration_id', '=', row.id)
    .where('state', '=', 'waiting')
    .orderBy('email')
    .limit(batch)
    .execute();
  for (const { user_id: userId } of people) if (!(await removeOne(db, context, where, row, userId))) return;
  // Whoever removed the last one says so, however many remove at the same time.
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    await settleStep(trx, row, context.at);
  });
}

/** Refuses `conflict` while a check fails that must pass before anybody is removed. */
export async function demandReadiness(db: Db, row: MigrationRow): Promise<void> {
  const failed = (await checkReadiness(db, row.connection_id)).filter(
    (check) => check.required && !check.passed,
  );
  if (failed.length === 0) return;
  throw new RefusalError({
    code: 'conflict',
    message: `Nobody was removed: ${failed.map((check) => check.detail).join(' ')}`,
    details: { checks: failed },
  });
}

async function switchSignInProvisioningOff(
  db: Db,
  context: ChangeContext,
  where: MigrationPlace,
  row: MigrationRow,
): Promise<void> {
  await inMove(db, where, async (trx) => {
    await enrol(trx, row);
    await settleWaiting(trx, row);
    const switched = await trx
      .updateTable('connections')
      .set({ jit_enabled: false })
      .where('id', '=', row.connection_id)
      .where('jit_enabled', '=', true)
      .returning('id')
      .executeTakeFirst();
    if (switched === undefined) return;
    await recordChange(trx, context, {
      organizationId: where.organizationId,
      action: 'connection.update',
      target: { kind: 'connection', id: row.connection_id, label: row.connection_name },
      before: { jit: true },
      after: { jit: false },
    });
  });
}

/** Answers false when the move has ended meanwhile. */
async function removeOne(
  db: Db,
  context: ChangeContext,
  where: MigrationPlace,
  row: MigrationRow,
  userId: string,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    if (!(await stepTo(trx, row, context.at, 'removing'))) return false;
    // Looked at again now that nobody else can change it: SCIM may have taken them over a moment ago.
    await settleWaiting(trx, row, userId);
    const person = trx
      .updateTable('provisioning_migration_people')
      .where('migration_id', '=', row.id)
      .where('user_id', '=', userId)
      .where('state', '=', 'waiting');
    const claimed = await person
      .set({ state: 'removed', detail: '' })
      .returning('user_id')
      .executeTakeFirst();
    if (claimed === undefined) return true;
    const refusal = await refusalOf(leaveOrganization(trx, context, where.organizationId, userId));
    if (refusal !== null)
      await trx
        .updateTable('provisioning_migration_people')
        .set({ state: 'refused', detail: refusal.message })
        .where('migration_id', '=', row.id)
        .where('user_id', '=', userId)
        .execute();
    return true;
  });
}

async function refusalOf(work: Promise<void>): Promise<RefusalError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof RefusalError) return error;
    throw error;
  }
}
