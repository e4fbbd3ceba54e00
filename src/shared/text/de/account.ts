import type { account } from '../en-account.ts';

export const accountDe: Record<keyof typeof account, string> = {
  'sessionEnd.policyStays': 'Die letzte Richtlinie gilt weiter.',
  'sessionEnd.policyOld': 'Die letzte Richtlinie gilt weiter, aber neue können nicht abgeholt werden.',
  'sessionEnd.sso_required':
    'Ihre Organisation verlangt jetzt Single Sign-on; die Sitzung, die mit einem Passwort begann, ist deshalb zu Ende. Melden Sie sich wieder an: Sie werden zu Ihrer Organisation geführt.',
  'sessionEnd.password_changed':
    'Das Passwort Ihres Kontos wurde geändert, deshalb ist diese Sitzung zu Ende. Melden Sie sich mit dem neuen wieder an. Wenn nicht Sie es geändert haben, sagen Sie es Ihrem Administrator.',
  'sessionEnd.account_linked':
    'Ihre Organisation verwaltet jetzt Ihr Konto, deshalb sind die Sitzungen von vorher zu Ende. Melden Sie sich mit Ihrer E-Mail-Adresse wieder an; ein Passwort von vorher gilt nicht mehr.',
  'sessionEnd.account_removed':
    'Ihr Konto wurde aus seiner Organisation entfernt, deshalb ist diese Sitzung zu Ende. Wenn das ein Irrtum ist, fragen Sie einen Eigentümer der Organisation.',
  'sessionEnd.account_deactivated':
    'Ihre Organisation hat Ihr Konto deaktiviert, deshalb ist diese Sitzung zu Ende. Wenn das ein Irrtum ist, fragen Sie Ihren Administrator.',
  'sessionEnd.ended_by_owner':
    'Ein Eigentümer Ihrer Organisation hat diese Sitzung beendet. Melden Sie sich wieder an. Wenn Sie nicht wissen, warum, fragen Sie Ihren Administrator.',
  'sessionEnd.device_forgotten':
    'Ihre Organisation hat dieses Gerät aus ihrer Liste genommen und damit seine Sitzung beendet. Melden Sie sich wieder an, wenn Sie noch damit arbeiten; sonst ist nichts zu tun.',
  'sessionEnd.signed_out':
    'Sie haben dieses Gerät auf Ihrer Kontoseite abgemeldet. Melden Sie sich wieder an, um neue Richtlinien zu erhalten.',
};
