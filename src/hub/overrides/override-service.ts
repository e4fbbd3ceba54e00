import { sql } from 'kysely';
import type { GrantedOverride, OverrideAnswer, OverrideRequest } from '../../shared/contracts/agent-api.ts';
import type { PolicyException } from '../../shared/contracts/bundle.ts';
import { type Refusal, RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import type { Json } from '../database/schema.ts';
import { maskValue } from '../policies/document.ts';
import { readReceived } from '../policies/received.ts';
import { lockOrganization, stampRecipients } from '../policies/recipients.ts';
import { judgeOverride, NOT_MANAGED } from './judge-override.ts';
import type { OverrideEnd } from './tables.ts';

/*
 * Break-glass (docs/delivery.md section 6). A grant is what the signed bundle says; it ends by the agent's clocks, and
 * for everybody else by the sweep here, which gives the member a bundle without it.
 */

/** The member who asks. */
export interface Requester {
  readonly organizationId: string;
  readonly userId: string;
  readonly email: string;
}

/**
 * Grants an override where the policy that the member receives allows it. The request is recorded whether it is
 * granted or not. Refuses: `override_not_allowed`, `unknown_setting`, `invalid_value`.
 */
export async function grantOverride(
  db: Db,
  context: ChangeContext,
  who: Requester,
  request: OverrideRequest,
): Promise<OverrideAnswer> {
  const outcome = await db.transaction().execute(async (trx) => {
    const { organizationId, userId } = who;
    await lockOrganization(trx, organizationId);
    const received = await readReceived(trx, { organizationId, userId });
    const refusal = judgeOverride(received, request);
    await recordRequest(trx, context, who, request, refusal);
    if (refusal !== null || received?.policy == null) return { refusal: refusal ?? NOT_MANAGED };
    await endOverrides(trx, context, { because: 'replaced', which: ofSetting(who, request.setting) });
    const until = new Date(context.at.getTime() + request.seconds * 1000);
    const { id } = await trx
      .insertInto('overrides')
      .values({
        organization_id: organizationId,
        user_id: userId,
        policy_id: received.policy.id,
        device_id: request.deviceId,
        setting: request.setting,
        value: JSON.stringify(request.value),
        reason: request.reason,
        granted_at: context.at,
        until,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await stampRecipients(trx, {
      organizationId,
      recipients: { kind: 'users', userIds: [userId] },
      at: context.at,
    });
    await recordChange(trx, context, {
      organizationId,
      action: 'override.grant',
      target: { kind: 'override', id, label: `${request.setting} for ${who.email}` },
      after: { ...facts(request), until: until.toISOString(), policy: received.policy.name },
    });
    const seq = (await readReceived(trx, { organizationId, userId }))?.seq ?? 0;
    const { setting, value, reason } = request;
    const times = { grantedAt: context.at.toISOString(), until: until.toISOString() };
    return { refusal: null, answer: { override: { id, setting, value, reason, ...times }, seq } };
  });
  // Thrown only here: the record of a refused request must not be rolled back with it.
  if (outcome.answer === undefined) throw new RefusalError(outcome.refusal);
  return outcome.answer;
}

async function recordRequest(
  trx: Trx,
  context: ChangeContext,
  who: Requester,
  request: OverrideRequest,
  refusal: Refusal | null,
): Promise<void> {
  await recordChange(trx, context, {
    organizationId: who.organizationId,
    action: refusal === null ? 'override.request' : 'override.refuse',
    target: { kind: 'member', id: who.userId, label: who.email },
    after: { ...facts(request), ...(refusal === null ? {} : { refused: refusal.code }) },
  });
}

function facts(request: OverrideRequest) {
  const { setting, seconds, reason, deviceId } = request;
  return { setting, value: maskValue(request.value as Json), seconds, reason, device: deviceId };
}

/** A member's own that are in force, by setting. */
export async function listOwnOverrides(db: Reader, who: Requester): Promise<GrantedOverride[]> {
  const rows = await db
    .selectFrom('overrides')
    .where('organization_id', '=', who.organizationId)
    .where('user_id', '=', who.userId)
    .where('ended_at', 'is', null)
    .selectAll()
    .orderBy('setting')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    setting: row.setting,
    value: row.value,
    reason: row.reason,
    grantedAt: row.granted_at.toISOString(),
    until: row.until.toISOString(),
  }));
}

/** Ends one before its time: by the member (`user`), or by an owner (`revoked`). Refuses (`not_found`) what is not in force. */
export async function endOverride(
  db: Db,
  context: ChangeContext,
  wanted: { readonly organizationId: string; readonly id: string; readonly userId?: string },
): Promise<void> {
  const { organizationId, id, userId } = wanted;
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const which = sql`o.organization_id = ${organizationId} and o.id = ${id}
      and ${userId === undefined ? sql`true` : sql`o.user_id = ${userId}`}`;
    const because = userId === undefined ? 'revoked' : 'user';
    if ((await endOverrides(trx, context, { because, which })) > 0) return;
    throw new RefusalError({
      code: 'not_found',
      message: 'There is no such override in force.',
      help: 'It may have ended by itself; the list says so.',
    });
  });
}

