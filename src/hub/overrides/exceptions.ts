import type { PolicyException } from '../../shared/contracts/bundle.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { nearest } from '../../shared/text/nearest.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db } from '../database/connection.ts';
import { readStoredPolicy, type StoredPolicy } from '../policies/policy-list.ts';
import { type Edited, refuseOutdated } from '../policies/policy-refusals.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { setExceptions } from './override-service.ts';

/** Changes what users who receive the policy may override. Refuses settings that do not exist, or twice the same. */
export async function changeExceptions(
  db: Db,
  context: ChangeContext,
  edited: Edited,
  exceptions: readonly PolicyException[],
): Promise<StoredPolicy> {
  check(exceptions);
  const { organizationId, policyId } = edited;
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const before = await readStoredPolicy(trx, organizationId, policyId);
    refuseOutdated(before, edited.version);
    if (JSON.stringify(before.exceptions) === JSON.stringify(exceptions)) return before;
    await setExceptions(trx, context, edited, exceptions);
    await trx
      .updateTable('policies')
      .set({ version: before.version + 1 })
      .where('id', '=', policyId)
      .execute();
    await recordChange(trx, context, {
      organizationId,
      action: 'policy.exceptions',
      target: { kind: 'policy', id: policyId, label: before.name },
      before: { exceptions: before.exceptions.map((each) => ({ ...each })) },
      after: { exceptions: exceptions.map((each) => ({ ...each })) },
    });
    return readStoredPolicy(trx, organizationId, policyId);
  });
}

function check(exceptions: readonly PolicyException[]): void {
  const seen = new Set<string>();
  for (const { setting } of exceptions) {
    if (!desktopCatalog.byId.has(setting)) {
      const close = nearest(setting, [...desktopCatalog.byId.keys()]);
      throw new RefusalError({
        code: 'unknown_setting',
        message: `There is no setting "${setting}".${close === null ? '' : ` Did you mean "${close}"?`}`,
        setting,
      });
    }
    if (seen.has(setting)) {
      throw new RefusalError({ code: 'bad_request', message: `"${setting}" is named twice.`, setting });
    }
    seen.add(setting);
  }
}
