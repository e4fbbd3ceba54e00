import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import type { Json } from '../database/schema.ts';
import type { ConnectionRow } from './connection-view.ts';

/** Records a change of a connection with what was before and after; never a client secret. */
export async function recordConnection(
  trx: Trx,
  context: ChangeContext,
  action: string,
  target: ConnectionRow,
  before: ConnectionRow | undefined,
  after: ConnectionRow | undefined,
): Promise<void> {
  await recordChange(trx, context, {
    organizationId: target.organization_id,
    action,
    target: { kind: 'connection', id: target.id, label: target.name },
    ...(before === undefined ? {} : { before: summary(before) }),
    ...(after === undefined ? {} : { after: summary(after) }),
  });
}

function summary(row: ConnectionRow): { [key: string]: Json } {
  return {
    name: row.name,
    kind: row.kind,
    domains: row.domain_names,
    defaultTeam: row.default_team,
    jit: row.jit_enabled,
    scim: row.scim_enabled,
    scimWins: row.scim_wins,
    scimAdopts: row.scim_adopts_jit,
    enforced: row.enforced,
    settings: row.settings === null ? null : { ...row.settings },
    clientSecret: row.sealed_secret === null ? null : 'kept',
  };
}
