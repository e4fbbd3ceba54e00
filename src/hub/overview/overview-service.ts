import { sql } from 'kysely';
import type { Overview } from '../../shared/contracts/hub-overview.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { readTrend } from '../reports/compliance-days.ts';
import './tables.ts';

const ENFORCEMENT = 'enforcement';

interface Facts {
  readonly members: number;
  readonly policies: number;
  readonly teams: number;
  readonly invitations: number;
  readonly devices: number;
  readonly domain: boolean;
  readonly enforcement: boolean;
  readonly assigned: boolean;
  readonly invited: boolean;
}

/** Where and when it is looked. */
interface OverviewPlace {
  readonly organizationId: string;
  readonly at: Date;
}

/** How the organization stands. Editors are told nothing of invitations. */
export async function readOverview(db: Db, place: OverviewPlace, role: Role): Promise<Overview> {
  const isOwner = role === 'owner';
  const [facts, trend] = await Promise.all([
    readFacts(db, place),
    readTrend(db, place.organizationId, place.at, 1),
  ]);
  const today = trend.days.at(-1);
  if (today === undefined) throw new Error('today was not counted');
  return {
    members: facts.members,
    policies: facts.policies,
    teams: facts.teams,
    invitations: isOwner ? facts.invitations : 0,
    devices: facts.devices,
    statuses: today.statuses,
    checklist: {
      domain: facts.domain,
      enforcement: facts.enforcement,
      policy: facts.policies > 0,
      assigned: facts.assigned,
      invited: facts.invited,
    },
  };
}

async function readFacts(db: Db, { organizationId: id, at }: OverviewPlace): Promise<Facts> {
  const { rows } = await sql<Facts>`select
    coalesce((select members from organization_sizes where organization_id = ${id}), 0) as members,
    (select count(*) from policies where organization_id = ${id}) as policies,
    (select count(*) from teams where organization_id = ${id}) as teams,
    (select count(*) from devices where organization_id = ${id}) as devices,
    (select count(*) from invitations where organization_id = ${id} and accepted_at is null and revoked_at is null
      and expires_at > ${at}) as invitations,
    exists (select 1 from domains where organization_id = ${id} and verified_at is not null) as domain,
    exists (select 1 from checklist_marks where organization_id = ${id} and step = ${ENFORCEMENT}) as enforcement,
    (exists (select 1 from organizations where id = ${id} and default_policy_id is not null)
      or exists (select 1 from policy_teams where organization_id = ${id})
      or exists (select 1 from policy_assignments where organization_id = ${id})) as assigned,
    (exists (select 1 from invitations where organization_id = ${id})
      or coalesce((select members from organization_sizes where organization_id = ${id}), 0) > 1) as invited`.execute(
    db,
  );
  const row = rows[0];
  if (row === undefined) throw new Error('the database answered nothing');
  return row;
}

/** Keeps what an owner says of a step that the hub cannot see. */
export async function markChecklist(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  done: boolean,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const changed = done
      ? await trx
          .insertInto('checklist_marks')
          .values({ organization_id: organizationId, step: ENFORCEMENT, marked_at: context.at })
          .onConflict((conflict) => conflict.doNothing())
          .returning('step')
          .executeTakeFirst()
      : await trx
          .deleteFrom('checklist_marks')
          .where('organization_id', '=', organizationId)
          .where('step', '=', ENFORCEMENT)
          .returning('step')
          .executeTakeFirst();
    if (changed === undefined) return;
    await recordChange(trx, context, {
      organizationId,
      action: 'organization.checklist',
      target: { kind: 'organization', id: organizationId, label: ENFORCEMENT },
      before: { done: !done },
      after: { done },
    });
  });
}
