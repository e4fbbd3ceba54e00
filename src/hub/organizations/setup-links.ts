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

/** How long a link can be used that somebody had sent to themselves. */
export const RESET_MINUTES = 60;

/** Ends the links with which an account chooses a password: it has been chosen, or is not to be. */
export async function endPasswordLinks(trx: Trx, userId: string, at: Date): Promise<void> {
  await trx
    .updateTable('setup_links')
    .set({ used_at: at })
    .where('user_id', '=', userId)
    .where('purpose', '=', 'password')
    .where('used_at', 'is', null)
    .execute();
}

interface ForAccount {
  readonly publicUrl: string;
  readonly userId: string;
  readonly at: Date;
}

/** Like a password link, but short, and good although the account's domain asks for single sign-on. */
export function createRecoveryLink(trx: Trx, wanted: ForAccount): Promise<SetupLink> {
  return createShortLink(trx, { ...wanted, minutes: RECOVERY_MINUTES, recovery: true });
}

/** A password link that goes by mail to whoever asked for it at the sign-in. */
export function createResetLink(trx: Trx, wanted: ForAccount): Promise<SetupLink> {
  return createShortLink(trx, { ...wanted, minutes: RESET_MINUTES, recovery: false });
}

async function createShortLink(
  trx: Trx,
  wanted: ForAccount & { readonly minutes: number; readonly recovery: boolean },
): Promise<SetupLink> {
  const { secret, hash } = createOneTimeSecret('');
  const expiresAt = new Date(wanted.at.getTime() + wanted.minutes * 60_000);
  await trx
    .insertInto('setup_links')
    .values({
      purpose: 'password',
      organization_id: null,
      user_id: wanted.userId,
      secret_hash: hash,
      created_at: wanted.at,
      expires_at: expiresAt,
      recovery: wanted.recovery,
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
