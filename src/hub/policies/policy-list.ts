import { sql } from 'kysely';
import type { PolicyException } from '../../shared/contracts/bundle.ts';
import type { PolicyList, PolicyQuery, PolicySummary } from '../../shared/contracts/hub-api.ts';
import type { Rollout } from '../../shared/contracts/hub-rollouts.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Reader } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import { type Keyset, keyset, type ListOrder, writeCursor } from '../database/keyset.ts';
import type { Json } from '../database/schema.ts';

/** A policy with the document in force, as stored. */
export interface StoredPolicy extends PolicySummary {
  readonly document: { readonly [key: string]: Json };
  readonly text: string;
}

interface PolicyRow {
  id: string;
  name: string;
  description: string;
  revision: number;
  version: number;
  is_default: boolean;
  assigned_users: number;
  teams: readonly { id: string; name: string }[];
  rollout: {
    revision: number;
    percentage: number;
    team_ids: readonly string[];
    started_at: string;
    paused_at: string | null;
    receiving: number;
    members: number;
  } | null;
  exceptions: readonly PolicyException[];
  created_at: Date;
  updated_at: Date;
  document: { readonly [key: string]: Json };
  text: string;
  author_label: string;
  sort_key: string | null;
}

/** The policies of an organization in their own order, without documents. */
export async function listPolicies(db: Reader, organizationId: string): Promise<PolicySummary[]> {
  const { rows } = await selectPolicies(db, sql`p.organization_id = ${organizationId}`);
  return rows.map(toSummary);
}

/** The orders of the list as pages. */
const ORDERS: Readonly<Record<string, ListOrder>> = {
  order: { by: sql`p.position`, kind: 'number' },
  name: { by: sql`lower(p.name)`, kind: 'text' },
  revision: { by: sql`p.revision`, kind: 'number' },
  assigned: {
    by: sql`(select count(*) from policy_assignments a where a.policy_id = p.id)`,
    kind: 'number',
  },
  changed: { by: sql`p.updated_at`, kind: 'time' },
};

/** Policies a page at a time, searched and sorted, with the number of all that match. */
export async function pagePolicies(
  db: Reader,
  organizationId: string,
  query: PolicyQuery,
): Promise<PolicyList> {
  const { limit, cursor, search, sort = 'order' } = query;
  const page = keyset(ORDERS, { sort, cursor, id: sql`p.id` });
  const matching = sql`p.organization_id = ${organizationId} and ${searching(search, sql`p.name`, sql`p.description`)}`;
  const total = await sql<{ total: number }>`
    select count(*) as total from policies p where ${matching}`.execute(db);
  const { rows } = await selectPolicies(db, sql`${matching} and ${page.after}`, { page, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    policies: shown.map(toSummary),
    total: total.rows[0]?.total ?? 0,
    next: rows.length > limit && last !== undefined ? writeCursor(last.sort_key ?? '', last.id) : null,
  };
}

/** One policy; refuses (`not_found`) one of another organization like one that does not exist. */
export async function readStoredPolicy(
  db: Reader,
  organizationId: string,
  policyId: string,
): Promise<StoredPolicy> {
  const { rows } = await selectPolicies(
    db,
    sql`p.organization_id = ${organizationId} and p.id = ${policyId}`,
  );
  const row = rows[0];
  if (row === undefined) throw noSuchPolicy();
  return { ...toSummary(row), document: row.document, text: row.text };
}

/** The policy of that name, without regard to case; the edge of commands that take one by name. */
export async function findPolicy(db: Reader, organizationId: string, name: string): Promise<StoredPolicy> {
  const { rows } = await selectPolicies(
    db,
    sql`p.organization_id = ${organizationId} and (lower(p.name) = lower(${name}) or p.id::text = ${name})`,
  );
  const row = rows[0];
  if (row === undefined) throw noSuchPolicy(name);
  return { ...toSummary(row), document: row.document, text: row.text };
}

/** The refusal for a policy that is not there. */
function noSuchPolicy(name?: string): RefusalError {
  return new RefusalError({
    code: 'not_found',
    message: `There is no ${name === undefined ? 'such policy' : `policy "${name}"`} in this organization.`,
    help: 'The list of policies has every one, with its id.',
  });
}

function selectPolicies(
  db: Reader,
  where: ReturnType<typeof sql>,
  cut?: { readonly page: Keyset; readonly limit: number },
) {
  const orderBy = cut?.page.orderBy ?? sql`p.position, p.created_at, p.id`;
  // The page is cut first and dressed afterwards, and users are counted for all of it at once: one policy may have all
  // of them, which the planner takes for what each has.
  return sql<PolicyRow>`
    with page as materialized (
      select p.*, ${cut?.page.key ?? sql`null`} as sort_key from policies p
       where ${where} order by ${orderBy} ${cut === undefined ? sql`` : sql`limit ${cut.limit}`}),
    assigned as (
      select a.policy_id, count(*) as users from policy_assignments a
       where a.policy_id = any (array(select id from page)) group by 1)
    select p.id, p.name, p.description, p.revision, p.version, p.created_at, p.updated_at,
           coalesce(o.default_policy_id = p.id, false) as is_default,
           coalesce((select users from assigned where policy_id = p.id), 0) as assigned_users,
           coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name) order by lower(t.name))
                       from policy_teams pt join teams t on t.id = pt.team_id where pt.policy_id = p.id), '[]') as teams,
           (select jsonb_build_object('revision', ro.revision, 'percentage', ro.percentage,
                     'team_ids', array(select t.id from teams t where t.id = any(ro.team_ids) order by lower(t.name)),
                     'started_at', ro.started_at, 'paused_at', ro.paused_at,
                     'receiving', count(*) filter (where mp.revision = ro.revision), 'members', count(mp.user_id))
              from policy_rollouts ro
              left join member_policies mp on mp.organization_id = p.organization_id and mp.policy_id = p.id
             where ro.policy_id = p.id group by ro.policy_id) as rollout,
           p.exceptions, r.document, r.text, r.author_label, p.sort_key
      from page p
      join organizations o on o.id = p.organization_id
      join policy_revisions r on r.policy_id = p.id and r.revision = p.revision
     order by ${orderBy}
  `.execute(db);
}

function toSummary(row: PolicyRow): PolicySummary {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    revision: row.revision,
    version: row.version,
    isDefault: row.is_default,
    assignedUsers: row.assigned_users,
    teams: [...row.teams],
    rollout: row.rollout === null ? null : toRollout(row.rollout),
    exceptions: [...row.exceptions],
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    changedBy: row.author_label,
  };
}

function toRollout(row: NonNullable<PolicyRow['rollout']>): Rollout {
  const { revision, percentage, receiving, members } = row;
  const utc = (time: string) => new Date(time).toISOString();
  return {
    ...{ revision, percentage, receiving, members },
    teamIds: [...row.team_ids],
    startedAt: utc(row.started_at),
    pausedAt: row.paused_at === null ? null : utc(row.paused_at),
  };
}
