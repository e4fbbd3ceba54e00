import { sql } from 'kysely';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import { endSessions } from '../identity/session-ends.ts';
import { enforcedFor } from './enforced-domains.ts';

/**
 * Ends the sessions that began by a local password of everybody whose domain asks for single sign-on, in browsers and
 * on devices, and sign-ins under way. Called by whatever makes an organization ask for it; safe to call when nothing
 * changed. A session of a recovery link stays: it is how the last owner gets in when the identity provider is lost. API
 * tokens stay: they act for the organization, not for a person's sign-in; the first sign-in by the identity provider
 * revokes those that its person made (docs/identity.md section 1).
 */
export async function endPasswordSessions(
  trx: Trx,
  context: ChangeContext,
  organizationId: string,
): Promise<void> {
  const people = sql`(
    select u.id from users u where ${enforcedFor(sql`u.email`, sql`c.organization_id = ${organizationId}`)})`;
  const ended = await endSessions(
    trx,
    people,
    { reason: 'sso_required', at: context.at },
    { browsers: sql`connection_id is null and not recovery`, devices: sql`connection_id is null` },
  );
  if (ended.browsers + ended.devices === 0) return;
  await recordChange(trx, context, {
    organizationId,
    action: 'organization.end-password-sessions',
    target: { kind: 'organization', id: organizationId, label: 'sign-in' },
    after: ended,
  });
}
