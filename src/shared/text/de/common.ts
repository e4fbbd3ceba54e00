import type { common } from '../en-common.ts';
import type { Catalog } from '../text.ts';

/** German of `en-common.ts`. */
export const commonDe: Catalog<keyof typeof common> = {
  'app.name': 'Mooring',
  'app.testPaths': 'Testpfade',
  'app.testPathsWhy':
    'Diese Fassung wurde mit eigenen Systempfaden gestartet. Sie verwaltet diesen Computer nicht.',
  'app.skipToContent': 'Zum Inhalt springen',
  'nav.label': 'Seiten',
  'nav.settings': 'Einstellungen',
  'nav.policy': 'Richtlinie',
  'nav.account': 'Konto',
  'nav.diagnostics': 'Diagnose',
  'nav.signIn': 'Anmelden',
  'nav.proxy': 'Netzwerk-Proxy',
  'scheme.label': 'Erscheinungsbild',
  'scheme.light': 'Hell',
  'scheme.dark': 'Dunkel',
  'scheme.auto': 'System',

  'action.apply': 'Übernehmen',
  'action.cancel': 'Abbrechen',
  'action.close': 'Schließen',
  'action.copy': 'Kopieren',
  'action.copied': 'Kopiert',
  'action.notCopied': 'Nicht kopiert: Text markieren und selbst kopieren',
  'action.retry': 'Erneut versuchen',
  'action.remove': 'Entfernen',
  'action.syncNow': 'Jetzt abgleichen',
  'action.syncing': 'Abgleich läuft…',
  'action.clear': 'Leeren',

  'source.configuration-profile': 'Konfigurationsprofil',
  'source.user-policy': 'Ihre Richtlinie',
  'source.organization-policy': 'Richtlinie der Organisation',
  'source.admin-settings': 'admin-settings.json',
  'source.user': 'Ihre Wahl',
  'source.default': 'Eingebaute Vorgabe',
  'source.hub': 'Mooring Hub',
  'source.choices': 'Ihre Einstellungen',
  'source.sign-in': 'Anmeldepflicht',
  'source.store': 'settings-store.json',

  'value.on': 'Ein',
  'value.off': 'Aus',
  'value.unset': 'Nicht gesetzt',
  'value.empty': 'Leer',
  'value.entries': { one: '{count} Eintrag', other: '{count} Einträge' },

  'managed.by': 'Verwaltet von {label}',
  'managed.suggestedBy': 'Vorgeschlagen von {label}',
  'managed.why': 'Verwaltet von {label}: Warum ist „{setting}“ gesperrt?',
  'managed.whySuggested': 'Vorgeschlagen von {label}: Woher kommt der Wert von „{setting}“?',
  'managed.locked': 'Gesperrt',
  'managed.suggested': 'Vorgeschlagen',
  'managed.held': 'Auf dem jetzigen Wert gehalten',
  'managed.heldBroken':
    'Gehalten: Eine Quelle der Richtlinie kann nicht gelesen werden; bis dahin darf sich nichts ändern.',
  'managed.heldStale':
    'Gehalten: Die Richtlinie Ihrer Organisation ist zu alt; bis zum nächsten Abgleich darf sich nichts ändern.',

  'state.loading': 'Wird geladen…',
  'state.offlineTitle': 'Der Agent antwortet nicht',
  'state.offlineText':
    'Der Agent von Mooring läuft auf diesem Computer nicht oder startet gerade. Ihre Einstellungen bleiben so lange, wie sie sind.',
  'state.offlineHelp':
    'Starten Sie ihn mit „mooring agent run“. Diese Seite geht von selbst weiter, sobald er antwortet.',
  'state.failedTitle': 'Das konnte nicht gelesen werden',
  'state.unreadable':
    'Der Agent gab eine Antwort, die diese Seite nicht versteht. Vielleicht sind beide verschieden alt: Laden Sie die Seite neu, oder aktualisieren Sie Mooring.',

  'fault.title': 'Auf dieser Seite ist ein Fehler aufgetreten',
  'fault.text':
    'Ihre Einstellungen sind nicht betroffen. Laden Sie die Seite neu; wenn es wieder geschieht, führen Sie „mooring doctor“ aus und melden Sie es.',
  'fault.consoleText':
    'Geändert wurde dadurch nichts. Laden Sie die Seite neu; wenn es wieder geschieht, sagen Sie es denen, die den Hub betreiben.',
  'fault.reload': 'Neu laden',
  'notLoaded.title': 'Diese Seite konnte nicht geladen werden',
  'notLoaded.text':
    'Seiten werden geladen, wenn man sie zum ersten Mal öffnet. Entweder antwortet gerade niemand, oder eine neuere Version ist an ihre Stelle getreten. Versuchen Sie es noch einmal, wenn die Verbindung wieder besteht.',

  'session.title': 'Die Sitzung dieser Seite ist zu Ende',
  'session.text':
    'Im Browser öffnet nur eine einmalige Adresse, die Sie selbst anfordern, diese Seiten. Diese wurde schon benutzt, ist älter als eine Minute, oder der Agent wurde neu gestartet.',
  'session.missingTitle': 'Öffnen Sie diese Seiten von der Befehlszeile',
  'session.missingText':
    'Damit kein anderes Programm hineinkommt, öffnet nur eine einmalige Adresse, die Sie selbst anfordern, diese Seiten.',
  'session.how':
    'Führen Sie dies in einem Terminal aus und öffnen Sie die ausgegebene Adresse. Es geht, ob der Agent schon läuft oder nicht.',
  'session.copyCommand': 'Befehl kopieren',

  'time.never': 'Nie',
  'time.justNow': 'Gerade eben',
  'time.clockSetBack': 'bevor die Uhr zurückgestellt wurde',
  'time.soon': 'in weniger als einer Minute',
  'severity.error': 'Fehler',
  'severity.warning': 'Warnung',
};
