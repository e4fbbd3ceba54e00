import type { Trx } from '../database/connection.ts';
import '../second-factor/tables.ts';
import { createOneTimeSecret } from '../secrets/one-time-secret.ts';

/** How long a set-up or password link can be used. */
export const LINK_HOURS = 72;

/** A link that works once; its secret is in the address and nowhere in the database. */
export interface SetupLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** How long a link made on the hub's own machine can be used. */
const RECOVERY_MINUTES = 15;

/** Like a password link, but short, and good although the account's domain asks for single sign-on. */
export async function createRecoveryLink(
  trx: Trx,
  wanted: { readonly publicUrl: string; readonly userId: string; readonly at: Date },
): Promise<SetupLink> {
  const { secret, hash } = createOneTimeSecret('');
  const expiresAt = new Date(wanted.at.getTime() + RECOVERY_MINUTES * 60_000);
  await trx
    .insertInto('setup_links')
    .values({
      purpose: 'password',
      organization_id: null,
      user_id: wanted.userId,
      secret_hash: hash,
      created_at: wanted.at,
      expires_at: expiresAt,
      recovery: true,
    })
    .execute();
  return { url: `${wanted.publicUrl}/setup/${secret}`, expiresAt };
}

/**
 * Makes a one-time link at `<public address>/setup/<secret>`: `owner` lets whoever opens it become the first
 * owner of the organization, `password` sets the password of one account. The pages behind it are identity's.
 */
export async function createSetupLink(
  trx: Trx,
  wanted: { readonly publicUrl: string; readonly at: Date } & (
    | { readonly purpose: 'owner'; readonly organizationId: string }
    | { readonly purpose: 'password'; readonly userId: string; readonly organizationId?: string }
  ),
): Promise<SetupLink> {
  const { secret, hash } = createOneTimeSecret('');
  const expiresAt = new Date(wanted.at.getTime() + LINK_HOURS * 3_600_000);
  await trx
    .insertInto('setup_links')
    .values({
      purpose: wanted.purpose,
      organization_id: wanted.organizationId ?? null,
      user_id: wanted.purpose === 'password' ? wanted.userId : null,
      secret_hash: hash,
      created_at: wanted.at,
      expires_at: expiresAt,
    })
    .execute();
  return { url: `${wanted.publicUrl}/setup/${secret}`, expiresAt };
}
