import { sql } from 'kysely';
import type { Db } from '../database/connection.ts';
import type { AgentStream } from './stream-registry.ts';

/** How a stream stands: how far its user's policy is, or why it must end. */
export type Standing =
  | { readonly kind: 'open'; readonly seq: number }
  | { readonly kind: 'ended'; readonly reason: 'signed_out' | 'not_member' };

interface Row {
  readonly n: number;
  readonly session: boolean;
  readonly member: boolean;
  readonly seq: number | null;
}

/** How many streams one statement asks about. */
const AT_ONCE = 5_000;

/** Session, membership and sequence number of many streams, with one statement for thousands of them. */
export async function readStanding(
  db: Db,
  streams: readonly AgentStream[],
  at: Date,
): Promise<readonly (readonly [AgentStream, Standing])[]> {
  const standing: (readonly [AgentStream, Standing])[] = [];
  for (let from = 0; from < streams.length; from += AT_ONCE) {
    const some = streams.slice(from, from + AT_ONCE);
    const { rows } = await sql<Row>`
      select k.n, d.id is not null as session, m.user_id is not null as member, s.seq
        from unnest(${some.map((each) => each.bearer.userId)}::uuid[], ${some.map((each) => each.organizationId)}::uuid[],
                    ${some.map((each) => each.bearer.sessionId)}::uuid[]) with ordinality as k(user_id, organization_id, session_id, n)
        left join device_sessions d on d.id = k.session_id and d.user_id = k.user_id and d.expires_at > ${at}
         and exists (select 1 from users u where u.id = k.user_id and u.disabled_at is null)
        left join memberships m on m.organization_id = k.organization_id and m.user_id = k.user_id
        left join bundle_sequences s on s.organization_id = k.organization_id and s.user_id = k.user_id
    `.execute(db);
    for (const row of rows) {
      const stream = some[row.n - 1];
      if (stream !== undefined) standing.push([stream, standingOf(row)]);
    }
  }
  return standing;
}

function standingOf(row: Row): Standing {
  if (!row.session) return { kind: 'ended', reason: 'signed_out' };
  if (!row.member) return { kind: 'ended', reason: 'not_member' };
  return { kind: 'open', seq: row.seq ?? 0 };
}
