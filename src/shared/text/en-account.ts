import { SESSION_ENDED } from './session-ends.ts';

/** Texts of sessions that ended: why, and what to do. */
export const account = {
  'sessionEnd.policyStays': 'The last policy stays in force.',
  'sessionEnd.policyOld': 'The last policy stays in force, but new ones cannot be fetched.',
  'sessionEnd.sso_required': both('sso_required'),
  'sessionEnd.password_changed': both('password_changed'),
  'sessionEnd.account_linked': both('account_linked'),
  'sessionEnd.account_removed': both('account_removed'),
  'sessionEnd.account_deactivated': both('account_deactivated'),
  'sessionEnd.signed_out': both('signed_out'),
  'sessionEnd.ended_by_owner': both('ended_by_owner'),
  'sessionEnd.device_forgotten': both('device_forgotten'),
} as const;

function both(reason: keyof typeof SESSION_ENDED): string {
  const { what, todo } = SESSION_ENDED[reason];
  return `${what} ${todo}`;
}
