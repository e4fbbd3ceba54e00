import { sql } from 'kysely';
import type { AssignmentList, AssignmentQuery } from '../../shared/contracts/hub-api.ts';
import type { Reader } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import { readStoredPolicy } from './policy-list.ts';

interface AssignmentRow {
  readonly user_id: string;
  readonly email: string;
  readonly name: string;
  readonly assigned_at: Date;
}

const ORDERS: Readonly<Record<string, ListOrder>> = {
  email: { by: sql`lower(u.email)`, kind: 'text' },
  name: { by: sql`lower(u.name)`, kind: 'text' },
  assigned: { by: sql`a.assigned_at`, kind: 'time' },
};

/** Who has the policy assigned, by e-mail address or in another order; everyone without a limit. */
export async function listAssignments(
  db: Reader,
  organizationId: string,
  policyId: string,
  { search, sort = 'email', cursor, limit }: AssignmentQuery = {},
): Promise<AssignmentList> {
  await readStoredPolicy(db, organizationId, policyId);
  const { rows, total, next } = await readPage<AssignmentRow>(
    db,
    {
      columns: sql`a.user_id, u.email, u.name, a.assigned_at`,
      from: sql`policy_assignments a join users u on u.id = a.user_id`,
      where: sql`a.policy_id = ${policyId} and a.organization_id = ${organizationId}
        and ${searching(search, sql`u.email`, sql`u.name`)}`,
      orders: ORDERS,
      // Of the assignment where the order is one of assignments: its index ends with it.
      id: { by: sort.endsWith('assigned') ? sql`a.user_id` : sql`u.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  const users = rows.map((row) => ({
    userId: row.user_id,
    email: row.email,
    name: row.name,
    assignedAt: row.assigned_at.toISOString(),
  }));
  return { users, total, next };
}
