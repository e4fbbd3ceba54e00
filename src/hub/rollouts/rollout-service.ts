import {
  ROLLOUT_PAUSED,
  type Rollout,
  type RolloutChange,
  type RolloutStart,
} from '../../shared/contracts/hub-rollouts.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Trx } from '../database/connection.ts';
import { acceptDocument } from '../policies/document.ts';
import { readStoredPolicy, type StoredPolicy } from '../policies/policy-list.ts';
import { type Edited, refuseOutdated } from '../policies/policy-refusals.ts';
import { addRevision, restoreRevision } from '../policies/policy-service.ts';
import { lockOrganization, stampRecipients, stampWhomItChanges } from '../policies/recipients.ts';
import { readRevision } from '../policies/revision-list.ts';
import { readTeam } from '../teams/team-service.ts';
import '../policies/tables.ts';

/*
 * A revision that goes to some members first (docs/delivery.md section 5 says which one a member is given). Whoever
 * a step moves, forwards or back, gets a higher sequence number: it never falls.
 */

/** Starts: the revision named, or the document as a new one, goes to a percentage and to named teams. */
export async function startRollout(
  db: Db,
  context: ChangeContext,
  edited: Edited,
  wanted: RolloutStart,
): Promise<StoredPolicy> {
  const accepted = wanted.revision === undefined ? acceptDocument(wanted) : null;
  return change(db, context, edited, 'rollout.start', async (trx, before) => {
    if (before.rollout !== null) throw underWay(before, before.rollout);
    await requireTeams(trx, edited.organizationId, wanted.teamIds);
    const revision =
      accepted === null
        ? (await readRevision(trx, edited.organizationId, edited.policyId, wanted.revision ?? 0)).revision
        : await addRevision(trx, context, { policyId: before.id, accepted, reason: wanted.reason });
    if (revision === before.revision) {
      throw new RefusalError({
        code: 'conflict',
        message: `Revision ${revision} of "${before.name}" is in force for everyone already.`,
        help: 'Name another revision, or send a new document.',
      });
    }
    await stampWhomItChanges(trx, { organizationId: edited.organizationId, at: context.at }, async () => {
      await trx
        .insertInto('policy_rollouts')
        .values({
          policy_id: before.id,
          revision,
          percentage: wanted.percentage,
          team_ids: [...wanted.teamIds],
          started_at: context.at,
        })
        .execute();
    });
    return {
      rollout: revision,
      percentage: wanted.percentage,
      teams: wanted.teamIds.length,
      reason: wanted.reason,
    };
  });
}

/** Widens, narrows, pauses or goes on. Who was inside stays inside as long as the percentage does not shrink. */
export async function changeRollout(
  db: Db,
  context: ChangeContext,
  edited: Edited,
  wanted: RolloutChange,
): Promise<StoredPolicy> {
  return change(db, context, edited, 'rollout.change', async (trx, before) => {
    const rollout = requireRollout(before);
    if (wanted.teamIds !== undefined) await requireTeams(trx, edited.organizationId, wanted.teamIds);
    const percentage = wanted.percentage ?? rollout.percentage;
    const teamIds = wanted.teamIds ?? rollout.teamIds;
    const paused = wanted.paused ?? rollout.pausedAt !== null;
    if (paused && rollout.pausedAt !== null && widens(rollout, percentage, teamIds)) throw isPaused(before);
    const pausedAt = paused ? new Date(rollout.pausedAt ?? context.at) : null;
    await stampWhomItChanges(trx, { organizationId: edited.organizationId, at: context.at }, async () => {
      await trx
        .updateTable('policy_rollouts')
        .set({ percentage, paused_at: pausedAt })
        // One that was deleted is not shown, and is there again when it is put back: until other teams are named.
        .$if(wanted.teamIds !== undefined, (update) => update.set({ team_ids: [...teamIds] }))
        .where('policy_id', '=', before.id)
        .execute();
    });
    return { rollout: rollout.revision, percentage, teams: teamIds.length, paused };
  });
}

