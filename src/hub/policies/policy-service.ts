import type { PolicyChange, PolicyCreation } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandUnchanged, type Editable } from '../audit/made-from.ts';
import { type ChangeContext, describeActor, recordChange } from '../audit/record.ts';
import type { Db, Trx } from '../database/connection.ts';
import { type AcceptedDocument, acceptDocument, maskDocument } from './document.ts';
import { readStoredPolicy, type StoredPolicy } from './policy-list.ts';
import { type Edited, refuseOutdated, refuseTakenName } from './policy-refusals.ts';
import { lockOrganization, stampRecipients, stampWhomItChanges } from './recipients.ts';
import { readRevision } from './revision-list.ts';

/** Makes a policy with its first revision. Nobody receives it before it is assigned or made the default. */
export async function createPolicy(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: PolicyCreation,
): Promise<StoredPolicy> {
  const accepted = acceptDocument(wanted);
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    return insertPolicy(trx, context, organizationId, { ...wanted, accepted, action: 'policy.create' });
  });
}

/** A copy of a policy's present document under another name, assigned to nobody. */
export async function duplicatePolicy(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: { readonly policyId: string; readonly name: string },
): Promise<StoredPolicy> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const original = await readStoredPolicy(trx, organizationId, wanted.policyId);
    return insertPolicy(trx, context, organizationId, {
      name: wanted.name,
      description: original.description,
      reason: `Copied from "${original.name}", revision ${original.revision}`,
      accepted: { document: original.document, text: original.text, problems: [] },
      action: 'policy.duplicate',
    });
  });
}

async function insertPolicy(
  trx: Trx,
  context: ChangeContext,
  organizationId: string,
  wanted: {
    readonly name: string;
    readonly description: string;
    readonly reason: string;
    readonly accepted: AcceptedDocument;
    readonly action: string;
  },
): Promise<StoredPolicy> {
  const { last } = await trx
    .selectFrom('policies')
    .where('organization_id', '=', organizationId)
    .select((select) => select.fn.max('position').as('last'))
    .executeTakeFirstOrThrow();
  const { id } = await trx
    .insertInto('policies')
    .values({
      organization_id: organizationId,
      name: wanted.name,
      description: wanted.description,
      revision: 1,
      position: (last ?? 0) + 1,
      created_at: context.at,
      updated_at: context.at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => refuseTakenName(error, wanted.name));
  await insertRevision(trx, context, { policyId: id, revision: 1, ...wanted });
  const policy = await readStoredPolicy(trx, organizationId, id);
  await recordChange(trx, context, {
    organizationId,
    action: wanted.action,
    target: { kind: 'policy', id, label: policy.name },
    after: auditView(policy, true),
  });
  return policy;
}

/** Keeps a document as the next revision; it is in force only once something makes it so. */
export async function addRevision(
  trx: Trx,
  context: ChangeContext,
  wanted: { readonly policyId: string; readonly accepted: AcceptedDocument; readonly reason: string },
): Promise<number> {
  const { last } = await trx
    .selectFrom('policy_revisions')
    .where('policy_id', '=', wanted.policyId)
    .select((select) => select.fn.max('revision').as('last'))
    .executeTakeFirstOrThrow();
  const revision = (last ?? 0) + 1;
  await insertRevision(trx, context, { ...wanted, revision });
  return revision;
}

async function insertRevision(
  trx: Trx,
  context: ChangeContext,
  wanted: {
    readonly policyId: string;
    readonly revision: number;
    readonly accepted: AcceptedDocument;
    readonly reason: string;
  },
): Promise<void> {
  await trx
    .insertInto('policy_revisions')
    .values({
      policy_id: wanted.policyId,
      revision: wanted.revision,
      document: JSON.stringify(wanted.accepted.document),
      text: wanted.accepted.text,
      author_id: context.actor.kind === 'user' ? context.actor.userId : null,
      author_label: describeActor(context.actor).label,
      reason: wanted.reason,
      created_at: context.at,
    })
    .execute();
}

/** Changes name, description or document. Refuses (`precondition_failed`) when somebody was faster. */
export async function updatePolicy(
  db: Db,
  context: ChangeContext,
  edited: Edited,
  change: PolicyChange,
): Promise<StoredPolicy> {
  const hasDocument = change.text !== undefined || change.document !== undefined;
  const accepted = hasDocument ? acceptDocument(change) : null;
  return db.transaction().execute((trx) => applyChange(trx, context, edited, { ...change, accepted }));
}

/** Brings the document of an earlier revision back, as a new revision. */
export async function restoreRevision(
  db: Db,
  context: ChangeContext,
  edited: Edited,
  wanted: { readonly revision: number; readonly reason: string },
): Promise<StoredPolicy> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, edited.organizationId);
    const old = await readRevision(trx, edited.organizationId, edited.policyId, wanted.revision);
    // The grammar may have grown since: what is served is always what the present engine accepts.
    const accepted = acceptDocument({ text: old.text });
    const reason = wanted.reason || `Restored revision ${wanted.revision}`;
    return applyChange(trx, context, edited, { accepted, reason, action: 'policy.restore' });
  });
}

