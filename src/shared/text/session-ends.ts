import type { SessionEnd } from '../contracts/agent-api.ts';

/** Why a session ended, in a sentence, and what its person can do. */
interface SessionEnded {
  readonly what: string;
  readonly todo: string;
}

/** The same words wherever English is spoken: agent, command line, tray and dashboard (docs/identity.md section 1). */
export const SESSION_ENDED: Readonly<Record<SessionEnd, SessionEnded>> = {
  sso_required: {
    what: 'Your organization now requires single sign-on, so the session that began with a password has ended.',
    todo: 'Sign in again: you are led to your organization.',
  },
  password_changed: {
    what: 'The password of your account was changed, so this session has ended.',
    todo: 'Sign in again with the new one. If it was not you who changed it, tell your administrator.',
  },
  account_linked: {
    what: 'Your organization manages your account now, so the sessions from before have ended.',
    todo: 'Sign in again with your e-mail address; a password from before is no longer accepted.',
  },
  account_removed: {
    what: 'Your account was removed from its organization, so this session has ended.',
    todo: 'If that is a mistake, ask an owner of the organization.',
  },
  account_deactivated: {
    what: 'Your organization deactivated your account, so this session has ended.',
    todo: 'If that is a mistake, ask your administrator.',
  },
  signed_out: {
    what: 'You signed this device out from your account page.',
    todo: 'Sign in again to receive new policies.',
  },
  ended_by_owner: {
    what: 'An owner of your organization ended this session.',
    todo: 'Sign in again. If you do not know why, ask your administrator.',
  },
  device_forgotten: {
    what: 'Your organization took this device off its list, and its session ended with that.',
    todo: 'Sign in again if you still work with it; otherwise nothing needs to be done.',
  },
};
