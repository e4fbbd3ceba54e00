import type { Readable } from 'node:stream';
import { sql } from 'kysely';
import type { MemberExportQuery } from '../../shared/contracts/hub-provisioning.ts';
import { csvRows } from '../csv-rows.ts';
import type { Reader } from '../database/connection.ts';
import { listMembers } from './member-list.ts';

const COLUMNS = ['Name', 'Username', 'Email', 'Type', 'Role', 'Teams', 'Date Joined'];

/** Members, and after them whoever is invited, as CSV, a page of the database at a time. */
export function exportMembers(db: Reader, organizationId: string, query: MemberExportQuery): Readable {
  return csvRows(COLUMNS, cells(db, organizationId, query));
}

async function* cells(db: Reader, organizationId: string, query: MemberExportQuery) {
  for (let cursor: string | undefined; ; ) {
    const page = await listMembers(db, organizationId, { ...query, limit: 500, cursor });
    for (const each of page.members) {
      const teams = each.teams.map((team) => team.name).join(', ');
      yield [each.name, each.username, each.email, 'User', titled(each.role), teams, each.joinedAt];
    }
    if (page.next === null) break;
    cursor = page.next;
  }
  // Whoever is only invited has neither name nor origin: a search for those does not find them.
  if (query.search !== undefined || query.origin !== undefined || query.role !== undefined) return;
  if (query.domain !== undefined || query.status !== undefined) return;
  const { rows } = await sql<{ email: string; role: string; team: string | null }>`
    select i.email, i.role, t.name as team from invitations i left join teams t on t.id = i.team_id
     where i.organization_id = ${organizationId} and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
     order by lower(i.email)`.execute(db);
  for (const { email, role, team } of rows) yield ['', '', email, 'Invitee', titled(role), team ?? '', ''];
}

function titled(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
