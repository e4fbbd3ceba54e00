import type { Catalog } from '../../text.ts';
import type { policySentences } from '../policy-sentences.ts';

/** Policy: the agent’s sentences in German. */
export const policySentencesDe: Catalog<keyof typeof policySentences> = {
  ownPolicy:
    'Der Benutzer hat eine eigene Richtlinie; die Standardrichtlinie der Organisation wird nicht beachtet.',
  userChose: 'Sie ist nicht gesperrt, und der Benutzer hat selbst einen Wert gewählt.',
  userWins: 'Keine Richtlinie sperrt sie, und der Benutzer hat diesen Wert gewählt.',
  strongerDecides: '{source} ist stärker und entscheidet.',
  enforces: '{source} ist die stärkste Ebene, die sie nennt, und sperrt sie.',
  suggests:
    '{source} ist die stärkste Ebene, die sie nennt; sie ist nicht gesperrt, und der Benutzer hat nichts gewählt.',
  keeps: '{source} sperrt sie mit einem Wert, der nicht verwendet werden kann; der letzte gute Wert bleibt.',
  fallsBack:
    '{source} gibt einen Wert, der nicht verwendet werden kann; es gilt der eingebaute Standardwert.',
  absent: '{source} entscheidet, ohne einen Wert zu geben; es gilt der eingebaute Standardwert.',
  locksIt: '{source} sperrt sie.',
  chosenInvalid: 'Der gewählte Wert ist nicht gültig.',
  notValidThere: 'Der Wert dort ist nicht gültig, und sie ist nicht gesperrt.',
  notObject: 'Was dort steht, ist kein Objekt.',
  groupNotObject: 'Was dort für die Gruppe steht, ist kein Objekt.',
  hasToBeEntry: 'Es muss {accepted} sein; Eintrag {entry} ist {value}.',
  hasToBeList:
    'Es muss {accepted} sein, keiner davon leer oder mit Leerraum am Rand; Eintrag {entry} ist {value}.',
  hasToBeIn: 'Es muss {accepted} sein; in Eintrag {entry}: {why}.',
  hasToBe: 'Es muss {accepted} sein, und ist {value}.',
  uncarriable:
    'Es enthält ein NUL-Zeichen oder ein halbes Surrogatpaar, das keine Einstellungsdatei tragen kann: Entfernen Sie es.',
  atLine: 'Zeile {line}, Spalte {column}:',
  valueUnusable: 'Der Wert von {id} kann nicht verwendet werden.',
  staysLocked:
    'Es bleibt gesperrt, beim letzten guten Wert, wo einer bekannt ist, sonst beim eingebauten Standardwert.',
  builtIn: 'Es gilt der eingebaute Standardwert.',
  isIgnored: 'Es wird nicht beachtet.',
  lockedForm:
    '„locked“ muss true oder false sein, und ist {value}. Es gilt als gesperrt, bis es berichtigt ist.',
  commas: 'Es ist ein Text mit Kommas, der als Liste angenommen wird. Schreiben Sie ["a", "b"] statt "a,b".',
  hasToHold: 'Es muss ein Objekt mit {holding} sein, und ist {value}. Es wird nicht beachtet.',
  utf16: 'Es ist kein UTF-8-Text, sondern sieht aus wie UTF-16. Speichern Sie es als UTF-8 ohne Marke.',
  notPlainJson: 'Es sind keine einfachen JSON-Daten. Nichts davon gilt.',
  largerThan: 'Es ist größer als 1 MiB, was keine Richtlinie braucht: Entfernen Sie, was nicht hineingehört.',
  notUtf8: 'Es enthält Bytes, die kein UTF-8-Text sind. Speichern Sie es als UTF-8 ohne Marke.',
  empty:
    'Es ist leer. Schreiben Sie eine Richtlinie, {} für eine, die nichts entscheidet, oder entfernen Sie es.',
  byteOrderMark:
    'Es beginnt mit einer Byte-Order-Marke, die andere Leser ablehnen. Speichern Sie es als UTF-8 ohne Marke.',
  notJson: 'Das ist kein JSON: {why}. Nichts davon gilt, bis es berichtigt ist.',
  comments:
    'Kommentare und Kommas am Ende werden hier angenommen, aber andere Leser dieser Datei lehnen sie ab: Entfernen Sie sie.',
  twice: '{quoted} steht mehr als einmal da, und der letzte Eintrag zählt. Entfernen Sie die anderen.',
  moreTwice: 'Vielleicht gibt es mehr doppelte Schlüssel; nur die ersten hundert sind aufgeführt.',
  tooDeep: 'Es ist tiefer als {count} verschachtelt, oder größer als jede Richtlinie. Nichts davon gilt.',
  choicesForm: 'Entscheidungen sind ein Objekt aus Einstellung und Wert, und das ist {value}.',
  chosenUnusable: 'Der gewählte Wert von {id} kann nicht verwendet werden und wird nicht beachtet.',
  moreChoices: '{count} weitere Entscheidungen gehören zu keiner Einstellung und werden nicht beachtet.',
  removeOrCheck: 'Entfernen Sie es, oder prüfen Sie den Namen.',
  didYouMeanQuoted: 'Meinten Sie {quoted}?',
  noSettingChoice: 'Es gibt keine Einstellung {quoted}; die Entscheidung wird nicht beachtet.',
  policyForm:
    'Eine Richtlinie ist ein Objekt in geschweiften Klammern, und das ist {value}. Nichts davon gilt.',
  versionForm:
    '„{key}“ muss 2 sein, und ist {value}. Nichts davon gilt: Schreiben Sie 2, oder lassen Sie den Schlüssel weg.',
  versionNewer:
    '„{key}“ ist {number}, neuer als die 2, die hier bekannt ist. Die bekannten Schlüssel gelten; aktualisieren Sie diese App für die anderen.',
  profileForm: 'Ein Profil ist ein Objekt aus Schlüsseln, und das ist {value}. Nichts davon gilt.',
  hubUrlForm:
    '„hubUrl“ muss die Adresse des Hubs sein, beginnend mit https://, und ist {value}. Es wird nicht beachtet.',
  layoutForm: '„layout“ muss "mooring" oder "docker" sein, und ist {value}. Es wird nicht beachtet.',
  hubKeysForm:
    '„hubKeys“ muss eine Liste öffentlicher Schlüssel (JWK) oder Fingerabdrücke sein. Nichts anderem wird vertraut, also keinem Hub, bis es berichtigt ist.',
  unknownKey: 'Der Schlüssel {quoted} ist nicht bekannt und wird nicht beachtet.',
  moreUnknown: '{count} weitere Schlüssel sind nicht bekannt und werden nicht beachtet.',
  oneUnknown: '{count} weiterer Schlüssel ist nicht bekannt und wird nicht beachtet.',
  stepWritable:
    '{step}, auf dem Weg zu {path}, {fault}. Setzen Sie den Besitzer root und die Rechte 0755; bis dahin wird die Datei nicht beachtet.',
  fileWritable:
    '{path} {fault}; jemand anders könnte sie geschrieben haben. Setzen Sie den Besitzer root und die Rechte {mode}; bis dahin wird sie nicht beachtet.',
  stepLink:
    '{step}, auf dem Weg zu {path}, ist eine Verknüpfung. Stellen Sie einen echten Ordner oder eine echte Datei dorthin; bis dahin wird die Datei nicht beachtet.',
  ownerUnknown:
    'Der Besitzer von {path} war nicht festzustellen, deshalb wird die Datei nicht beachtet. Lassen Sie {program} für diesen Benutzer laufen und gleichen Sie noch einmal ab.',
  ownerOther:
    '{path} gehört {owner} statt Administrators oder SYSTEM. Lassen Sie die Administration den Besitz übernehmen; bis dahin wird die Datei nicht beachtet.',
  fileLarge:
    '{path} ist größer als 1 MiB. Eine Richtlinie ist weit kleiner: Stellen Sie die richtige Datei an ihren Platz.',
  danglingLink:
    '{path} verweist auf eine Datei, die es nicht gibt. Entfernen Sie die Verknüpfung, oder stellen Sie die Datei wieder her.',
  notRegular: '{path} ist keine gewöhnliche Datei. Entfernen Sie sie und stellen Sie die Datei dorthin.',
  unread: '{path} kann nicht gelesen werden ({code}).',
  giveEveryUser:
    'Geben Sie allen Benutzern das Recht, sie und ihre Ordner zu lesen (Rechte 0644, Ordner 0755).',
  checkDiskFile: 'Prüfen Sie den Datenträger und die Datei.',
  locationUnusableWhy: '{location} kann nicht verwendet werden: {sentence} Schreiben Sie {example} hinein.',
  locationUnusable: '{location} kann nicht verwendet werden: {why}. Verteilen Sie das Profil noch einmal.',
  locationUnusablePlain: '{location} kann nicht verwendet werden.',
  deployAgain: 'Verteilen Sie das Profil noch einmal.',
  cannotBeRead: 'Es kann nicht gelesen werden.',
  itIsNotJson: 'Es ist kein JSON.',
  holdsNoObject: 'Es enthält kein Objekt.',
  keyUnknown: '{key} ist unbekannt: {reason}. Schaffen Sie Platz im Ordner für temporäre Dateien.',
  programNotRun: '{program} konnte nicht ausgeführt werden ({detail}); deshalb ist {key} unbekannt.',
  programUnread:
    '{program} hat zu {key} geantwortet, was nicht gelesen werden kann. Versuchen Sie es noch einmal.',
  keyUnread:
    'Der Registrierungsschlüssel {key} ist da, kann aber nicht gelesen werden ({detail}). Lassen Sie Benutzer ihn lesen.',
  followsNotReceived:
    'Dieses Gerät folgt {address} und hat dessen Richtlinie noch nicht erhalten. Bis sie eintrifft, bleiben die Einstellungen, wie sie sind: Melden Sie sich an, oder führen Sie „mooring sync“ aus.',
  keptPolicyGone:
    'Die auf diesem Gerät gespeicherte Richtlinie kann nicht mehr verwendet werden. Bis sie wieder abgerufen ist, bleiben die Einstellungen, wie sie sind: Führen Sie „mooring sync“ aus.',
};
