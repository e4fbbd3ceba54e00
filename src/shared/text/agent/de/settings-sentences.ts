import type { Catalog } from '../../text.ts';
import type { settingsSentences } from '../settings-sentences.ts';

/** Settings: the agent’s sentences in German. */
export const settingsSentencesDe: Catalog<keyof typeof settingsSentences> = {
  choiceSavedNotYet: 'Ihre Wahl ist gespeichert, wirkt aber noch nicht in anderen Programmen: {sentence}',
  settingsNotAll: 'Ihre Einstellungen wirken noch nicht alle in anderen Programmen: {sentence}',
  thenWritten:
    'Danach wird es von selbst geschrieben: innerhalb einer Minute, wo ein Agent läuft, sonst mit dem nächsten Befehl.',
  choicesPutBack:
    '{file} konnte nicht gelesen werden; Ihre letzten bekannten Entscheidungen wurden wiederhergestellt. Was gefunden wurde, liegt als {aside}: Berichtigen Sie es und kopieren Sie zurück, was fehlt, oder löschen Sie es.',
  enforcingFailed: 'Das Durchsetzen der Einstellungen ist fehlgeschlagen; es wird wieder versucht.',
  appliesOnQuit: 'Wirkt, sobald Docker Desktop beendet wird.',
  contended:
    'Ein anderes Programm ändert settings-store.json immer wieder zurück; die Datei wird alle 2 Sekunden berichtigt. Beenden Sie dieses Programm, oder lassen Sie es die gesperrten Einstellungen in Ruhe.',
  agentGone: 'Der Agent läuft nicht mehr; es wurde nichts geändert.',
  startRepeat: 'Starten Sie ihn wieder und wiederholen Sie dann die Änderung.',
  bothSetReset:
    '{quoted} wird in einer Änderung zugleich gesetzt und zurückgesetzt. Verlangen Sie eines von beiden.',
  choicesTooLarge:
    'Mit dieser Änderung wären Ihre eigenen Einstellungen zusammen größer als 1 MiB; es wurde nichts geändert.',
  choicesShorter:
    'Geben Sie weniger Text ein, oder setzen Sie eigene Einstellungen zurück, die viel enthalten.',
  masked: 'Dort steht ***, wo Benutzername und Passwort hingehören: Schreiben Sie die Adresse ganz.',
  notOnPlatform:
    '{setting} gibt es auf diesem System ({platform}) nicht; es ist eine Einstellung von {platforms}.',
  notHere: '{setting} gibt es auf diesem System nicht.',
  plainNotOnPlatform: '{label} ({id}) gibt es auf diesem System ({platform}) nicht.',
  changeOnPlatform: 'Ändern Sie sie auf einem Computer mit {platforms}.',
  unknownSetting: 'Es gibt keine Einstellung namens {quoted}.',
  unknownSettingShort: 'Es gibt keine Einstellung „{name}“.',
  listThem: 'Alle Einstellungen zeigt: mooring settings list',
  listThemWith: 'Alle Einstellungen zeigt „mooring settings list“.',
  didYouMean: 'Meinten Sie {name}?',
  notChanged: '{setting} wurde nicht geändert.',
  accepted: 'Angenommen wird: {accepted}.',
  lockedBy: '{setting} wurde nicht geändert. Gesperrt von: {who}.',
  askAdministrator: 'Bitten Sie die Administration dieses Computers, sie zu ändern oder freizugeben.',
  askAdministratorOf: 'Bitten Sie die Administration von {organization}, sie zu ändern oder freizugeben.',
  signInRequiredBy:
    'Auf diesem Computer muss man sich anmelden (verlangt von: {method}), deshalb wurde {setting} nicht geändert.',
  signInRequired: 'Auf diesem Computer muss man sich anmelden, deshalb wurde {setting} nicht geändert.',
  membershipRequiredBy:
    'Auf diesem Computer ist eine Mitgliedschaft in {organizations} nötig (verlangt von: {method}), deshalb wurde {setting} nicht geändert.',
  membershipRequired:
    'Auf diesem Computer ist eine Mitgliedschaft in {organizations} nötig, deshalb wurde {setting} nicht geändert.',
  signInWork: 'Melden Sie sich mit Ihrem Arbeitskonto an: mooring login',
  signingInNotEnough: 'Anmelden genügt nicht, zuerst muss die Administration dies beheben: {sentence}',
  frozenBroken:
    '{setting} wurde nicht geändert: Eine Quelle der Richtlinie kann nicht gelesen werden; bis dahin bleiben die Einstellungen, wie sie sind.',
  seeSource: 'Welche Quelle es ist und was hilft, sagt: mooring doctor',
  frozenStale:
    '{setting} wurde nicht geändert: Die Richtlinie Ihrer Organisation wurde länger nicht abgerufen, als sie erlaubt.',
  connectSync: 'Verbinden Sie sich mit dem Netz und rufen Sie sie ab: mooring sync',
  rightsTakenFolder:
    'Anderen Benutzern dieses Computers waren Rechte am Ordner {file} gegeben worden. Sie wurden wieder entzogen.',
  rightsTaken:
    'Anderen Benutzern dieses Computers waren Rechte an {file} gegeben worden. Sie wurden wieder entzogen.',
  stateAnewKept:
    '{file} konnte nicht gelesen werden und beginnt neu; Ihre Entscheidungen sind nicht betroffen. Was gefunden wurde, liegt als {aside}.',
  whatWasFound: 'Was gefunden wurde, liegt als {aside}',
  stateAnew:
    '{file} konnte nicht gelesen werden und beginnt neu; Ihre Entscheidungen sind nicht betroffen. {sentence}',
  storeRebuilt:
    'An der Stelle von {file} stand etwas anderes. Die Datei wurde aus der Richtlinie und Ihren Entscheidungen neu gebaut; was gefunden wurde, liegt als {aside} und kann gelöscht werden.',
  choicesGone:
    'user-settings.json war verschwunden; Ihre letzten bekannten Entscheidungen wurden wiederhergestellt. Um sie aufzugeben, setzen Sie sie zurück: mooring settings reset --all',
  editUndone: 'Die Änderung von {id} in user-settings.json wurde rückgängig gemacht. {sentence}',
  couldNot: '{path} konnte nicht {action} werden: {cause}.',
  nothingChanged: 'Es wurde nichts geändert.',
  thenTryAgain: 'Versuchen Sie es dann noch einmal.',
  freeSpace: 'Schaffen Sie Platz.',
  freeSpaceOrAsk: 'Schaffen Sie Platz, oder bitten Sie um mehr.',
  mountWritable: 'Hängen Sie ihn beschreibbar ein, oder prüfen Sie ihn auf Fehler.',
  giveRight: 'Geben Sie Ihrem Benutzer das Recht, in den Ordner zu schreiben.',
  moveFolder: 'Schieben Sie den Ordner beiseite.',
  moveFile: 'Schieben Sie diese Datei beiseite.',
  createFolder: 'Legen Sie den Ordner wieder an, oder prüfen Sie, ob sein Datenträger verbunden ist.',
  checkDisk: 'Prüfen Sie den Datenträger.',
  takeOut: 'Nehmen Sie heraus, was viel Platz braucht.',
  closePrograms: 'Beenden Sie Programme, die sie verwenden.',
  closeOrRaise: 'Beenden Sie Programme, oder erhöhen Sie die Grenze offener Dateien.',
  checkDiskFolder: 'Prüfen Sie Datenträger und Ordner.',
  lockUnusable: '{path} konnte nicht verwendet werden: {cause}.',
  removeLock: 'Entfernen Sie diese Datei, während nichts von Mooring läuft; sie wird neu angelegt.',
  lockHeld: '{process} hält die Sperre des Agenten und antwortet nicht.',
  waitOrEnd: 'Warten Sie, bis es endet, oder beenden Sie es, und versuchen Sie es noch einmal.',
  lockHeldUser: '{process} hält die Sperre des Agenten dieses Benutzers und antwortet nicht.',
  endOrSignOut:
    'Beenden Sie es, oder melden Sie sich am Computer ab und wieder an, und starten Sie Mooring noch einmal.',
  jsonOnly: 'Diese Adresse nimmt nur JSON: Senden Sie den Kopf „Content-Type: application/json“.',
  bodyNotJson: 'Der Inhalt der Anfrage ist kein JSON.',
  shape: 'Die Anfrage hat nicht die erwartete Form: {detail}.',
  bodyLarge: 'Der Inhalt der Anfrage ist größer als {count} Bytes.',
  bodyDeep: 'Der Inhalt der Anfrage ist tiefer als {count} verschachtelt.',
  bodyNotUtf8: 'Der Inhalt der Anfrage ist kein UTF-8.',
  dashboardAgent: 'Das Dashboard braucht einen Agenten, der bleibt, und hier läuft keiner.',
  startOne: 'Starten Sie einen mit „mooring agent run --headless --dashboard“.',
  layoutRestart:
    '{location} setzt das Layout „{wanted}“, und der Agent läuft mit „{now}“. Starten Sie den Agenten neu.',
  socketAddress: 'Der Socket {path} des Agenten konnte nicht geöffnet werden: {detail}.',
  dashboardAddress: 'Die Adresse des Dashboards auf {host} konnte nicht geöffnet werden: {detail}.',
  dashboardUsed: 'Diese Adresse des Dashboards wurde schon verwendet, oder sie ist älter als eine Minute.',
  openFromTray:
    'Öffnen Sie das Dashboard wieder über das Symbol der Leiste, oder führen Sie „mooring agent run --headless --dashboard“ aus.',
  notTaken: '{path} nimmt {method} nicht.',
  onlyAs: 'Diese Adresse antwortet nur als {address}.',
  ownPage: 'Die lokale Schnittstelle antwortet nur ihrer eigenen Seite.',
  notConnected: 'Das Dashboard ist nicht mehr mit dem Agenten verbunden.',
  openItFromTray:
    'Öffnen Sie es wieder über das Symbol der Leiste, oder führen Sie „mooring agent run --headless --dashboard“ aus.',
  ownFault: 'Im Agenten selbst ist ein Fehler aufgetreten (Kennung {code}).',
  reportReference:
    'Versuchen Sie es noch einmal. Geschieht es wieder, führen Sie „mooring doctor“ aus und melden Sie die Kennung.',
  noAddress: 'Der Agent kennt keine Adresse {path}.',
  itTakes: 'Sie nimmt {names}.',
  windowMayNot: 'Ein Fenster von Mooring darf {method} {path} nicht verlangen.',
  readsNoBody: 'Eine Anfrage, die nur liest, hat keinen Inhalt.',
  windowStrange:
    'Das Fenster hat etwas verlangt, das die App nicht versteht: {detail} ist nicht wie erwartet.',
  windowTooMuch: 'Das Fenster hat zu viel auf einmal verlangt.',
  waitAnswers: 'Warten Sie auf die Antworten, die noch kommen.',
  noOverrideNeeded: '{setting} ist nicht gesperrt und braucht keine Ausnahme.',
  changeWith: 'Ändern Sie sie: mooring settings set {id} <value>',
  cannotOverride: 'Für {setting} gibt es keine Ausnahme: {why}.',
  askComputer: 'Fragen Sie die Administration dieses Computers.',
  noOverride: 'Für {quoted} gilt keine Ausnahme.',
  askAdministratorOrganization: 'Fragen Sie die Administration der Organisation.',
  askLess: 'Verlangen Sie höchstens {longest}.',
  overrideName: 'Eine Ausnahme wird in Ihrem Namen verlangt, und niemand ist angemeldet.',
  signInColon: 'Melden Sie sich an mit: mooring login',
  nothingToOverride:
    'Keine Ihrer Organisationen entscheidet über die Einstellungen dieses Geräts; es gibt nichts auszunehmen.',
  overrideNotUnderstood:
    'Der Hub hat zu der Ausnahme etwas geantwortet, das nicht verstanden wird; wahrscheinlich ist er von einer anderen Version.',
  overrideNotYet:
    'Der Hub hat es vermerkt, aber seine Richtlinie ist hier noch nicht eingetroffen; sie kommt von selbst.',
  fetchNow: 'Rufen Sie sie jetzt ab mit: mooring sync',
  notAllowedByPolicy: 'Die Richtlinie „{policy}“ von {organization} erlaubt für „{id}“ keine Ausnahme.',
  askOwner:
    'Bitten Sie einen Eigentümer der Organisation, sie für diese Einstellung zu erlauben oder die Richtlinie zu ändern.',
  overrideTooLong: 'Für „{id}“ sind höchstens {longest} erlaubt; verlangt wurden {wanted}.',
  askShorter: 'Verlangen Sie eine kürzere Zeit.',
  notLockedByPolicy: 'Die Richtlinie „{policy}“ sperrt „{id}“ nicht.',
  setAsUsual: 'Stellen Sie sie wie gewohnt ein: Eine Ausnahme ist nicht nötig.',
  noPolicyReaches: 'Für Sie gilt keine Richtlinie dieser Organisation; es gibt nichts auszunehmen.',
  onceHeard: 'Sobald dieser Computer davon erfährt, können Sie frei einstellen: Der Hub sperrt nichts.',
  cannotStart: 'Der Agent kann nicht starten.',
  readingWorks: 'Befehle, die nur lesen, wie „mooring status“, gehen weiterhin.',
};
