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

interface ReceivedRow {
  user_id: string;
  organization_id: string;
  organization_name: string;
  refresh_seconds: number;
  grace_seconds: number | null;
  contact_name: string | null;
  contact_url: string | null;
  seq: number | null;
  policy_id: string | null;
  policy_name: string;
  via: 'member' | 'team' | 'default';
  revision: number;
  updated_at: Date;
  exceptions: readonly PolicyException[];
  overrides: readonly BundleOverride[];
  registries: RegistryAccess | null;
  images: ImageAccess | null;
  document: StoredDocument | null;
}

/**
 * Reads what a user receives in an organization, in one statement and so of one moment. `null`: not a member,
 * or the account is disabled.
 */
export async function readReceived(
  reader: Reader,
  ids: { readonly organizationId: string; readonly userId: string },
): Promise<Received | null> {
  const { rows } = await selectReceived(reader, ids.organizationId, [ids.userId], true);
  const row = rows[0];
  return row === undefined ? null : receivedFrom(row, row.document ?? {});
}

/**
 * The same for many members of one organization. Each document travels once, however many receive it: revisions
 * never change, so reading them apart from the members shows the same moment.
 */
export async function readManyReceived(
  reader: Reader,
  organizationId: string,
  userIds: readonly string[],
): Promise<readonly Received[]> {
  const { rows } = await selectReceived(reader, organizationId, userIds, false);
  return withDocuments(reader, rows);
}

/** The same of those members only whose sequence number is above the one given for them. */
export async function readReceivedSince(
  reader: Reader,
  organizationId: string,
  told: ReadonlyMap<string, number>,
): Promise<readonly Received[]> {
  const { rows } = await selectReceived(reader, organizationId, [...told.keys()], false, [...told.values()]);
  return withDocuments(reader, rows);
}

async function withDocuments(reader: Reader, rows: readonly ReceivedRow[]): Promise<readonly Received[]> {
  const wanted = new Map(
    rows.flatMap((row) =>
      row.policy_id === null ? [] : [[keyOf(row.policy_id, row.revision), row] as const],
    ),
  );
  const documents = new Map<string, StoredDocument>();
  for (const [key, { policy_id: policyId, revision }] of wanted) {
    if (policyId === null) continue;
    const found = await reader
      .selectFrom('policy_revisions')
      .where('policy_id', '=', policyId)
      .where('revision', '=', revision)
      .select('document')
      .executeTakeFirst();
    if (found !== undefined) documents.set(key, found.document);
  }
  return rows.flatMap((row) => {
    if (row.policy_id === null) return [receivedFrom(row, {})];
    const document = documents.get(keyOf(row.policy_id, row.revision));
    // The policy was deleted meanwhile: these members were stamped again, and are read again.
    return document === undefined ? [] : [receivedFrom(row, document)];
  });
}

function keyOf(policyId: string, revision: number): string {
  return `${policyId} ${revision}`;
}

function selectReceived(
  reader: Reader,
  organizationId: string,
  userIds: readonly string[],
  withDocument: boolean,
  since?: readonly number[],
) {
  const ids = sql`${[...userIds]}::uuid[]`;
  // Which policy is worked out first and once; the accounts are looked up one by one. Left to the planner, an
  // organization that has just grown makes it compare every member with every account.
  return sql<ReceivedRow>`
    with mp as materialized (
      select * from member_policies
       where organization_id = ${organizationId} and user_id = any(${ids}))
    select mp.user_id, o.id as organization_id, o.name as organization_name, o.refresh_seconds, o.grace_seconds,
           o.contact_name, o.contact_url, s.seq, p.id as policy_id, p.name as policy_name, mp.via, mp.revision,
           case when mp.revision = p.revision then p.updated_at
                else (select ro.started_at from policy_rollouts ro where ro.policy_id = p.id) end as updated_at,
           coalesce(p.exceptions, '[]') as exceptions,
           coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'setting', g.setting, 'value', g.value, 'until', g.until)
                                      order by g.setting)
                       from overrides g
                      where g.organization_id = mp.organization_id and g.user_id = mp.user_id
                        and g.policy_id = p.id and g.ended_at is null), '[]') as overrides,
           ap.registries, ap.images,
           ${withDocument ? sql`r.document` : sql`null`} as document
      from mp
      join organizations o on o.id = mp.organization_id
      left join bundle_sequences s on s.organization_id = mp.organization_id and s.user_id = mp.user_id
      left join policies p on p.id = mp.policy_id
      left join access_policies ap on ap.organization_id = o.id
      ${withDocument ? sql`left join policy_revisions r on r.policy_id = mp.policy_id and r.revision = mp.revision` : sql``}
     where (select u.disabled_at is null from users u where u.id = mp.user_id)
       ${since === undefined ? sql`` : sql`and s.seq > (${[...since]}::bigint[])[array_position(${ids}, mp.user_id)]`}
  `.execute(reader);
}

function receivedFrom(row: ReceivedRow, document: StoredDocument): Received {
  const { policy_id: policyId, via } = row;
  return {
    organization: { id: row.organization_id, name: row.organization_name },
    userId: row.user_id,
    seq: row.seq ?? 0,
    policy:
      policyId === null
        ? null
        : {
            id: policyId,
            name: row.policy_name,
            scope: via === 'default' ? 'organization' : 'user',
            via,
            revision: row.revision,
            updatedAt: row.updated_at,
          },
    document,
    refreshSeconds: row.refresh_seconds,
    graceSeconds: row.grace_seconds,
    contact:
      row.contact_name === null || row.contact_url === null
        ? null
        : { name: row.contact_name, url: row.contact_url },
    exceptions: row.exceptions,
    // PostgreSQL writes times with the zone of the connection; everybody else reads UTC.
    overrides: row.overrides.map((each) => ({ ...each, until: new Date(each.until).toISOString() })),
    registries: row.registries,
    images: row.images,
  };
}
