import { type RawBuilder, sql } from 'kysely';
import type { SignInsEnded } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { endBrowser, endDevices, endSessions } from '../identity/session-ends.ts';
import { readMember } from './member-list.ts';

/** Whose sessions. */
export interface SignInsOf {
  readonly organizationId: string;
  readonly userId: string;
}

/**
 * Ends where a member is signed in: everywhere, with every sign-in that is under way, or one session of the list. The
 * membership stays. Refuses `conflict` for an account that is not this organization's alone (`refuseForeign`).
 */
export async function endSignIns(
  db: Db,
  context: ChangeContext,
  of: SignInsOf,
  signInId: string | null,
): Promise<SignInsEnded> {
  return db.transaction().execute(async (trx) => {
    const { email } = await readMember(trx, of.organizationId, of.userId);
    await refuseForeign(trx, of, email);
    const ending = { reason: 'ended_by_owner' as const, at: context.at };
    const ended =
      signInId === null
        ? await endSessions(trx, sql`(${of.userId}::uuid)`, ending)
        : {
            browsers: (await endBrowser(trx, { userId: of.userId, id: signInId }, ending)) ? 1 : 0,
            devices: await endDevices(trx, sql`user_id = ${of.userId} and id = ${signInId}`, ending),
          };
    if (signInId !== null && ended.browsers + ended.devices === 0) throw noSuchSignIn();
    if (ended.browsers + ended.devices > 0)
      await recordChange(trx, context, {
        organizationId: of.organizationId,
        action: 'member.end-sessions',
        target: { kind: 'member', id: of.userId, label: email },
        after: { ...ended },
      });
    return ended;
  });
}

/** The session by which a device of a member reported, where one stands. Answers how many ended. */
export async function endDeviceOf(
  trx: Trx,
  context: ChangeContext,
  of: SignInsOf & { readonly email: string },
  session: RawBuilder<unknown>,
): Promise<number> {
  await refuseForeign(trx, of, of.email);
  return endDevices(trx, sql`user_id = ${of.userId} and id = ${session}`, {
    reason: 'device_forgotten',
    at: context.at,
  });
}

/**
 * A session is one of the account, wherever it is a member: an organization may end it only when the account is its own,
 * by the domain or because it belongs to no other. Else one organization could sign another's people out.
 */
async function refuseForeign(reader: Reader, of: SignInsOf, email: string): Promise<void> {
  const { rows } = await sql<{ own: boolean }>`
    select exists (select 1 from domains d where d.organization_id = ${of.organizationId} and d.verified_at is not null
                      and d.name = lower(split_part(${email}, '@', -1)))
        or not exists (select 1 from memberships m where m.user_id = ${of.userId}
                          and m.organization_id <> ${of.organizationId}) as own`.execute(reader);
  if (rows[0]?.own === true) return;
  throw new RefusalError({
    code: 'conflict',
    message: `${email} belongs to other organizations too, and its domain is not verified for this one: its sessions are not yours to end.`,
    help: 'To keep the person out of this organization, remove the member. For people of your own domain, verify it.',
  });
}

function noSuchSignIn(): RefusalError {
  return new RefusalError({
    code: 'not_found',
    message: 'This member has no such session; it may have ended meanwhile.',
    help: 'The list of sign-ins has every one, with its id.',
  });
}
