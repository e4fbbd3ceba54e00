import { sql } from 'kysely';
import type { OrganizationOverride, OrganizationOverrides } from '../../shared/contracts/hub-rollouts.ts';
import type { Reader } from '../database/connection.ts';
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

/** The overrides of an organization, newest first, a page at a time; `active`: only those in force. */
export async function listOverrides(
  db: Reader,
  organizationId: string,
  query: {
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly active?: boolean | undefined;
    readonly policyId?: string | undefined;
  },
): Promise<OrganizationOverrides> {
  const after = /^(\d{1,16}) ([0-9a-f-]{36})$/.exec(query.cursor ?? '');
  const { rows } = await sql<Row>`
    select o.id, o.user_id, u.email, o.device_id, jsonb_build_object('id', p.id, 'name', p.name) as policy, o.setting,
           o.value, o.reason, o.granted_at, o.until, o.used_at, o.ended_at, o.ended_because
      from overrides o join users u on u.id = o.user_id join policies p on p.id = o.policy_id
     where o.organization_id = ${organizationId}
       and ${query.active === true ? sql`o.ended_at is null` : sql`true`}
       and ${query.policyId === undefined ? sql`true` : sql`o.policy_id = ${query.policyId}`}
       and ${after === null ? sql`true` : sql`(o.granted_at, o.id) < (${new Date(Number(after[1]))}, ${after[2]}::uuid)`}
     order by o.granted_at desc, o.id desc limit ${query.limit + 1}`.execute(db);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    overrides: page.map(toOverride),
    next: rows.length > query.limit && last !== undefined ? `${last.granted_at.getTime()} ${last.id}` : null,
  };
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
