import { sql } from 'kysely';
import type { Member, MemberList, MemberQuery } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Reader } from '../database/connection.ts';
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

/** Members by e-mail address, a page at a time, with the number of all that match. */
export async function listMembers(
  db: Reader,
  organizationId: string,
  query: MemberQuery,
): Promise<MemberList> {
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  const matching = sql`m.organization_id = ${organizationId}
    and ${query.search === undefined ? sql`true` : searchFor(query.search)}
    and ${query.role === undefined ? sql`true` : sql`m.role = ${query.role}`}
    and ${query.domain === undefined ? sql`true` : sql`lower(split_part(u.email, '@', 2)) = lower(${query.domain.replaceAll('\0', '')})`}
    and ${query.origin === undefined ? sql`true` : sql`m.origin = ${query.origin}`}`;
  const total = await sql<{ total: number }>`
    select count(*) as total from memberships m join users u on u.id = m.user_id where ${matching}
  `.execute(db);
  const { rows } = await selectMembers(
    db,
    sql`${matching} and ${after === null ? sql`true` : sql`lower(u.email) > ${after}`}`,
    query.limit + 1,
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    members: page.map(toMember),
    total: total.rows[0]?.total ?? 0,
    next: rows.length > query.limit && last !== undefined ? writeCursor(last.sort_key) : null,
  };
}

/** One member; refuses (`not_found`) who is none. */
export async function readMember(db: Reader, organizationId: string, userId: string): Promise<Member> {
  const { rows } = await selectMembers(
    db,
    sql`m.organization_id = ${organizationId} and m.user_id = ${userId}`,
    1,
  );
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

function selectMembers(db: Reader, where: ReturnType<typeof sql>, limit: number) {
  return sql<MemberRow>`
    select u.id as user_id, u.email, u.username, u.name, m.role, m.origin, m.joined_at,
           u.disabled_at is not null as disabled, lower(u.email) as sort_key,
           coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name) order by lower(t.name))
                       from team_members tm join teams t on t.id = tm.team_id
                      where tm.user_id = m.user_id and tm.organization_id = m.organization_id), '[]') as teams,
           (select jsonb_build_object('id', p.id, 'name', p.name)
              from policy_assignments a join policies p on p.id = a.policy_id
             where a.user_id = m.user_id and a.organization_id = m.organization_id) as policy
      from memberships m join users u on u.id = m.user_id
     where ${where}
     order by lower(u.email)
     limit ${limit}
  `.execute(db);
}

function searchFor(text: string) {
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&').replaceAll('\0', '')}%`;
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

function writeCursor(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

function readCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8').replaceAll('\0', '');
}
