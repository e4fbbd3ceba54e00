import { type RawBuilder, sql } from 'kysely';
import type { Member, MemberList, MemberQuery } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Reader } from '../database/connection.ts';
import { containing } from '../database/contains.ts';
import { type Keyset, keyset, type ListOrder, writeCursor } from '../database/keyset.ts';
import type { Origin, Role } from '../database/schema.ts';

interface MemberRow {
  user_id: string;
  email: string;
  username: string;
  name: string;
  role: Role;
  origin: Origin;
  disabled: boolean;
  joined_at: Date;
  teams: readonly { id: string; name: string }[];
  policy: { id: string; name: string } | null;
  sort_key: string;
}

/** The orders of the list; each has its index (migration 0061). */
const ORDERS: Readonly<Record<string, ListOrder>> = {
  email: { by: sql`lower(u.email)`, kind: 'text' },
  name: { by: sql`lower(u.name)`, kind: 'text' },
  role: { by: sql`m.role`, kind: 'text' },
  origin: { by: sql`m.origin`, kind: 'text' },
  joined: { by: sql`m.joined_at`, kind: 'time' },
};

/** Members by e-mail address or in another order, a page at a time, with the number of all that match. */
export async function listMembers(
  db: Reader,
  organizationId: string,
  query: MemberQuery,
): Promise<MemberList> {
  const { limit, cursor, sort = 'email', ...filter } = query;
  // Of the account where that is what the index of the order ends with.
  const id = /^-?(email|name)$/.test(sort) ? sql`u.id` : sql`m.user_id`;
  const page = keyset(ORDERS, { sort, cursor, id });
  const conditions = conditionsOf(filter);
  const matching = matchingMembers(organizationId, filter);
  const [total, { rows }] = await Promise.all([
    conditions.length === 0 ? readSize(db, organizationId) : countMatching(db, matching),
    selectMembers(db, { where: sql`${matching} and ${page.after}`, page, limit: limit + 1 }),
  ]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    members: shown.map(toMember),
    total,
    next: rows.length > limit && last !== undefined ? writeCursor(last.sort_key, last.user_id) : null,
  };
}

function conditionsOf(filter: Omit<MemberQuery, 'limit' | 'cursor' | 'sort'>) {
  const { search, role, origin, domain, status } = filter;
  return [
    ...(search === undefined ? [] : [searchFor(search)]),
    ...(role === undefined ? [] : [sql`m.role = ${role}`]),
    ...(origin === undefined ? [] : [sql`m.origin = ${origin}`]),
    ...(domain === undefined
      ? []
      : [sql`lower(split_part(u.email, '@', 2)) = lower(${domain.replaceAll('\0', '')})`]),
    ...(status === undefined
      ? []
      : [status === 'disabled' ? sql`u.disabled_at is not null` : sql`u.disabled_at is null`]),
  ];
}

/** The condition that holds for members (`m`, with their accounts `u`) whom a filter finds. */
export function matchingMembers(
  organizationId: string,
  filter: Omit<MemberQuery, 'limit' | 'cursor' | 'sort'>,
): RawBuilder<unknown> {
  return sql`m.organization_id = ${organizationId} and ${sql.join([sql`true`, ...conditionsOf(filter)], sql` and `)}`;
}

async function countMatching(db: Reader, matching: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*) as total from memberships m join users u on u.id = m.user_id where ${matching}`.execute(
    db,
  );
  return rows[0]?.total ?? 0;
}

async function readSize(db: Reader, organizationId: string): Promise<number> {
  const { rows } = await sql<{ members: number }>`
    select members from organization_sizes where organization_id = ${organizationId}`.execute(db);
  return rows[0]?.members ?? 0;
}

/** One member; refuses (`not_found`) who is none. */
export async function readMember(db: Reader, organizationId: string, userId: string): Promise<Member> {
  const { rows } = await selectMembers(db, {
    where: sql`m.organization_id = ${organizationId} and m.user_id = ${userId}`,
    page: keyset(ORDERS, { sort: 'email', id: sql`u.id` }),
    limit: 1,
  });
  const row = rows[0];
  if (row === undefined) throw noSuchMember();
  return toMember(row);
}

/** The refusal for a user who is not a member. */
export function noSuchMember(): RefusalError {
  return new RefusalError({
    code: 'not_found',
    message: 'There is no such member in this organization.',
    help: 'The list of members has everyone, with their ids.',
  });
}

function selectMembers(
  db: Reader,
  wanted: { readonly where: ReturnType<typeof sql>; readonly page: Keyset; readonly limit: number },
) {
  const { where, page, limit } = wanted;
  return sql<MemberRow>`
    select u.id as user_id, u.email, u.username, u.name, m.role, m.origin, m.joined_at,
           u.disabled_at is not null as disabled, ${page.key} as sort_key,
           coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name) order by lower(t.name))
                       from team_members tm join teams t on t.id = tm.team_id
                      where tm.user_id = m.user_id and tm.organization_id = m.organization_id), '[]') as teams,
           (select jsonb_build_object('id', p.id, 'name', p.name)
              from policy_assignments a join policies p on p.id = a.policy_id
             where a.user_id = m.user_id and a.organization_id = m.organization_id) as policy
      from memberships m join users u on u.id = m.user_id
     where ${where}
     order by ${page.orderBy}
     limit ${limit}
  `.execute(db);
}

function searchFor(text: string) {
  const pattern = containing(text);
  return sql`(u.email ilike ${pattern} or u.name ilike ${pattern} or u.username ilike ${pattern})`;
}

function toMember(row: MemberRow): Member {
  return {
    userId: row.user_id,
    email: row.email,
    username: row.username,
    name: row.name,
    role: row.role,
    origin: row.origin,
    disabled: row.disabled,
    joinedAt: row.joined_at.toISOString(),
    teams: [...row.teams],
    policy: row.policy,
  };
}
