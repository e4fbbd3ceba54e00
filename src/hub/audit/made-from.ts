import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Reader } from '../database/connection.ts';
import type { ChangeContext } from './record.ts';

/*
 * Two people change the same thing at once. Whoever reads it is told a tag of what can be edited of it; whoever sends
 * that tag back as `If-Match` changes nothing that they have not seen. Without `If-Match` the last one wins, as scripts
 * mean it. Policies, and what is decided about registries and images, count versions and always ask for it.
 */

/** What `If-Match` holds; the answers' `ETag` has the same form. */
export const ifMatchSchema = z.object({
  'if-match': z
    .string()
    .optional()
    .describe('The version that the change was made from, as the ETag said it'),
});

/** What can be edited of a thing, its members always in one order. */
export interface Editable {
  readonly [key: string]: EditedValue;
}

type EditedValue = string | number | boolean | null | readonly EditedValue[] | Editable;

/** The strong entity tag of it: the same as long as the same stands there. */
function contentTag(edited: Editable): string {
  return `"${createHash('sha256').update(JSON.stringify(edited)).digest('base64url').slice(0, 27)}"`;
}

/** Answers `value` with the tag of what can be edited of it. */
export function tagged<T>(reply: FastifyReply, value: T, edited: Editable): T {
  void reply.header('etag', contentTag(edited));
  return value;
}

/**
 * Refuses (`precondition_failed`) a change that was made from something else than what stands there now. Called with the
 * organization locked, before anything is written.
 */
export async function demandUnchanged(
  reader: Reader,
  context: ChangeContext,
  {
    organizationId,
    targetId,
    action,
    edited,
  }: {
    organizationId: string;
    /** What the change was made to in the audit log; `null`: it is not known who was faster. */
    targetId: string | null;
    /** Of its changes only these, where others of the same thing are not in each other's way. */
    action?: string;
    edited: Editable;
  },
): Promise<void> {
  const { madeFrom } = context;
  if (madeFrom === undefined || madeFrom === contentTag(edited)) return;
  const last =
    targetId === null
      ? undefined
      : await reader
          .selectFrom('audit_events')
          .select('actor_label')
          .where('organization_id', '=', organizationId)
          .where('target_id', '=', targetId)
          .$if(action !== undefined, (query) => query.where('action', '=', action ?? ''))
          .orderBy('id', 'desc')
          .limit(1)
          .executeTakeFirst();
  throw new RefusalError({
    code: 'precondition_failed',
    message: `${last?.actor_label ?? 'Somebody else'} changed this since you opened it.`,
    help: 'Look at what stands there now, and send your change again if it still holds.',
    details: { by: last?.actor_label ?? null },
  });
}
