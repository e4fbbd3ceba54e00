import type {
  AccessPolicies,
  AccessPoliciesChange,
  ImageAccess,
  RegistryAccess,
} from '../../shared/contracts/access-policies.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, describeActor, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import type { Json } from '../database/schema.ts';
import { lockOrganization, stampRecipients } from '../policies/recipients.ts';
import './tables.ts';

/** What an organization decided about registries and images. */
export async function readAccessPolicies(db: Reader, organizationId: string): Promise<AccessPolicies> {
  const row = await db
    .selectFrom('access_policies')
    .where('organization_id', '=', organizationId)
    .selectAll()
    .executeTakeFirst();
  if (row === undefined)
    return { registries: null, images: null, version: 0, updatedAt: null, updatedBy: null };
  return {
    registries: row.registries,
    images: row.images,
    version: row.version,
    updatedAt: row.updated_at.toISOString(),
    updatedBy: row.updated_by,
  };
}

/**
 * Changes them. They travel in every bundle, so each member is stamped; a change that changes nothing stamps nobody.
 * `version`: what the change was made from; `null`: whatever there is. Refuses (`precondition_failed`) when somebody
 * was faster.
 */
export async function changeAccessPolicies(
  db: Db,
  context: ChangeContext,
  edited: { readonly organizationId: string; readonly version: number | null },
  change: AccessPoliciesChange,
): Promise<AccessPolicies> {
  const { organizationId, version } = edited;
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const before = await readAccessPolicies(trx, organizationId);
    if (version !== null && version !== before.version) throw outdated(before);
    const registries = change.registries === undefined ? before.registries : change.registries;
    const images = change.images === undefined ? before.images : change.images;
    if (wordsOf(before) === wordsOf({ registries, images })) return before;
    const row = {
      registries: registries === null ? null : JSON.stringify(registries),
      images: images === null ? null : JSON.stringify(images),
      version: before.version + 1,
      updated_at: context.at,
      updated_by: describeActor(context.actor).label,
    };
    await trx
      .insertInto('access_policies')
      .values({ organization_id: organizationId, ...row })
      .onConflict((conflict) => conflict.column('organization_id').doUpdateSet(row))
      .execute();
    await stampRecipients(trx, { organizationId, recipients: { kind: 'everyone' }, at: context.at });
    await recordChange(trx, context, {
      organizationId,
      action: 'access.update',
      target: { kind: 'organization', id: organizationId, label: 'registry and image access' },
      before: auditView(before),
      after: auditView({ registries, images }),
    });
    return readAccessPolicies(trx, organizationId);
  });
}

interface Decided {
  readonly registries: RegistryAccess | null;
  readonly images: ImageAccess | null;
}

/** Members in one order: a database gives those of an object in another one than they were written. */
function wordsOf({ registries, images }: Decided): string {
  return JSON.stringify([registries?.hosts ?? null, images?.classes ?? null, images?.repositories ?? null]);
}

function auditView({ registries, images }: Decided): { [key: string]: Json } {
  return {
    registries: registries === null ? null : [...registries.hosts],
    images: images === null ? null : { classes: [...images.classes], repositories: [...images.repositories] },
  };
}

function outdated(present: AccessPolicies): RefusalError {
  return new RefusalError({
    code: 'precondition_failed',
    message: `Registry and image access was changed by ${present.updatedBy ?? 'somebody else'} since you opened it.`,
    help: 'Read it again, put your change into the present state, and save that.',
    details: { version: present.version },
  });
}
