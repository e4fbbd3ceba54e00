import type { MemberRemovalAnswer } from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { Db } from '../database/connection.ts';
import { removeMember } from './member-service.ts';

/** Removes members one by one: who cannot be removed (the last owner) keeps nobody else from it. */
export async function removeMembers(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  userIds: readonly string[],
): Promise<MemberRemovalAnswer['results']> {
  const results: MemberRemovalAnswer['results'] = [];
  for (const userId of new Set(userIds)) {
    try {
      await removeMember(db, context, organizationId, userId);
      results.push({ userId, outcome: 'removed', detail: 'Removed.' });
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error;
      const { code, message } = error.refusal;
      results.push({ userId, outcome: code === 'not_found' ? 'absent' : 'refused', detail: message });
    }
  }
  return results;
}
