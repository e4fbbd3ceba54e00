import { sql } from 'kysely';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Reader, Trx } from '../database/connection.ts';
import type { Json } from '../database/schema.ts';

/*
 * Who receives what, in one place: the choice between a user's own policy and the organization's default
 * (docs/policy.md section 8), and the sequence number that counts its changes (docs/delivery.md section 3).
 */

/** Members whose bundle a change touches, as they stand inside the transaction. */
export type Recipients =
  /** Every member: the organization's own settings travel in each bundle. */
  | { readonly kind: 'everyone' }
  /** Members without a policy of their own: those that receive the default. */
  | { readonly kind: 'default' }
  /** Whoever receives this policy, directly or as the default. Ask before deleting or unassigning it. */
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
      from memberships m
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

function condition(recipients: Recipients) {
  const own = sql`exists (select 1 from policy_assignments a
    where a.organization_id = m.organization_id and a.user_id = m.user_id)`;
  switch (recipients.kind) {
    case 'everyone':
      return sql`true`;
    case 'default':
      return sql`not ${own}`;
    case 'users':
      return sql`m.user_id = any(${[...recipients.userIds]}::uuid[])`;
    case 'policy':
      return sql`(exists (select 1 from policy_assignments a where a.policy_id = ${recipients.policyId}
          and a.organization_id = m.organization_id and a.user_id = m.user_id)
        or (not ${own} and exists (select 1 from organizations o
          where o.id = m.organization_id and o.default_policy_id = ${recipients.policyId})))`;
  }
}

/** What one member receives at this moment: all that a bundle says about policy. */
export interface Received {
  readonly organization: { readonly id: string; readonly name: string };
  readonly userId: string;
  readonly seq: number;
  readonly policy: {
    readonly id: string;
    readonly name: string;
    readonly scope: 'user' | 'organization';
    readonly revision: number;
    readonly updatedAt: Date;
  } | null;
  /** `{}` without a policy. */
  readonly document: { readonly [key: string]: Json };
  readonly refreshSeconds: number;
  readonly graceSeconds: number | null;
  readonly contact: { readonly name: string; readonly url: string } | null;
}

interface ReceivedRow {
  organization_id: string;
  organization_name: string;
  refresh_seconds: number;
  grace_seconds: number | null;
  contact_name: string | null;
  contact_url: string | null;
  seq: number | null;
  policy_id: string | null;
  policy_name: string;
  own: boolean;
  revision: number;
  updated_at: Date;
  document: { readonly [key: string]: Json };
}

/**
 * Reads what a user receives in an organization, in one statement and so of one moment. `null`: not a member,
 * or the account is disabled.
 */
export async function readReceived(
  reader: Reader,
  ids: { readonly organizationId: string; readonly userId: string },
): Promise<Received | null> {
  const { rows } = await sql<ReceivedRow>`
    select o.id as organization_id, o.name as organization_name, o.refresh_seconds, o.grace_seconds,
           o.contact_name, o.contact_url, s.seq, p.id as policy_id, p.name as policy_name,
           (a.policy_id is not null) as own, r.revision, p.updated_at, r.document
      from memberships m
      join organizations o on o.id = m.organization_id
      join users u on u.id = m.user_id and u.disabled_at is null
      left join bundle_sequences s on s.organization_id = m.organization_id and s.user_id = m.user_id
      left join policy_assignments a on a.organization_id = m.organization_id and a.user_id = m.user_id
      left join policies p on p.id = coalesce(a.policy_id, o.default_policy_id)
      left join policy_revisions r on r.policy_id = p.id and r.revision = p.revision
     where m.organization_id = ${ids.organizationId} and m.user_id = ${ids.userId}
  `.execute(reader);
  const row = rows[0];
  return row === undefined ? null : receivedFrom(row, ids.userId);
}

function receivedFrom(row: ReceivedRow, userId: string): Received {
  const { policy_id: policyId } = row;
  return {
    organization: { id: row.organization_id, name: row.organization_name },
    userId,
    seq: row.seq ?? 0,
    policy:
      policyId === null
        ? null
        : {
            id: policyId,
            name: row.policy_name,
            scope: row.own ? 'user' : 'organization',
            revision: row.revision,
            updatedAt: row.updated_at,
          },
    document: policyId === null ? {} : row.document,
    refreshSeconds: row.refresh_seconds,
    graceSeconds: row.grace_seconds,
    contact:
      row.contact_name === null || row.contact_url === null
        ? null
        : { name: row.contact_name, url: row.contact_url },
  };
}
