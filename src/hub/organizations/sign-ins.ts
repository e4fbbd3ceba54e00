import { sql } from 'kysely';
import type { SignInList } from '../../shared/contracts/hub-api.ts';
import type { Reader } from '../database/connection.ts';
import { readMember } from './member-list.ts';

const MOST = 100;

interface Row {
  readonly id: string;
  readonly kind: 'browser' | 'desktop';
  readonly client: string;
  readonly address: string | null;
  readonly connection: string | null;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly expires_at: Date;
}

/** Where a member is signed in, newest first. Connections of other organizations are not named. */
export async function listSignIns(
  db: Reader,
  organizationId: string,
  userId: string,
  at: Date,
): Promise<SignInList> {
  await readMember(db, organizationId, userId);
  const { rows } = await sql<Row>`
    select * from (
      select b.id, 'browser' as kind, coalesce(b.user_agent, '') as client, b.address, c.name as connection,
             b.created_at, null::timestamptz as last_used_at, b.expires_at
        from browser_sessions b
        left join connections c on c.id = b.connection_id and c.organization_id = ${organizationId}
       where b.user_id = ${userId} and b.expires_at > ${at} and b.ended_reason is null
      union all
      select d.id, 'desktop', coalesce(d.device_name, d.user_agent, ''), d.address, null,
             d.created_at, d.last_used_at, d.expires_at
        from device_sessions d where d.user_id = ${userId} and d.expires_at > ${at}) s
    order by created_at desc, id limit ${MOST}`.execute(db);
  return {
    signIns: rows.map(({ created_at, last_used_at, expires_at, ...row }) => ({
      ...row,
      createdAt: created_at.toISOString(),
      lastUsedAt: last_used_at?.toISOString() ?? null,
      expiresAt: expires_at.toISOString(),
    })),
  };
}
