import { sql } from 'kysely';
import type { AttentionItem } from '../../shared/contracts/hub-attention.ts';
import type { Reader } from '../database/connection.ts';

/** Edited locked settings are worth a look for a week, though the device put them right. */
const DRIFT_MS = 7 * 24 * 3_600_000;

interface Counts {
  readonly broken: number;
  readonly refused: number;
  readonly drifting: number;
}

/** What of the devices needs somebody: one item for all devices with the same trouble. */
export async function deviceAttention(
  reader: Reader,
  { organizationId, at }: { readonly organizationId: string; readonly at: Date },
): Promise<readonly AttentionItem[]> {
  const drifted = new Date(at.getTime() - DRIFT_MS);
  const { rows } = await sql<Counts>`
    select (count(*) filter (where errors > 0 or frozen is not null))::int as broken,
           (count(*) filter (where refused is not null))::int as refused,
           (count(*) filter (where exists (select 1 from device_drift r
             where r.device = d.id and r.received_at > ${drifted} and r.setting is not null)))::int as drifting
      from devices d where organization_id = ${organizationId}`.execute(reader);
  const { broken = 0, refused = 0, drifting = 0 } = rows[0] ?? {};
  const items: readonly Omit<AttentionItem, 'about' | 'since'>[] = [
    {
      code: 'broken_files',
      severity: 'error',
      count: broken,
      message: `${devices(broken)} cannot read a policy file or apply a setting.`,
      help: 'The page of each device says which file or setting, and what to do.',
    },
    {
      code: 'refused_bundles',
      severity: 'error',
      count: refused,
      message: `${devices(refused)} refused a policy of the hub.`,
      help: 'They keep the last policy they accepted. The page of each device says why.',
    },
    {
      code: 'drifting',
      severity: 'warning',
      count: drifting,
      message: `${devices(drifting)} had locked settings edited in the last week.`,
      help: 'They were put right. The drift log says which settings.',
    },
  ];
  return items
    .filter(({ count }) => count > 0)
    .map((item) => ({ ...item, about: { kind: 'devices', id: null, name: '' }, since: null }));
}

function devices(count: number): string {
  return count === 1 ? '1 device' : `${count} devices`;
}
