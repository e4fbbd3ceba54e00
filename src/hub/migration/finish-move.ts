import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Trx } from '../database/connection.ts';
import {
  inMove,
  type MigrationPlace,
  type MigrationRow,
  settleReturned,
  settleWaiting,
  stepTo,
} from './migration-steps.ts';

/** So many of the missing are named in a refusal and in the event; the report has all. */
const NAMED = 100;

/** Somebody of a move whom SCIM has not brought back. */
interface Missing {
  readonly user_id: string;
  readonly email: string;
  readonly state: 'waiting' | 'removed' | 'refused';
}

/**
 * Ends a move once each of its people came back through SCIM, which is looked at now. Whom it should end without must be
 * named (`without`), each of them: nobody is left behind unseen. Refuses with `conflict` and who is missing.
 */
export async function finishMove(
  db: Db,
  context: ChangeContext,
  where: MigrationPlace,
  row: MigrationRow,
  without: readonly string[],
): Promise<void> {
  const refusal = await inMove(db, where, async (trx) => {
    await settleWaiting(trx, row);
    await settleReturned(trx, row);
    const missing = await missingFrom(trx, row);
    const named = new Set(without);
    const unnamed = missing.filter(({ user_id: userId }) => !named.has(userId));
    // Not thrown here: what was just seen stays seen.
    if (unnamed.length > 0) return notAllBack(unnamed);
    await stepTo(trx, row, context.at, 'finished');
    await recordChange(trx, context, {
      organizationId: where.organizationId,
      action: 'migration.finish',
      target: { kind: 'migration', id: where.migrationId, label: row.connection_name },
      after: { missing: missing.length, without: missing.slice(0, NAMED).map(({ email }) => email) },
    });
    return null;
  });
  if (refusal !== null) throw refusal;
}

async function missingFrom(trx: Trx, row: MigrationRow): Promise<readonly Missing[]> {
  const rows = await trx
    .selectFrom('provisioning_migration_people')
    .select(['user_id', 'email', 'state'])
    .where('migration_id', '=', row.id)
    .orderBy('email')
    .execute();
  return rows.flatMap(({ state, ...person }) =>
    state === 'waiting' || state === 'removed' || state === 'refused' ? [{ ...person, state }] : [],
  );
}

function notAllBack(missing: readonly Missing[]): RefusalError {
  const named = missing.slice(0, NAMED).map(({ email }) => email);
  const more = missing.length > named.length ? ` and ${missing.length - named.length} more` : '';
  const [one] = named;
  return new RefusalError({
    code: 'conflict',
    message:
      missing.length === 1
        ? `${one} has not come back through SCIM.`
        : `${missing.length} people have not come back through SCIM: ${named.join(', ')}${more}.`,
    help: 'Let the identity provider provision them, and finish then; or finish without them, naming each.',
    details: {
      missing: missing.slice(0, NAMED).map(({ user_id: userId, email, state }) => ({ userId, email, state })),
      count: missing.length,
    },
  });
}