/** Replaces what users who receive the policy may override. A grant that it no longer allows ends. */
export async function setExceptions(
  trx: Trx,
  context: ChangeContext,
  policy: { readonly organizationId: string; readonly policyId: string },
  exceptions: readonly PolicyException[],
): Promise<void> {
  const { organizationId, policyId } = policy;
  await trx
    .updateTable('policies')
    .set({ exceptions: JSON.stringify(exceptions) })
    .where('id', '=', policyId)
    .execute();
  const allowed = exceptions.map(({ setting }) => setting);
  const which = sql`o.policy_id = ${policyId} and o.setting <> all(${allowed}::text[])`;
  await endOverrides(trx, context, { because: 'withdrawn', which });
  await stampRecipients(trx, { organizationId, recipients: { kind: 'policy', policyId }, at: context.at });
}

/** Before a policy goes: with it go its grants, and that they ended stays in the audit log. */
export async function endOverridesOfPolicy(
  trx: Trx,
  context: ChangeContext,
  policyId: string,
): Promise<void> {
  await endOverrides(trx, context, { because: 'withdrawn', which: sql`o.policy_id = ${policyId}` });
}

/**
 * Before members go: with a membership go its grants, and that they ended stays in the audit log.
 * @param who of `overrides o`: those of the members who go
 */
export async function endOverridesOfMembers(
  trx: Trx,
  context: ChangeContext,
  who: ReturnType<typeof sql>,
): Promise<void> {
  await endOverrides(trx, context, { because: 'withdrawn', which: who });
}

/**
 * The member receives another policy by now, or none, by whichever of the many ways. The grant is out of the bundle
 * already; it must not come back with the policy, nor stand in the list as if it were in force.
 */
const LEFT_BEHIND = sql<boolean>`o.policy_id is distinct from (
  select mp.policy_id from member_policies mp
   where mp.organization_id = o.organization_id and mp.user_id = o.user_id)`;

/**
 * Ends those whose time has come or whose policy the member receives no more; answers how many. Hubs that do it at
 * once find what the others left.
 */
export async function endDueOverrides(db: Db, at: Date): Promise<number> {
  const { rows: due } = await sql<{ organization_id: string }>`
    select distinct o.organization_id from overrides o
     where o.ended_at is null and (o.until <= ${at} or ${LEFT_BEHIND})`.execute(db);
  const context: ChangeContext = {
    actor: { kind: 'system', name: 'end of overrides' },
    sourceAddress: null,
    at,
  };
  let ended = 0;
  for (const { organization_id: organizationId } of due) {
    ended += await db.transaction().execute(async (trx) => {
      await lockOrganization(trx, organizationId);
      const ofIt = sql`o.organization_id = ${organizationId}`;
      const inTime = await endOverrides(trx, context, {
        because: 'time',
        which: sql`${ofIt} and o.until <= ${at}`,
      });
      const which = sql`${ofIt} and ${LEFT_BEHIND}`;
      return inTime + (await endOverrides(trx, context, { because: 'withdrawn', which }));
    });
  }
  return ended;
}

function ofSetting(who: Requester, setting: string) {
  return sql`o.organization_id = ${who.organizationId} and o.user_id = ${who.userId} and o.setting = ${setting}`;
}

interface EndedRow {
  readonly id: string;
  readonly organization_id: string;
  readonly user_id: string;
  readonly setting: string;
  readonly email: string;
}

/** Ends what is in force among `which`, stamps their members and records each. */
async function endOverrides(
  trx: Trx,
  context: ChangeContext,
  wanted: { readonly because: OverrideEnd; readonly which: ReturnType<typeof sql> },
): Promise<number> {
  const { because, which } = wanted;
  const { rows } = await sql<EndedRow>`
    update overrides o set ended_at = ${context.at}, ended_because = ${because} from users u
     where u.id = o.user_id and o.ended_at is null and ${which}
    returning o.id, o.organization_id, o.user_id, o.setting, u.email`.execute(trx);
  for (const [organizationId, ended] of Map.groupBy(rows, (row) => row.organization_id)) {
    const userIds = [...new Set(ended.map((row) => row.user_id))];
    await stampRecipients(trx, { organizationId, recipients: { kind: 'users', userIds }, at: context.at });
  }
  for (const row of rows) {
    await recordChange(trx, context, {
      organizationId: row.organization_id,
      action: 'override.end',
      target: { kind: 'override', id: row.id, label: `${row.setting} for ${row.email}` },
      after: { because },
    });
  }
  return rows.length;
}
