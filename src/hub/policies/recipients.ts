import { sql } from 'kysely';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Trx } from '../database/connection.ts';

/*
 * Who receives what, in one place: the choice between a user's own policy and the organization's default
 * (docs/policy.md section 8), and the sequence number that counts its changes (docs/delivery.md section 3).
 */

/** Members whose bundle a change touches, as they stand inside the transaction. */
export type Recipients =
  /** Every member: the organization's own settings travel in each bundle. */
  | { readonly kind: 'everyone' }
  /** Members without a policy of their own, directly or through a team: those that receive the default. */
  | { readonly kind: 'default' }
  /** Whoever receives this policy, directly, through a team, or as the default. Ask before deleting or unassigning it. */
  | { readonly kind: 'policy'; readonly policyId: string }
  | { readonly kind: 'users'; readonly userIds: readonly string[] };

/**
 * Takes the organization for a change. Whoever decides what members receive, or who is a member, takes it
 * first: two such changes at once would otherwise each miss the recipients that the other one moves.
 */
export async function lockOrganization(trx: Trx, organizationId: string): Promise<void> {
  const found = await sql`select 1 from organizations where id = ${organizationId} for no key update`.execute(
    trx,
  );
  if (found.rows.length > 0) return;
  throw new RefusalError({ code: 'not_found', message: 'There is no such organization any more.' });
}

/**
 * Gives the recipients a new sequence number, `max(previous + 1, unix time in milliseconds)`, in the
 * transaction that changes what they receive. A trigger announces it. The organization must be locked.
 */
export async function stampRecipients(
  trx: Trx,
  options: { readonly organizationId: string; readonly recipients: Recipients; readonly at: Date },
): Promise<void> {
  const { organizationId, recipients, at } = options;
  await sql`
    insert into bundle_sequences (organization_id, user_id, seq, changed_at)
    select m.organization_id, m.user_id, ${at.getTime()}::bigint, ${at}
      from ${receivers(recipients)} m
     where m.organization_id = ${organizationId} and ${condition(recipients)}
     order by m.user_id
    on conflict (organization_id, user_id) do update
      set seq = greatest(bundle_sequences.seq + 1, excluded.seq), changed_at = excluded.changed_at
  `.execute(trx);
}

/** Stamps every member of every organization: after a restore, before the hub serves. */
export async function stampEveryone(trx: Trx, at: Date): Promise<void> {
  await sql`
    insert into bundle_sequences (organization_id, user_id, seq, changed_at)
    select organization_id, user_id, ${at.getTime()}::bigint, ${at} from memberships
    on conflict (organization_id, user_id) do nothing
  `.execute(trx);
  await sql`
    update bundle_sequences set seq = greatest(seq + 1, ${at.getTime()}::bigint), changed_at = ${at}
  `.execute(trx);
}

/** One row for each member either way; what a member receives is worked out only where it decides. */
function receivers({ kind }: Recipients) {
  return kind === 'default' || kind === 'policy' ? sql`member_policies` : sql`memberships`;
}

function condition(recipients: Recipients) {
  switch (recipients.kind) {
    case 'everyone':
      return sql`true`;
    case 'default':
      return sql`(m.via is null or m.via = 'default')`;
    case 'users':
      return sql`m.user_id = any(${[...recipients.userIds]}::uuid[])`;
    case 'policy':
      return sql`m.policy_id = ${recipients.policyId}`;
  }
}

/**
 * Runs a change and stamps exactly the members for whom it made another policy, revision or scope the received one:
 * for changes whose reach is easier seen than said (roll-outs, teams, the order of the list). The organization must
 * be locked.
 */
export async function stampWhomItChanges(
  trx: Trx,
  options: { readonly organizationId: string; readonly at: Date },
  change: () => Promise<void>,
): Promise<readonly string[]> {
  const { organizationId, at } = options;
  const before = await readReceipts(trx, organizationId);
  await change();
  const after = await readReceipts(trx, organizationId);
  const userIds = [...after].filter(([id, receipt]) => before.get(id) !== receipt).map(([id]) => id);
  if (userIds.length > 0) {
    await stampRecipients(trx, { organizationId, recipients: { kind: 'users', userIds }, at });
  }
  return userIds;
}

/** What each member receives, as one comparable text. */
async function readReceipts(trx: Trx, organizationId: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ user_id: string; receipt: string }>`
    select user_id, concat_ws(' ', policy_id, revision, via = 'default') as receipt
      from member_policies where organization_id = ${organizationId}
  `.execute(trx);
  return new Map(rows.map((row) => [row.user_id, row.receipt]));
}
