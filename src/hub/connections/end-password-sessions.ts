import { sql } from 'kysely';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import { endDevices } from '../identity/session-ends.ts';

/**
 * Ends the sessions that began by a local password of everybody whose domain asks for single sign-on, in browsers and
 * on devices, and what is left of sign-ins under way. Called by whatever makes an organization ask for it; safe to call
 * when nothing changed. A session of a recovery link stays: it is how the last owner gets in when the identity provider
 * is lost. API tokens stay: they act for the organization, not for a person's sign-in; the first sign-in by the
 * identity provider revokes those that its person made (docs/identity.md section 1).
 */
export async function endPasswordSessions(
  trx: Trx,
  context: ChangeContext,
  organizationId: string,
): Promise<void> {
  const people = sql`(
    select u.id from users u
     where substring(lower(u.email) from '@([^@]*)$') in (
       select d.name from domains d join connections c on c.organization_id = d.organization_id
        where c.organization_id = ${organizationId} and c.enforced and c.settings is not null
          and d.verified_at is not null and (c.domain_names = '{}' or d.name = any(c.domain_names))))`;
  const browsers = await sql`
    update browser_sessions set ended_reason = 'sso_required'
     where connection_id is null and not recovery and ended_reason is null and user_id in ${people}`.execute(
    trx,
  );
  const devices = await endDevices(trx, sql`connection_id is null and user_id in ${people}`, {
    reason: 'sso_required',
    at: context.at,
  });
  await sql`delete from pending_sign_ins where user_id in ${people}`.execute(trx);
  const ended = { browsers: Number(browsers.numAffectedRows ?? 0), devices };
  if (ended.browsers + ended.devices === 0) return;
  await recordChange(trx, context, {
    organizationId,
    action: 'organization.end-password-sessions',
    target: { kind: 'organization', id: organizationId, label: 'sign-in' },
    after: ended,
  });
}