interface Change {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly accepted: AcceptedDocument | null;
  readonly reason: string;
  readonly action?: string;
}

async function applyChange(
  trx: Trx,
  context: ChangeContext,
  edited: Edited,
  change: Change,
): Promise<StoredPolicy> {
  const { organizationId, policyId } = edited;
  await lockOrganization(trx, organizationId);
  const before = await readStoredPolicy(trx, organizationId, policyId);
  refuseOutdated(before, edited.version);
  const name = change.name ?? before.name;
  const description = change.description ?? before.description;
  const { accepted } = change;
  const newDocument = accepted !== null && accepted.text !== before.text;
  const newName = name !== before.name;
  if (!newDocument && !newName && description === before.description) return before;
  if (newDocument) refuseDuringRollout(before);
  const revision = newDocument
    ? await addRevision(trx, context, { policyId, accepted, reason: change.reason })
    : before.revision;
  const received = newDocument || newName;
  await trx
    .updateTable('policies')
    .set({ name, description, revision, version: before.version + 1 })
    .$if(received, (update) => update.set({ updated_at: context.at }))
    .$if(newDocument, (update) => update.set({ previous_revision: before.revision }))
    .where('id', '=', policyId)
    .execute()
    .catch((error: unknown) => refuseTakenName(error, name));
  if (received) {
    await stampRecipients(trx, { organizationId, recipients: { kind: 'policy', policyId }, at: context.at });
  }
  const after = await readStoredPolicy(trx, organizationId, policyId);
  await recordChange(trx, context, {
    organizationId,
    action: change.action ?? 'policy.update',
    target: { kind: 'policy', id: policyId, label: after.name },
    before: auditView(before, newDocument),
    after: { ...auditView(after, newDocument), ...(change.reason === '' ? {} : { reason: change.reason }) },
  });
  return after;
}

/** Puts the policies of the list in the given order; those not named follow in their old order. */
export async function orderPolicies(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  policyIds: readonly string[],
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const present = await trx
      .selectFrom('policies')
      .where('organization_id', '=', organizationId)
      .select(['id', 'name'])
      .orderBy('position')
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    const edited = editedOfOrder(present);
    await demandUnchanged(trx, context, { organizationId, targetId: organizationId, edited });
    const rank = new Map(policyIds.map((id, index) => [id, index]));
    const ordered = present.toSorted(
      (a, b) => (rank.get(a.id) ?? policyIds.length) - (rank.get(b.id) ?? policyIds.length),
    );
    if (ordered.every((policy, index) => policy.id === present[index]?.id)) return;
    // Among the policies of a member's teams the first of the list counts (docs/policy.md section 8).
    await stampWhomItChanges(trx, { organizationId, at: context.at }, async () => {
      for (const [index, policy] of ordered.entries()) {
        await trx
          .updateTable('policies')
          .set({ position: index + 1 })
          .where('id', '=', policy.id)
          .execute();
      }
    });
    await recordChange(trx, context, {
      organizationId,
      action: 'policy.order',
      target: { kind: 'organization', id: organizationId, label: 'order of the policies' },
      before: { order: present.map((policy) => policy.name) },
      after: { order: ordered.map((policy) => policy.name) },
    });
  });
}

/** What can be edited of the order of policies: which stands where. */
export function editedOfOrder(policies: readonly { readonly id: string }[]): Editable {
  return { order: policies.map(({ id }) => id) };
}

function auditView(policy: StoredPolicy, withDocument: boolean) {
  const { name, description, revision, document } = policy;
  return { name, description, revision, ...(withDocument ? { document: maskDocument(document) } : {}) };
}

/** A new document would overtake the revision that is on its way. */
function refuseDuringRollout(policy: StoredPolicy): void {
  if (policy.rollout === null) return;
  throw new RefusalError({
    code: 'conflict',
    message: `Revision ${policy.rollout.revision} of "${policy.name}" is being rolled out; a new document now would overtake it.`,
    help: 'Promote it or roll it back first, then save this document.',
    details: { rollout: policy.rollout.revision },
  });
}
