import { sql } from 'kysely';
import type {
  DeletedPolicy,
  DeletedPolicyList,
  DeletedPolicyQuery,
  PolicyUndeletionAnswer,
} from '../../shared/contracts/hub-deleted-policies.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import {
  forgetRows,
  keepThing,
  keptRows,
  notKept,
  readKept,
  rowsToKeep,
  viewKept,
} from '../deletions/kept-things.ts';
import { endOverridesOfPolicy } from '../overrides/override-service.ts';
import { maskDocument } from './document.ts';
import { readStoredPolicy } from './policy-list.ts';
import { type Edited, refuseOutdated, refuseTakenName } from './policy-refusals.ts';
import { lockOrganization, stampRecipients, stampWhomItChanges } from './recipients.ts';
import './tables.ts';

/*
 * Deleting and bringing back (docs/policy.md section 8). A deleted policy leaves the tables that say who receives what,
 * whole, and lies in one of its own for 30 days: nothing has to remember to leave it out.
 */

/**
 * Takes a policy out of use and keeps it, its history and who had it. Those who received it fall back to the default,
 * or to none. Granted overrides of it and a roll-out on its way end for good.
 */
export async function deletePolicy(db: Db, context: ChangeContext, edited: Edited): Promise<void> {
  const { organizationId, policyId } = edited;
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const before = await readStoredPolicy(trx, organizationId, policyId);
    refuseOutdated(before, edited.version);
    await endOverridesOfPolicy(trx, context, policyId);
    await stampRecipients(trx, { organizationId, recipients: { kind: 'policy', policyId }, at: context.at });
    await keep(trx, context, edited, before.name);
    await trx.deleteFrom('policies').where('id', '=', policyId).execute();
    const { name, description, revision } = before;
    await recordChange(trx, context, {
      organizationId,
      action: 'policy.delete',
      target: { kind: 'policy', id: policyId, label: name },
      before: {
        ...{ name, description, revision, document: maskDocument(before.document) },
        isDefault: before.isDefault,
        assignedUsers: before.assignedUsers,
      },
    });
  });
}

async function keep(
  trx: Trx,
  context: ChangeContext,
  { organizationId, policyId }: Edited,
  name: string,
): Promise<void> {
  const content = sql`(
    select jsonb_build_object(
             'policy', to_jsonb(p),
             'isDefault', coalesce(o.default_policy_id = p.id, false))
      from policies p join organizations o on o.id = p.organization_id
     where p.id = ${policyId})`;
  const ofIt = sql`r.policy_id = ${policyId}`;
  const parts = {
    revisions: rowsToKeep('policy_revisions', ofIt),
    users: rowsToKeep('policy_assignments', ofIt),
    teams: rowsToKeep('policy_teams', ofIt),
  };
  await keepThing(trx, context, { organizationId, kind: 'policy', id: policyId, name, content, parts });
}

interface DeletedRow {
  readonly revision: number;
  readonly was_default: boolean;
  readonly users: number;
  readonly teams: number;
}

/** How many rows of a part of the deletion `d` are kept. */
function keptOf(part: string) {
  return sql`(select count(*) from deletion_rows k where k.kept_id = d.kept_id and k.part = ${part})`;
}

/** What can be brought back at this moment, last deleted first; all of it without a limit. */
export async function listDeletedPolicies(
  db: Reader,
  organizationId: string,
  at: Date,
  query: DeletedPolicyQuery = {},
): Promise<DeletedPolicyList> {
  const { rows, total, next } = await readKept<DeletedRow>(
    db,
    {
      organizationId,
      at,
      kinds: sql`d.kind = 'policy'`,
      more: sql`(d.content #>> '{policy,revision}')::integer as revision,
        (d.content ->> 'isDefault')::boolean as was_default,
        ${keptOf('users')} as users, ${keptOf('teams')} as teams`,
    },
    query,
  );
  const policies = rows.map((row) => ({
    ...viewKept(row),
    ...{ revision: row.revision, users: row.users, teams: row.teams, wasDefault: row.was_default },
  }));
  return { policies, total, next };
}

/** The deleted policy of that name or id; of several of one name the last deleted. */
export async function findDeletedPolicy(
  db: Reader,
  organizationId: string,
  wanted: { readonly name: string; readonly at: Date },
): Promise<DeletedPolicy> {
  const { policies: kept } = await listDeletedPolicies(db, organizationId, wanted.at);
  const found = kept.find(
    ({ id, name }) => id === wanted.name || name.toLowerCase() === wanted.name.toLowerCase(),
  );
  if (found === undefined) throw notKept('deleted policy');
  return found;
}

