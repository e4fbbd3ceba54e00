import { z } from 'zod';
import type { Actor } from './authentication.ts';
import type { Db } from './database/connection.ts';

/*
 * Work that goes on after its request was answered is done on behalf of whoever asked for it, and ends when they lose
 * the right to it.
 */

/** An author as work keeps them: without the proof of a sign-in, which was asked for when the work began. */
export const authorSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    userId: z.uuid(),
    email: z.string(),
    via: z.enum(['session', 'bearer']),
  }),
  z.object({
    kind: z.literal('token'),
    tokenId: z.uuid(),
    name: z.string(),
    organizationId: z.uuid(),
    role: z.enum(['member', 'editor', 'owner']),
    managesAccess: z.boolean(),
  }),
  z.object({ kind: z.literal('system'), name: z.string() }),
]);

/** Work of an organization, and who asked for it. */
export interface AuthoredWork {
  readonly organizationId: string;
  readonly actor: Actor;
}

/** Why work ended whose author lost the right to it. */
export const NO_OWNER_ANY_MORE = 'Whoever asked for it is no owner of the organization any more.';

/** Whether the author of work that goes on by itself is an owner, or a token of one's role, to this day. */
export async function mayStill(db: Db, { organizationId, actor }: AuthoredWork, at: Date): Promise<boolean> {
  if (actor.kind === 'system') return true;
  if (actor.kind === 'token') {
    const token = await db
      .selectFrom('api_tokens')
      .select('id')
      .where('id', '=', actor.tokenId)
      .where('organization_id', '=', organizationId)
      .where('role', '=', 'owner')
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at)
      .executeTakeFirst();
    return token !== undefined;
  }
  const owner = await db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select('m.user_id')
    .where('m.organization_id', '=', organizationId)
    .where('m.user_id', '=', actor.userId)
    .where('m.role', '=', 'owner')
    .where('u.disabled_at', 'is', null)
    .executeTakeFirst();
  return owner !== undefined;
}
