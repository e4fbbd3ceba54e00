import type { finished } from '../en-finished.ts';
import type { Catalog } from '../text.ts';

/** The page at the end of a sign-in in the browser, in German. */
export const finishedDe: Catalog<keyof typeof finished> = {
  'finished.stray.title': 'Das ist nicht die Antwort, auf die Mooring wartet',
  'finished.stray.text':
    'Sie gehört nicht zu der Anmeldung, die gerade läuft. Es wurde nichts geändert. Kehren Sie zu Mooring zurück und melden Sie sich von dort an.',
  'finished.fault.title': 'In Mooring ist etwas schiefgegangen',
  'finished.used.title': 'Diese Anmeldung ist schon abgeschlossen',
  'finished.elsewhere.title': 'Hier ist nichts',
  'finished.close': 'Sie können diese Seite schließen.',
  'finished.done.title': 'Sie sind angemeldet',
  'finished.done.text': 'Sie können diese Seite schließen und zu Mooring zurückkehren.',
  'finished.failed.title': 'Die Anmeldung hat nicht geklappt',
};