/** The revision on its way becomes the one in force for everyone. */
export async function promoteRollout(db: Db, context: ChangeContext, edited: Edited): Promise<StoredPolicy> {
  return change(db, context, edited, 'rollout.promote', async (trx, before) => {
    const rollout = requireRollout(before);
    await trx.deleteFrom('policy_rollouts').where('policy_id', '=', before.id).execute();
    await trx
      .updateTable('policies')
      .set({ revision: rollout.revision, previous_revision: before.revision, updated_at: context.at })
      .where('id', '=', before.id)
      .execute();
    // Also who had it already: the bundle says since when it is in force.
    const { organizationId } = edited;
    const recipients = { kind: 'policy', policyId: before.id } as const;
    await stampRecipients(trx, { organizationId, recipients, at: context.at });
    return { revision: rollout.revision };
  });
}

/**
 * Takes back the last step in one call: a roll-out under way ends and everyone has the revision in force again;
 * without one, the document that was in force before comes back as a new revision.
 */
export async function rollBack(
  db: Db,
  context: ChangeContext,
  edited: Edited,
  reason: string,
): Promise<StoredPolicy> {
  const present = await readStoredPolicy(db, edited.organizationId, edited.policyId);
  if (present.rollout === null) return restorePrevious(db, context, edited, present, reason);
  return change(db, context, edited, 'rollout.rollback', async (trx, before) => {
    const rollout = requireRollout(before);
    await stampWhomItChanges(trx, { organizationId: edited.organizationId, at: context.at }, async () => {
      await trx.deleteFrom('policy_rollouts').where('policy_id', '=', before.id).execute();
    });
    return { revision: before.revision, rolledBack: rollout.revision, reason };
  });
}

async function restorePrevious(
  db: Db,
  context: ChangeContext,
  edited: Edited,
  present: StoredPolicy,
  reason: string,
): Promise<StoredPolicy> {
  const row = await db
    .selectFrom('policies')
    .where('id', '=', present.id)
    .select('previous_revision')
    .executeTakeFirst();
  const revision = row?.previous_revision ?? null;
  if (revision === null) {
    throw new RefusalError({
      code: 'conflict',
      message: `"${present.name}" has only ever had one revision in force; there is nothing to go back to.`,
    });
  }
  const version = edited.version ?? present.version;
  return restoreRevision(
    db,
    context,
    { ...edited, version },
    {
      revision,
      reason: reason || `Rolled back to revision ${revision}`,
    },
  );
}

/** One change of a roll-out: locked, checked against `If-Match`, counted and recorded. */
async function change(
  db: Db,
  context: ChangeContext,
  edited: Edited,
  action: string,
  act: (trx: Trx, before: StoredPolicy) => Promise<Readonly<Record<string, string | number | boolean>>>,
): Promise<StoredPolicy> {
  const { organizationId, policyId } = edited;
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const before = await readStoredPolicy(trx, organizationId, policyId);
    refuseOutdated(before, edited.version);
    const outcome = await act(trx, before);
    await trx
      .updateTable('policies')
      .set({ version: before.version + 1 })
      .where('id', '=', policyId)
      .execute();
    await recordChange(trx, context, {
      organizationId,
      action,
      target: { kind: 'policy', id: policyId, label: before.name },
      before: { revision: before.revision, rollout: before.rollout?.revision ?? null },
      after: { ...outcome },
    });
    return readStoredPolicy(trx, organizationId, policyId);
  });
}

function widens(rollout: Rollout, percentage: number, teamIds: readonly string[]): boolean {
  return percentage > rollout.percentage || teamIds.some((id) => !rollout.teamIds.includes(id));
}

async function requireTeams(trx: Trx, organizationId: string, teamIds: readonly string[]): Promise<void> {
  for (const teamId of new Set(teamIds)) await readTeam(trx, organizationId, teamId);
}

function requireRollout(policy: StoredPolicy): Rollout {
  if (policy.rollout !== null) return policy.rollout;
  throw new RefusalError({
    code: 'conflict',
    message: `No revision of "${policy.name}" is being rolled out.`,
    help: 'Start a roll-out first.',
  });
}

function underWay(policy: StoredPolicy, rollout: Rollout): RefusalError {
  return new RefusalError({
    code: 'conflict',
    message: `Revision ${rollout.revision} of "${policy.name}" is being rolled out already.`,
    help: 'Change its percentage or teams, promote it, or roll it back.',
  });
}

function isPaused(policy: StoredPolicy): RefusalError {
  return new RefusalError({
    code: 'conflict',
    message: `The roll-out of "${policy.name}" is paused, so it cannot be widened.`,
    help: 'Let it go on first, or together with it: "--resume" on the command line, "paused": false in a request.',
    details: { reason: ROLLOUT_PAUSED },
  });
}
