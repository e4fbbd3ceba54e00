import { type AuditEntry, type ChangeContext, recordChange } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import type { ScimConnection } from './tokens.ts';
import type { ScimUserRow } from './user-resource.ts';

/** What every change of a request shares. */
export interface ScimChange {
  readonly connection: ScimConnection;
  readonly context: ChangeContext;
  readonly ifMatch?: string | undefined;
}

type UserAction = 'scim.user.create' | 'scim.user.update' | 'scim.user.delete';

/** What an event shows of a user. */
type ShownUser = Pick<ScimUserRow, 'id' | 'user_name' | 'external_id' | 'active' | 'placement_role'>;

/** Records what was done to a user. */
export async function recordUser(
  trx: Trx,
  change: ScimChange,
  action: UserAction,
  row: ShownUser,
  before?: ShownUser,
): Promise<void> {
  await recordChange(trx, change.context, userEntry(change, action, row, before));
}

/** The event of a user that was created, changed or deleted. */
export function userEntry(
  { connection }: ScimChange,
  action: UserAction,
  row: ShownUser,
  before?: ShownUser,
): AuditEntry {
  return {
    organizationId: connection.organizationId,
    action,
    target: { kind: 'scim-user', id: row.id, label: row.user_name },
    ...(before === undefined ? {} : { before: summary(before) }),
    ...(action === 'scim.user.delete' ? { before: summary(row) } : { after: summary(row) }),
  };
}

function summary(row: ShownUser) {
  return {
    userName: row.user_name,
    externalId: row.external_id,
    active: row.active,
    role: row.placement_role,
  };
}
