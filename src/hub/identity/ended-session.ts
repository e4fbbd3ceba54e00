import { errors } from 'oidc-provider';

const FOREIGN_KEY_VIOLATION = '23503';

/** A token cannot be saved for a session that has just been ended elsewhere: the database refuses it. */
export async function refusingEndedSessions(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === FOREIGN_KEY_VIOLATION) {
      throw new errors.InvalidGrant('the session of this device has ended');
    }
    throw error;
  }
}
