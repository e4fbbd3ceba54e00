import type { AssignmentAnswer, DefaultPolicyAnswer } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandUnchanged, type Editable } from '../audit/made-from.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { readMember } from '../organizations/member-list.ts';
import { readStoredPolicy } from './policy-list.ts';
import { lockOrganization, stampRecipients } from './recipients.ts';

/** Makes a policy the organization's default, or leaves it without one (`null`). Answers the default then. */
export async function setDefaultPolicy(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  policyId: string | null,
): Promise<DefaultPolicyAnswer> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const { policy: before } = await readDefaultPolicy(trx, organizationId);
    await demandUnchanged(trx, context, {
      organizationId,
      // Without one now, the last default was taken away or deleted: whose doing it was is not told by one target.
      targetId: before?.id ?? null,
      action: 'policy.default',
      edited: editedOfDefault({ policyId: before?.id ?? null }),
    });
    const after = policyId === null ? null : await readStoredPolicy(trx, organizationId, policyId);
    if ((before?.id ?? null) === policyId) return { policyId, policy: before };
    await trx
      .updateTable('organizations')
      .set({ default_policy_id: policyId })
      .where('id', '=', organizationId)
      .execute();
    await stampRecipients(trx, { organizationId, recipients: { kind: 'default' }, at: context.at });
    await recordChange(trx, context, {
      organizationId,
      action: 'policy.default',
      target: {
        kind: 'policy',
        id: policyId ?? before?.id ?? null,
        label: after?.name ?? before?.name ?? '',
      },
      before: { default: before?.name ?? null },
      after: { default: after?.name ?? null },
    });
    return readDefaultPolicy(trx, organizationId);
  });
}

/** The organization's default policy. */
export async function readDefaultPolicy(db: Reader, organizationId: string): Promise<DefaultPolicyAnswer> {
  const policy = await db
    .selectFrom('organizations as o')
    .innerJoin('policies as p', 'p.id', 'o.default_policy_id')
    .where('o.id', '=', organizationId)
    .select(['p.id', 'p.name'])
    .executeTakeFirst();
  return { policyId: policy?.id ?? null, policy: policy ?? null };
}

/** What can be edited of the default: which policy it is. */
export function editedOfDefault({ policyId }: Pick<DefaultPolicyAnswer, 'policyId'>): Editable {
  return { policyId };
}

/**
 * Assigns a policy to one member. A member with another policy is moved only when `moveFrom` names that one:
 * the refusal (`conflict`) names it first (docs/policy.md section 8).
 */
export async function assignPolicy(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: { readonly userId: string; readonly policyId: string; readonly moveFrom?: string | undefined },
): Promise<AssignmentAnswer> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const policy = await readStoredPolicy(trx, organizationId, wanted.policyId);
    const member = await readMember(trx, organizationId, wanted.userId);
    const answer = { policy: { id: policy.id, name: policy.name }, movedFrom: member.policy };
    if (member.policy?.id === policy.id) return { ...answer, movedFrom: null };
    if (member.policy !== null && member.policy.id !== wanted.moveFrom) {
      throw new RefusalError({
        code: 'conflict',
        message: `${member.email} has the policy "${member.policy.name}"; a user has one policy at most.`,
        help: `To move them to "${policy.name}", send the request again with moveFrom "${member.policy.id}".`,
        details: { policy: member.policy, moveFrom: member.policy.id },
      });
    }
    const { userId } = wanted;
    await trx
      .insertInto('policy_assignments')
      .values({
        organization_id: organizationId,
        user_id: userId,
        policy_id: policy.id,
        assigned_at: context.at,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['organization_id', 'user_id'])
          .doUpdateSet({ policy_id: policy.id, assigned_at: context.at }),
      )
      .execute();
    await stampRecipients(trx, {
      organizationId,
      recipients: { kind: 'users', userIds: [userId] },
      at: context.at,
    });
    await recordChange(trx, context, {
      organizationId,
      action: 'policy.assign',
      target: { kind: 'member', id: userId, label: member.email },
      before: { policy: member.policy?.name ?? null },
      after: { policy: policy.name },
    });
    return answer;
  });
}

/** Takes a member's own policy away: the default applies again. Nothing happens when there is none. */
export async function unassignPolicy(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  userId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const member = await readMember(trx, organizationId, userId);
    if (member.policy === null) return;
    await trx
      .deleteFrom('policy_assignments')
      .where('organization_id', '=', organizationId)
      .where('user_id', '=', userId)
      .execute();
    await stampRecipients(trx, {
      organizationId,
      recipients: { kind: 'users', userIds: [userId] },
      at: context.at,
    });
    await recordChange(trx, context, {
      organizationId,
      action: 'policy.unassign',
      target: { kind: 'member', id: userId, label: member.email },
      before: { policy: member.policy.name },
      after: { policy: null },
    });
  });
}
