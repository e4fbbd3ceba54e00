import { sql } from 'kysely';
import { z } from 'zod';
import type { Member } from '../../shared/contracts/hub-api.ts';
import { roleSchema } from '../../shared/contracts/hub-fields.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandRecentSignIn } from '../access.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import { keepThing, keptRows, rowsToKeep, type TakenThing } from '../deletions/kept-things.ts';
import { countedParts, type PutBack } from '../deletions/put-back.ts';
import { stampRecipients } from '../policies/recipients.ts';
import { lapseProofs } from '../second-factor/lapsed-proofs.ts';

/*
 * A member whom an owner removed comes back as they were, with places and policy given by hand; API tokens and
 * sessions do not. Only who was added by hand or invited: others come back by the directory that sent them, or not.
 */

/** Keeps a membership that is about to end, where it may come back. */
export async function keepMember(
  trx: Trx,
  context: ChangeContext,
  organizationId: string,
  { userId, email, origin }: Pick<Member, 'userId' | 'email' | 'origin'>,
): Promise<void> {
  if (origin !== 'manual' && origin !== 'invitation') return;
  const theirs = sql`r.organization_id = ${organizationId} and r.user_id = ${userId}`;
  const content = sql`(
    select jsonb_build_object('membership', to_jsonb(m))
      from memberships m where m.organization_id = ${organizationId} and m.user_id = ${userId})`;
  const parts = {
    teams: rowsToKeep('team_members', sql`${theirs} and r.origin in ('manual', 'invitation')`),
    policies: rowsToKeep('policy_assignments', theirs),
  };
  await keepThing(trx, context, { organizationId, kind: 'member', id: userId, name: email, content, parts });
}

const keptSchema = z.object({ membership: z.object({ role: roleSchema }) });

/**
 * Makes somebody a member again. Refuses (`conflict`) whom SCIM of this organization deactivated, and, as for anybody
 * who becomes an owner, asks for a recent sign-in where they were one.
 */
export async function putBackMember(trx: Trx, context: ChangeContext, thing: TakenThing): Promise<PutBack> {
  const { id, organizationId, content, name } = thing;
  const { role } = keptSchema.parse(JSON.parse(content)).membership;
  if (role === 'owner') demandRecentSignIn(context.actor, { now: () => context.at.getTime() });
  await refuseDeactivated(trx, { id, organizationId, name });
  const made = await sql`
    insert into memberships (organization_id, user_id, role, origin, joined_at)
    select ${organizationId}, u.id, m.role, m.origin, m.joined_at
      from jsonb_populate_record(null::memberships, ${content}::jsonb -> 'membership') m
      join users u on u.id = m.user_id
    on conflict do nothing`.execute(trx);
  if (made.numAffectedRows !== 1n)
    throw new RefusalError({
      code: 'conflict',
      message: `${name} is a member of this organization again, or has no account any more.`,
      help: 'Look for them among the members; who has no account is added or invited anew.',
    });
  if (role === 'owner') await lapseProofs(trx, organizationId);
  const teams = await sql`
    insert into team_members (organization_id, team_id, user_id, origin, added_at)
    select t.organization_id, t.id, ${id}, a.origin, a.added_at
      from ${keptRows(thing, 'teams', 'team_members')} a
      join teams t on t.organization_id = ${organizationId} and t.id = a.team_id`.execute(trx);
  const policies = await sql`
    insert into policy_assignments (organization_id, user_id, policy_id, assigned_at)
    select p.organization_id, ${id}, p.id, ${context.at}
      from ${keptRows(thing, 'policies', 'policy_assignments')} a
      join policies p on p.organization_id = ${organizationId} and p.id = a.policy_id`.execute(trx);
  const recipients = { kind: 'users', userIds: [id] } as const;
  await stampRecipients(trx, { organizationId, recipients, at: context.at });
  const back = { teams: teams.numAffectedRows ?? 0n, policies: policies.numAffectedRows ?? 0n };
  return { name, parts: await countedParts(trx, thing, back) };
}

async function refuseDeactivated(
  trx: Trx,
  { id, organizationId, name }: Pick<TakenThing, 'id' | 'organizationId' | 'name'>,
): Promise<void> {
  const { rows } = await sql`
    select 1 from scim_users su join connections c on c.id = su.connection_id
     where c.organization_id = ${organizationId} and su.user_id = ${id} and su.managed
    having not bool_or(su.active)`.execute(trx);
  if (rows.length === 0) return;
  throw new RefusalError({
    code: 'conflict',
    message: `SCIM deactivated ${name}: only the directory brings them back.`,
    help: 'Assign them to the application of this organization at the identity provider.',
  });
}
