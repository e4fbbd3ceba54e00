import { describe, expect, test } from 'vitest';
import { spokenDe } from './agent/de/spoken.ts';
import { spoken } from './agent/spoken.ts';
import { labelsDe } from './de/setting-labels.ts';
import { createRetell } from './retell.ts';

const retell = createRetell(spoken, spokenDe, labelsDe);

/** What is left in English stands in brackets. */
const said = (words: string): string =>
  retell(words)
    .map(({ text, left }) => (left ? `[${text}]` : text))
    .join('');

describe('what the agent said, in another language', () => {
  test.each([
    [
      '“Allow extensions” (extensionsEnabled) is locked by Engineering default (acme), so it was not changed. Ask an administrator of acme to change or unlock it.',
      '„Erweiterungen zulassen“ (extensionsEnabled) wurde nicht geändert. Gesperrt von: Engineering default (acme). Bitten Sie die Administration von acme, sie zu ändern oder freizugeben.',
    ],
    [
      '“Memory for the virtual machine” (memoryMiB) was not changed. It has to be a whole number of 1024 or more (MiB), and is the text "much". Accepted: a whole number of 1024 or more (MiB).',
      '„Arbeitsspeicher für die virtuelle Maschine“ (memoryMiB) wurde nicht geändert. Es muss eine ganze Zahl ab 1024 (MiB) sein, und ist der Text "much". Angenommen wird: eine ganze Zahl ab 1024 (MiB).',
    ],
    [
      'Nothing was changed. /home/a b/settings-store.json could not be written: the disk is full. Free some space. Then try again.',
      'Es wurde nichts geändert. /home/a b/settings-store.json konnte nicht geschrieben werden: der Datenträger ist voll. Schaffen Sie Platz. Versuchen Sie es dann noch einmal.',
    ],
    [
      'https://hub.example was not reached through the managed proxy http://p:1: the connection was refused; directly: there is no network. Check the network and try again.',
      'https://hub.example wurde nicht erreicht, über den vorgegebenen Proxy http://p:1: die Verbindung wurde abgelehnt; direkt: es gibt kein Netz. Prüfen Sie das Netz und versuchen Sie es noch einmal.',
    ],
    [
      'Line 3, column 7: The value of analyticsEnabled cannot be used. It has to be true or false, and is a list. It is ignored.',
      'Zeile 3, Spalte 7: Der Wert von analyticsEnabled kann nicht verwendet werden. Es muss true oder false sein, und ist eine Liste. Es wird nicht beachtet.',
    ],
    ["The organization's default policy locks it.", 'Die Standardrichtlinie der Organisation sperrt sie.'],
    ['configuration profile', 'Konfigurationsprofil'],
  ])('%s', (english, german) => {
    expect(said(english)).toBe(german);
  });

  test('what others wrote stays as it is, marked, and does not hide what is known around it', () => {
    expect(
      said('The hub refuses this account: You were put out. Ask an administrator of your organization.'),
    ).toBe(
      'Der Hub lehnt dieses Konto ab: [You were put out.] Fragen Sie die Administration Ihrer Organisation.',
    );
    expect(said('The moon is up. Sign in again. It shines')).toBe(
      '[The moon is up. ]Melden Sie sich erneut an. [It shines]',
    );
  });

  test('a name that looks like a sentence, markup or a placeholder is a name', () => {
    expect(said('You are not a member of an organization named "{id} <b>Sign in again.</b>".')).toBe(
      'Sie sind kein Mitglied einer Organisation namens „{id} <b>Sign in again.</b>“.',
    );
    expect(said('“constructor” (constructor) was not changed.')).toBe(
      '„constructor“ (constructor) wurde nicht geändert.',
    );
  });

  test('text made to cost much is answered at once', () => {
    for (const hostile of [
      'was not reached '.repeat(240),
      '“a” (b) '.repeat(400),
      '"'.repeat(3990),
      'a: b; '.repeat(600),
    ])
      expect(said(hostile).length).toBeGreaterThan(0);
    expect(said('Sign in again. '.repeat(400))).toMatch(/^\[/);
  }, 5000);
});
