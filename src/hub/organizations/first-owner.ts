import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db } from '../database/connection.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { createOrganization } from './organization-service.ts';
import { createSetupLink, type SetupLink } from './setup-links.ts';

/** An organization that waits for its first owner. `made`: it was not there before. */
export interface AwaitedOwner {
  readonly made: boolean;
  readonly link: SetupLink;
}

/**
 * Makes an organization and a link for its first owner. Where the organization is there and has no owner yet, as when
 * the link was lost or its time ran out, a new link takes the place of earlier ones. Throws `conflict` where somebody
 * owns it already: a link would then let whoever has it take the organization over.
 */
export async function awaitFirstOwner(
  db: Db,
  context: ChangeContext,
  wanted: { readonly name: string; readonly displayName: string; readonly publicUrl: string },
): Promise<AwaitedOwner> {
  const known = await db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', wanted.name)
    .executeTakeFirst();
  const { id } =
    known ?? (await createOrganization(db, context, { ...wanted, ownersNeedSecondFactor: true }));
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, id);
    const owner = await trx
      .selectFrom('memberships')
      .select('user_id')
      .where('organization_id', '=', id)
      .where('role', '=', 'owner')
      .executeTakeFirst();
    if (owner !== undefined) {
      throw new RefusalError({
        code: 'conflict',
        message: `There is an organization "${wanted.name}" already, and it has an owner.`,
        help: `Make another one under another name. An owner who cannot get in: mooring-hub recover --owner ADDRESS. A further owner: mooring-hub members add ADDRESS --role owner --organization ${wanted.name}`,
      });
    }
    await trx
      .updateTable('setup_links')
      .set({ expires_at: context.at })
      .where('organization_id', '=', id)
      .where('purpose', '=', 'owner')
      .where('used_at', 'is', null)
      .where('expires_at', '>', context.at)
      .execute();
    const link = await createSetupLink(trx, {
      ...{ publicUrl: wanted.publicUrl, purpose: 'owner', organizationId: id, at: context.at },
    });
    if (known !== undefined) {
      await recordChange(trx, context, {
        organizationId: id,
        action: 'organization.setup-link',
        target: { kind: 'organization', id, label: wanted.name },
      });
    }
    return { made: known === undefined, link };
  });
}
