import type { SignInSettings, SignInSettingsChange } from '../../shared/contracts/hub-sso.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandUnchanged } from '../audit/made-from.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import { requiresSso } from '../connections/find-connection.ts';
import type { Db, Reader } from '../database/connection.ts';
import { isInForeignDomain } from '../domains/foreign-domain.ts';
import { readMember } from '../organizations/member-list.ts';
import { createSetupLink } from '../organizations/setup-links.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { lapseProofs } from '../second-factor/lapsed-proofs.ts';
import '../second-factor/tables.ts';

/** How an organization wants sign-in to be. */
export async function readSignInSettings(reader: Reader, organizationId: string): Promise<SignInSettings> {
  const row = await reader
    .selectFrom('organizations')
    .select(['device_sign_in', 'second_factor_required'])
    .where('id', '=', organizationId)
    .executeTakeFirstOrThrow();
  return { deviceSignIn: row.device_sign_in, ownersNeedSecondFactor: row.second_factor_required };
}

export async function changeSignInSettings(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  change: SignInSettingsChange,
): Promise<SignInSettings> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const before = await readSignInSettings(trx, organizationId);
    await demandUnchanged(trx, context, { organizationId, targetId: organizationId, edited: { ...before } });
    const after: SignInSettings = {
      deviceSignIn: change.deviceSignIn ?? before.deviceSignIn,
      ownersNeedSecondFactor: change.ownersNeedSecondFactor ?? before.ownersNeedSecondFactor,
    };
    if (JSON.stringify(before) === JSON.stringify(after)) return before;
    await trx
      .updateTable('organizations')
      .set({ device_sign_in: after.deviceSignIn, second_factor_required: after.ownersNeedSecondFactor })
      .where('id', '=', organizationId)
      .execute();
    if (after.ownersNeedSecondFactor && !before.ownersNeedSecondFactor)
      await lapseProofs(trx, organizationId);
    await recordChange(trx, context, {
      organizationId,
      action: 'organization.sign-in',
      target: { kind: 'organization', id: organizationId, label: 'sign-in' },
      before: { ...before },
      after: { ...after },
    });
    return after;
  });
}

/** Whether every organization of the account lets its members sign devices in by a code. */
export async function mayUseDeviceSignIn(reader: Reader, userId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('memberships as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select('o.id')
    .where('m.user_id', '=', userId)
    .where('o.device_sign_in', '=', false)
    .executeTakeFirst();
  return row === undefined;
}

/**
 * A link with which a member chooses a new password. Only for members of no other organization, in no domain of
 * another: an owner here must not get into an account that others trust as well, or will again; and not where the identity provider signs them in. `byScim`: whose
 * membership is SCIM's get no mail of ours.
 */
export async function makePasswordLink(
  db: Db,
  context: ChangeContext,
  where: { readonly organizationId: string; readonly userId: string },
  publicUrl: string,
): Promise<{ email: string; byScim: boolean; url: string; expiresAt: string }> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const member = await readMember(trx, where.organizationId, where.userId);
    const elsewhere = await trx
      .selectFrom('memberships')
      .select('organization_id')
      .where('user_id', '=', member.userId)
      .where('organization_id', '!=', where.organizationId)
      .executeTakeFirst();
    if (elsewhere !== undefined)
      throw new RefusalError({
        code: 'forbidden',
        message: `${member.email} belongs to another organization as well, so this one cannot reset the password.`,
        help: 'Whoever runs the hub can: mooring-hub users set-password.',
      });
    if (await isInForeignDomain(trx, where.organizationId, member.email))
      throw new RefusalError({
        code: 'forbidden',
        message: `${member.email} is in a domain of another organization, so this one cannot reset the password.`,
        help: 'An owner there can, or whoever runs the hub: mooring-hub users set-password.',
      });
    if (await requiresSso(trx, member.email))
      throw new RefusalError({
        code: 'conflict',
        message: `${member.email} signs in by the identity provider; a password would not be accepted.`,
        help: 'Reset the password at the identity provider.',
      });
    const link = await createSetupLink(trx, {
      publicUrl,
      at: context.at,
      purpose: 'password',
      userId: member.userId,
      organizationId: where.organizationId,
    });
    await recordChange(trx, context, {
      organizationId: where.organizationId,
      action: 'account.password-link',
      target: { kind: 'member', id: member.userId, label: member.email },
    });
    const byScim = member.origin === 'scim';
    return { email: member.email, byScim, url: link.url, expiresAt: link.expiresAt.toISOString() };
  });
}