/**
 * Brings a deleted policy back under its id, with its history, at the revision that was in force. Members and teams
 * that are still there and have no other policy since get it again; it becomes the default where there is none.
 */
export async function restoreDeletedPolicy(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: { readonly policyId: string; readonly name?: string | undefined },
): Promise<PolicyUndeletionAnswer> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const { policies } = await listDeletedPolicies(trx, organizationId, context.at);
    const kept = policies.find(({ id }) => id === wanted.policyId);
    if (kept === undefined) throw notKept('deleted policy');
    const thing = await placeOf(trx, kept.id);
    const name = wanted.name ?? kept.name;
    const back = { users: 0, teams: 0, isDefault: false };
    await stampWhomItChanges(trx, { organizationId, at: context.at }, async () => {
      await putBack(trx, thing, name);
      back.users = await putBackUsers(trx, context, thing);
      back.teams = await putBackTeams(trx, context, thing);
      back.isDefault = kept.wasDefault && (await putBackDefault(trx, kept.id));
    });
    await trx.deleteFrom('deletions').where('id', '=', kept.id).where('kind', '=', 'policy').execute();
    await forgetRows(trx, thing);
    const answer: PolicyUndeletionAnswer = {
      policy: { id: kept.id, name },
      users: { restored: back.users, left: kept.users - back.users },
      teams: { restored: back.teams, left: kept.teams - back.teams },
      isDefault: back.isDefault,
    };
    await recordChange(trx, context, {
      organizationId,
      action: 'policy.undelete',
      target: { kind: 'policy', id: kept.id, label: name },
      after: { name, revision: kept.revision, ...back },
    });
    return answer;
  });
}

/** A policy that comes back, and where the rows of what hung on it lie. */
interface Place {
  readonly id: string;
  readonly keptId: string;
}

async function placeOf(trx: Trx, id: string): Promise<Place> {
  const { kept_id: keptId } = await trx
    .selectFrom('deletions')
    .select('kept_id')
    .where('id', '=', id)
    .where('kind', '=', 'policy')
    .executeTakeFirstOrThrow();
  return { id, keptId };
}

/** Columns are named: one that a later version adds gets its default. */
async function putBack(trx: Trx, thing: Place, name: string): Promise<void> {
  await sql`
    insert into policies (id, organization_id, name, description, revision, version, position, previous_revision,
                          exceptions, created_at, updated_at)
    select p.id, p.organization_id, ${name}, p.description, p.revision, p.version + 1, p.position,
           p.previous_revision, p.exceptions, p.created_at, p.updated_at
      from deletions d, jsonb_populate_record(null::policies, d.content -> 'policy') p
     where d.id = ${thing.id} and d.kind = 'policy'
  `
    .execute(trx)
    .catch((error: unknown) => refuseTakenName(error, name));
  await sql`
    insert into policy_revisions (policy_id, revision, document, text, author_id, author_label, reason, created_at)
    select r.policy_id, r.revision, r.document, r.text, u.id, r.author_label, r.reason, r.created_at
      from ${keptRows(thing, 'revisions', 'policy_revisions')} r
      left join users u on u.id = r.author_id
     order by r.revision
  `.execute(trx);
}

async function putBackUsers(trx: Trx, { at }: ChangeContext, thing: Place): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    insert into policy_assignments (organization_id, user_id, policy_id, assigned_at)
    select m.organization_id, m.user_id, a.policy_id, ${at}
      from ${keptRows(thing, 'users', 'policy_assignments')} a
      join memberships m on m.organization_id = a.organization_id and m.user_id = a.user_id
    on conflict do nothing
  `.execute(trx);
  return Number(numAffectedRows);
}

async function putBackTeams(trx: Trx, { at }: ChangeContext, thing: Place): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    insert into policy_teams (organization_id, team_id, policy_id, assigned_at)
    select t.organization_id, t.id, a.policy_id, ${at}
      from ${keptRows(thing, 'teams', 'policy_teams')} a
      join teams t on t.id = a.team_id and t.organization_id = a.organization_id
    on conflict do nothing
  `.execute(trx);
  return Number(numAffectedRows);
}

async function putBackDefault(trx: Trx, id: string): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update organizations o set default_policy_id = d.id
      from deletions d
     where d.id = ${id} and d.kind = 'policy' and o.id = d.organization_id and o.default_policy_id is null
  `.execute(trx);
  return numAffectedRows > 0n;
}
