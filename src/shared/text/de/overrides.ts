import type { overrides } from '../en-overrides.ts';
import type { Catalog } from '../text.ts';

/** German of `en-overrides.ts`. */
export const overridesDe: Catalog<keyof typeof overrides> = {
  'override.open': 'Vorübergehend ändern…',
  'override.may': 'Ihre Organisation lässt einen anderen Wert für höchstens {time} zu.',
  'override.title': 'Vorübergehend ändern',
  'override.value': 'Wert für diese Zeit',
  'override.time': 'Für wie lange',
  'override.reason': 'Grund',
  'override.reasonHint':
    'Die Eigentümer Ihrer Organisation sehen, wer es wann, für wie lange und warum erbeten hat.',
  'override.reasonMissing': 'Sagen Sie, warum Sie es brauchen.',
  'override.request': 'Für {time} ändern',
  'override.refused': 'Nichts wurde geändert',
  'override.running': 'Geändert bis {time}',
  'override.runningText': 'Der Wert kehrt {when} von selbst zu {value} zurück. Die Sperre bleibt so lange.',
  'override.note': 'Geändert bis {time}',
  'override.end': 'Jetzt beenden',
  'override.endOf': 'Jetzt beenden: die vorübergehende Änderung von „{setting}“',
  'override.notEnded': 'Die vorübergehende Änderung wurde nicht beendet',
  'override.panel': 'Vorübergehende Änderungen',
  'override.panelText':
    'Einstellungen, die Sie mit einem Grund für eine Zeit ändern dürfen. Sie kehren von selbst zurück.',
  'override.atMost': 'für höchstens {time}',
  'override.returnsTo': 'Jetzt {value}, bis {time}; danach {returnsTo}',
  'override.find': 'Vorübergehend ändern…: {setting}',
  'override.seconds': { one: '{count} Sekunde', other: '{count} Sekunden' },
  'override.minutes': { one: '{count} Minute', other: '{count} Minuten' },
  'override.hours': { one: '{count} Stunde', other: '{count} Stunden' },
  'override.days': { one: '{count} Tag', other: '{count} Tage' },

  'import.open': 'Richtliniendatei einlesen',
  'import.busy': 'Wird eingelesen…',
  'import.done': 'Die Richtliniendatei gilt',
  'import.refused': 'Die Richtliniendatei wurde nicht angenommen',
  'import.tooLarge': 'Sie ist größer, als eine Richtliniendatei sein kann ({limit} MiB).',
  'import.notRead': 'Die Datei konnte nicht gelesen werden.',
  'import.imported': 'Eingelesen',
  'import.until': 'Gültig bis',
  'import.wallHint': 'Kein Netz hier? Lesen Sie eine Richtliniendatei Ihrer Organisation ein.',
};
