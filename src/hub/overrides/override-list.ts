import { sql } from 'kysely';
import type { OverrideQuery } from '../../shared/contracts/hub-overrides.ts';
import type { OrganizationOverride, OrganizationOverrides } from '../../shared/contracts/hub-rollouts.ts';
import type { Reader } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import type { Json } from '../database/schema.ts';
import { maskValue } from '../policies/document.ts';
import type { OverrideEnd } from './tables.ts';

interface Row {
  id: string;
  user_id: string;
  email: string;
  device_id: string;
  policy: { id: string; name: string };
  setting: string;
  value: Json;
  reason: string;
  granted_at: Date;
  until: Date;
  used_at: Date | null;
  ended_at: Date | null;
  ended_because: OverrideEnd | null;
}

const ORDERS: Readonly<Record<string, ListOrder>> = {
  granted: { by: sql`o.granted_at`, kind: 'time' },
  until: { by: sql`o.until`, kind: 'time' },
  email: { by: sql`lower(u.email)`, kind: 'text' },
  setting: { by: sql`o.setting`, kind: 'text' },
};

/** The overrides of an organization, newest first or in another order, a page at a time. */
export async function listOverrides(
  db: Reader,
  organizationId: string,
  { active, policyId, search, sort = '-granted', cursor, limit }: OverrideQuery,
): Promise<OrganizationOverrides> {
  const { rows, total, next } = await readPage<Row>(
    db,
    {
      columns: sql`o.id, o.user_id, u.email, o.device_id, jsonb_build_object('id', p.id, 'name', p.name) as policy, o.setting,
        o.value, o.reason, o.granted_at, o.until, o.used_at, o.ended_at, o.ended_because`,
      from: sql`overrides o join users u on u.id = o.user_id join policies p on p.id = o.policy_id`,
      where: sql`o.organization_id = ${organizationId}
        and ${active === true ? sql`o.ended_at is null` : sql`true`}
        and ${policyId === undefined ? sql`true` : sql`o.policy_id = ${policyId}`}
        and ${searching(search, sql`u.email`, sql`o.setting`, sql`o.reason`)}`,
      orders: ORDERS,
      id: { by: sql`o.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { overrides: rows.map(toOverride), total, next };
}

function toOverride(row: Row): OrganizationOverride {
  return {
    id: row.id,
    userId: row.user_id,
    email: row.email,
    deviceId: row.device_id,
    policy: row.policy,
    setting: row.setting,
    value: maskValue(row.value),
    reason: row.reason,
    grantedAt: row.granted_at.toISOString(),
    until: row.until.toISOString(),
    usedAt: row.used_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    endedBecause: row.ended_because,
  };
}
