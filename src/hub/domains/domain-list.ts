import { type Selectable, sql } from 'kysely';
import type {
  Domain,
  DomainList,
  DomainQuery,
  OutsiderList,
  OutsiderQuery,
} from '../../shared/contracts/hub-api.ts';
import type { Reader } from '../database/connection.ts';
import { having, searching } from '../database/contains.ts';
import { type ListOrder, LONG_AGO } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import type { DomainsTable } from '../database/schema.ts';
import { proofValue } from './domain-proof.ts';
import './tables.ts';

/** A domain as it is stored. */
export type DomainRow = Selectable<DomainsTable>;

const STATE = sql`case when d.verified_at is null then 'pending' when d.failing_since is null then 'verified' else 'failing' end`;
const ORDERS: Readonly<Record<string, ListOrder>> = {
  name: { by: sql`d.name`, kind: 'text' },
  created: { by: sql`d.created_at`, kind: 'time' },
  checked: { by: sql`coalesce(d.checked_at, ${LONG_AGO})`, kind: 'time' },
};

/** The domains of an organization by name or in another order; all of them without a limit. */
export async function listDomains(
  reader: Reader,
  organizationId: string,
  { search, state, sort = 'name', cursor, limit }: DomainQuery = {},
): Promise<DomainList> {
  const { rows, total, next } = await readPage<DomainRow>(
    reader,
    {
      columns: sql`d.*`,
      from: sql`domains d`,
      where: sql`d.organization_id = ${organizationId} and ${searching(search, sql`d.name`)} and ${having(STATE, state)}`,
      orders: ORDERS,
      id: { by: sql`d.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { domains: rows.map(toDomain), total, next };
}

const OUTSIDER_ORDERS: Readonly<Record<string, ListOrder>> = {
  email: { by: sql`lower(u.email)`, kind: 'text' },
  name: { by: sql`lower(u.name)`, kind: 'text' },
};

/**
 * Accounts whose address is in a verified domain of the organization, but who are not its members: the capture report.
 */
export async function listUncaptured(
  reader: Reader,
  organizationId: string,
  { search, sort = 'email', cursor, limit = 10_000 }: OutsiderQuery = {},
): Promise<OutsiderList> {
  const { rows, total, next } = await readPage<{
    id: string;
    email: string;
    name: string;
    username: string;
  }>(
    reader,
    {
      columns: sql`u.id, u.email, u.name, u.username`,
      from: sql`users u join domains d on d.name = lower(split_part(u.email, '@', 2))`,
      where: sql`d.organization_id = ${organizationId} and d.verified_at is not null
        and not exists (select 1 from memberships m where m.organization_id = ${organizationId} and m.user_id = u.id)
        and ${searching(search, sql`u.email`, sql`u.name`, sql`u.username`)}`,
      orders: OUTSIDER_ORDERS,
      id: { by: sql`u.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { users: rows.map(({ id: userId, ...user }) => outsider(userId, user)), total, next };
}

function outsider(
  userId: string,
  { email, name, username }: { readonly email: string; readonly name: string; readonly username: string },
) {
  return { userId, email, name, username };
}

/** A domain as owners see it. */
export function toDomain(row: DomainRow): Domain {
  const state = row.verified_at === null ? 'pending' : row.failing_since === null ? 'verified' : 'failing';
  return {
    id: row.id,
    name: row.name,
    state,
    record: { type: 'TXT', host: '@', value: proofValue(row.challenge) },
    verifiedAt: row.verified_at?.toISOString() ?? null,
    checkedAt: row.checked_at?.toISOString() ?? null,
    failingSince: row.failing_since?.toISOString() ?? null,
    forced: row.forced,
    createdAt: row.created_at.toISOString(),
  };
}
