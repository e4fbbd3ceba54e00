import { type RawBuilder, sql } from 'kysely';
import { type AuditEntry, type ChangeContext, recordChanges } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';

/*
 * API tokens and open invitations of somebody who may do less from here on. What would do more than they still may ends:
 * a token that an owner made, or a link to become one, must not make them an owner again. What should go on is given to
 * another owner first (`transferOwnership`).
 */

/** Somebody who may do less in an organization from here on. */
export interface Lessened {
  readonly organization_id: string;
  readonly user_id: string;
  /** What they may do still; left out: nothing, they are no member any more. */
  readonly role?: Role;
}

interface EndedRow {
  readonly id: string;
  readonly organization_id: string;
  readonly label: string;
  readonly role: Role;
}

/** Revokes the API tokens and takes back the open invitations that give more than who made them may do. */
export async function endWhatExceeds(
  trx: Trx,
  context: ChangeContext,
  people: readonly Lessened[],
): Promise<void> {
  if (people.length === 0) return;
  const lessened = JSON.stringify(people.map((each) => ({ role: 'none', ...each })));
  const from = sql`from jsonb_to_recordset(${lessened}::jsonb) as l (organization_id uuid, user_id uuid, role text)
    where made.organization_id = l.organization_id and made.revoked_at is null
      and ${rank(sql`made.role`)} > ${rank(sql`l.role`)}`;
  const tokens = await sql<EndedRow>`
    update api_tokens made set revoked_at = ${context.at} ${from} and made.created_by = l.user_id
    returning made.id, made.organization_id, made.name as label, made.role`.execute(trx);
  await record(trx, context, 'token', tokens.rows);
  const invitations = await sql<EndedRow>`
    update invitations made set revoked_at = ${context.at} ${from} and made.invited_by = l.user_id
       and made.accepted_at is null
    returning made.id, made.organization_id, made.email as label, made.role`.execute(trx);
  await record(trx, context, 'invitation', invitations.rows);
}

/** Revokes the API tokens that an account made, in every organization. */
export async function endTokensOfAccount(trx: Trx, context: ChangeContext, userId: string): Promise<void> {
  const { rows } = await sql<EndedRow>`
    update api_tokens set revoked_at = ${context.at} where created_by = ${userId} and revoked_at is null
    returning id, organization_id, name as label, role`.execute(trx);
  await record(trx, context, 'token', rows);
}

function rank(role: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`array_position(array['none', 'member', 'editor', 'owner'], ${role}::text)`;
}

async function record(
  trx: Trx,
  context: ChangeContext,
  kind: 'token' | 'invitation',
  rows: readonly EndedRow[],
): Promise<void> {
  const entries = rows.map(
    ({ id, organization_id: organizationId, label, role }): AuditEntry => ({
      organizationId,
      action: `${kind}.revoke`,
      target: { kind, id, label },
      before: { role },
    }),
  );
  await recordChanges(trx, context, entries);
}
