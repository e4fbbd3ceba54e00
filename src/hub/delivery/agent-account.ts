import { sql } from 'kysely';
import type { AgentAccount } from '../../shared/contracts/agent-api.ts';
import type { Db } from '../database/connection.ts';
import type { AgentBearer } from '../identity/agent-access.ts';

interface OrganizationRow {
  readonly name: string;
  readonly display_name: string;
  readonly role: string;
  readonly joined_at: Date;
  readonly teams: readonly string[];
  readonly verified_domain: boolean;
}

/** Who the bearer is and where they belong; `null` when the account is gone or disabled. */
export async function readAgentAccount(db: Db, bearer: AgentBearer): Promise<AgentAccount | null> {
  const user = await db
    .selectFrom('users')
    .select(['id', 'email', 'name'])
    .where('id', '=', bearer.userId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (user === undefined) return null;
  const { rows } = await sql<OrganizationRow>`
    select o.name, o.display_name, m.role, m.joined_at,
           coalesce((select jsonb_agg(t.name order by lower(t.name))
                       from team_members tm join teams t on t.id = tm.team_id
                      where tm.organization_id = m.organization_id and tm.user_id = m.user_id), '[]') as teams,
           exists (select 1 from domains d
                    where d.organization_id = m.organization_id and d.verified_at is not null
                      and d.name = lower(substring(${user.email} from '@([^@]+)$'))) as verified_domain
      from memberships m join organizations o on o.id = m.organization_id
     where m.user_id = ${user.id}
     order by m.joined_at, o.name
  `.execute(db);
  return {
    userId: user.id,
    email: user.email,
    name: user.name,
    organizations: rows.map((row) => ({
      name: row.name,
      displayName: row.display_name,
      role: row.role,
      teams: [...row.teams],
      joinedAt: row.joined_at.toISOString(),
      verifiedDomain: row.verified_domain,
    })),
    sessionExpiresAt: bearer.sessionExpiresAt.toISOString(),
  };
}
