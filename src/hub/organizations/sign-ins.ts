import { sql } from 'kysely';
import type { SignInList, SignInQuery } from '../../shared/contracts/hub-api.ts';
import type { Reader } from '../database/connection.ts';
import { having, searching } from '../database/contains.ts';
import { type ListOrder, LONG_AGO } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import { readMember } from './member-list.ts';

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

const ORDERS: Readonly<Record<string, ListOrder>> = {
  created: { by: sql`s.created_at`, kind: 'time' },
  used: { by: sql`coalesce(s.last_used_at, ${LONG_AGO})`, kind: 'time' },
  expires: { by: sql`s.expires_at`, kind: 'time' },
};

/** Where a member is signed in, newest first. Connections of other organizations are not named. */
export async function listSignIns(
  db: Reader,
  wanted: { readonly organizationId: string; readonly userId: string; readonly at: Date },
  { search, kind, sort = '-created', cursor, limit }: SignInQuery = {},
): Promise<SignInList> {
  const { organizationId, userId, at } = wanted;
  await readMember(db, organizationId, userId);
  const sessions = sql`(
    select b.id, 'browser' as kind, coalesce(b.user_agent, '') as client, b.address, c.name as connection,
           b.created_at, null::timestamptz as last_used_at, b.expires_at
      from browser_sessions b
      left join connections c on c.id = b.connection_id and c.organization_id = ${organizationId}
     where b.user_id = ${userId} and b.expires_at > ${at} and b.ended_reason is null
    union all
    select d.id, 'desktop', coalesce(d.device_name, d.user_agent, ''), d.address, null,
           d.created_at, d.last_used_at, d.expires_at
      from device_sessions d where d.user_id = ${userId} and d.expires_at > ${at})`;
  const { rows, total, next } = await readPage<Row>(
    db,
    {
      columns: sql`s.*`,
      from: sql`${sessions} s`,
      where: sql`${having(sql`s.kind`, kind)} and ${searching(search, sql`s.client`, sql`s.address`, sql`s.connection`)}`,
      orders: ORDERS,
      id: { by: sql`s.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { signIns: rows.map(toSignIn), total, next };
}

function toSignIn(row: Row): SignInList['signIns'][number] {
  const { id, kind, client, address, connection } = row;
  return {
    ...{ id, kind, client, address, connection },
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
  };
}
