import { sql } from 'kysely';
import type { ImageAccess, RegistryAccess } from '../../shared/contracts/access-policies.ts';
import type { BundleOverride, PolicyException } from '../../shared/contracts/bundle.ts';
import type { Reader } from '../database/connection.ts';
import type { Json } from '../database/schema.ts';

/** A policy document as stored. */
export type StoredDocument = { readonly [key: string]: Json };

/** What one member receives at this moment: all that a bundle says about policy. */
export interface Received {
  readonly organization: { readonly id: string; readonly name: string };
  readonly userId: string;
  readonly seq: number;
  readonly policy: {
    readonly id: string;
    readonly name: string;
    readonly scope: 'user' | 'organization';
    /** Through what it came: assigned to the member, to a team of theirs, or the organization's default. */
    readonly via: 'member' | 'team' | 'default';
    /** The one that the roll-out gives this member. */
    readonly revision: number;
    readonly updatedAt: Date;
  } | null;
  /** `{}` without a policy. */
  readonly document: StoredDocument;
  readonly refreshSeconds: number;
  readonly graceSeconds: number | null;
  readonly contact: { readonly name: string; readonly url: string } | null;
  readonly exceptions: readonly PolicyException[];
  /** Granted, not ended, and of the policy that is received. */
  readonly overrides: readonly BundleOverride[];
  /** From where images may come; `null`: from everywhere. */
  readonly registries: RegistryAccess | null;
  readonly images: ImageAccess | null;
}

/** One organization, what of its policies the members asked for receive, and these members. */
interface ReceivedRow {
  readonly organization_name: string;
  readonly refresh_seconds: number;
  readonly grace_seconds: number | null;
  readonly contact_name: string | null;
  readonly contact_url: string | null;
  readonly registries: RegistryAccess | null;
  readonly images: ImageAccess | null;
  /** `null`: none. */
  readonly policies: readonly RevisionRow[] | null;
  readonly members: readonly MemberRow[] | null;
}

interface RevisionRow {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly updated_at: string;
  readonly exceptions: readonly PolicyException[];
  readonly document: StoredDocument;
}

/** Short, because an organization has thousands: user, sequence number, policy, revision, via, overrides. */
type MemberRow = readonly [
  userId: string,
  seq: number | null,
  policyId: string | null,
  revision: number | null,
  via: 'member' | 'team' | 'default' | null,
  overrides: readonly BundleOverride[] | null,
];

/**
 * Reads what a user receives in an organization, in one statement and so of one moment. `null`: not a member,
 * or the account is disabled.
 */
export async function readReceived(
  reader: Reader,
  ids: { readonly organizationId: string; readonly userId: string },
): Promise<Received | null> {
  const [received] = await readManyReceived(reader, ids.organizationId, [ids.userId]);
  return received ?? null;
}

/** The same for many members of one organization, in any order: what they share is read, and held, once. */
export function readManyReceived(
  reader: Reader,
  organizationId: string,
  userIds: readonly string[],
): Promise<readonly Received[]> {
  return selectReceived(reader, organizationId, userIds);
}

/** The same of those members only whose sequence number is above the one given for them. */
export function readReceivedSince(
  reader: Reader,
  organizationId: string,
  told: ReadonlyMap<string, number>,
): Promise<readonly Received[]> {
  return selectReceived(reader, organizationId, [...told.keys()], [...told.values()]);
}

async function selectReceived(
  reader: Reader,
  organizationId: string,
  userIds: readonly string[],
  since?: readonly number[],
): Promise<readonly Received[]> {
  const ids = sql`${[...userIds]}::uuid[]`;
  // Which policy is worked out first and once; the accounts are looked up one by one. Left to the planner, an
  // organization that has just grown makes it compare every member with every account.
  const { rows } = await sql<ReceivedRow>`
    with mp as materialized (
      select * from member_policies
       where organization_id = ${organizationId} and user_id = any(${ids})),
    receiver as materialized (
      select mp.*, s.seq
        from mp
        left join bundle_sequences s on s.organization_id = mp.organization_id and s.user_id = mp.user_id
        ${since === undefined ? sql`` : sql`join unnest(${ids}, ${[...since]}::bigint[]) told(user_id, seq) on told.user_id = mp.user_id`}
       where (select u.disabled_at is null from users u where u.id = mp.user_id)
         ${since === undefined ? sql`` : sql`and s.seq > told.seq`})
    select o.name as organization_name, o.refresh_seconds, o.grace_seconds, o.contact_name, o.contact_url,
           ap.registries, ap.images,
           (select json_agg(json_build_object(
                     'id', p.id, 'name', p.name, 'revision', d.revision, 'document', r.document,
                     'exceptions', coalesce(p.exceptions, '[]'),
                     'updated_at', case when d.revision = p.revision then p.updated_at
                       else (select ro.started_at from policy_rollouts ro where ro.policy_id = p.id) end))
              from (select distinct policy_id, revision from receiver) d
              join policies p on p.id = d.policy_id
              join policy_revisions r on r.policy_id = d.policy_id and r.revision = d.revision) as policies,
           (select json_agg(json_build_array(user_id, seq, policy_id, revision, via,
                     (select jsonb_agg(jsonb_build_object('id', g.id, 'setting', g.setting, 'value', g.value, 'until', g.until)
                                       order by g.setting)
                        from overrides g
                       where g.organization_id = receiver.organization_id and g.user_id = receiver.user_id
                         and g.policy_id = receiver.policy_id and g.ended_at is null)))
              from receiver) as members
      from organizations o
      left join access_policies ap on ap.organization_id = o.id
     where o.id = ${organizationId}
  `.execute(reader);
  return rows.flatMap((row) => membersOf(row, organizationId));
}

function membersOf(row: ReceivedRow, organizationId: string): readonly Received[] {
  const organization = { id: organizationId, name: row.organization_name };
  const { contact_name: name, contact_url: url } = row;
  const shared = {
    organization,
    refreshSeconds: row.refresh_seconds,
    graceSeconds: row.grace_seconds,
    contact: name === null || url === null ? null : { name, url },
    registries: row.registries,
    images: row.images,
  };
  const revisions = new Map(
    (row.policies ?? []).map((each) => [
      keyOf(each.id, each.revision),
      { ...each, updatedAt: new Date(each.updated_at) },
    ]),
  );
  return (row.members ?? []).map(([userId, seq, policyId, revision, via, overrides]) => {
    const found = revisions.get(keyOf(policyId, revision));
    const policy =
      found === undefined || via === null
        ? null
        : {
            id: found.id,
            name: found.name,
            scope: via === 'default' ? ('organization' as const) : ('user' as const),
            via,
            revision: found.revision,
            updatedAt: found.updatedAt,
          };
    return {
      ...shared,
      userId,
      seq: seq ?? 0,
      policy,
      document: found?.document ?? {},
      exceptions: found?.exceptions ?? [],
      // PostgreSQL writes times with the zone of the connection; everybody else reads UTC.
      overrides: (overrides ?? []).map((each) => ({ ...each, until: new Date(each.until).toISOString() })),
    };
  });
}

function keyOf(policyId: string | null, revision: number | null): string {
  return `${policyId} ${revision}`;
}
