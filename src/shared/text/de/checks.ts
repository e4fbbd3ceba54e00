import type { checks } from '../en-checks.ts';
import type { Catalog } from '../text.ts';

export const checksDe: Catalog<keyof typeof checks> = {
  'check.fault': 'Das ließ sich nicht prüfen: {reason}.',
  'check.fault.meaning': 'Etwas stimmt nicht, womit diese Prüfung nicht gerechnet hat.',
  'check.fault.mend': 'Sehen Sie ins Protokoll des Agenten und melden Sie dies damit.',

  'check.hub': 'Der Hub antwortet',
  'check.hub.none': 'Dieses Gerät kennt keinen Hub.',
  'check.hub.none.meaning': 'Einstellungen folgen nur den Dateien dieses Computers und Ihrer eigenen Wahl.',
  'check.hub.none.mend':
    'Wenn Ihre Organisation einen Hub hat, melden Sie sich an: "mooring login --hub ADRESSE".',
  'check.hub.answers': '{url} antwortet.',
  'check.hub.notAHub': '{url} antwortet mit Status {status}, aber nicht wie ein Hub.',
  'check.hub.notAHub.meaning': 'Die Adresse gehört zu etwas anderem, oder der Hub ist noch nicht bereit.',
  'check.hub.notAHub.mend':
    'Prüfen Sie die Adresse des Hubs. Stimmt sie, sagen Sie es denen, die den Hub betreiben.',
  'check.hub.failed': '{url} ist nicht erreichbar.',
  'check.hub.byFile': '{url} ist nicht erreicht. Die Richtlinie hier kam als Datei, die am {until} endet.',
  'check.hub.byFile.meaning': 'Ein Computer ohne Netz zum Hub folgt der Datei, die importiert wurde.',
  'check.hub.byFile.mend':
    'Nichts, wenn dieser Computer nicht ans Netz soll. Sonst prüfen Sie das Netz, das VPN und die Proxy-Einstellungen.',
  'check.hub.offline.meaning': 'Die Richtlinie wird nicht erneuert; die zuletzt empfangene bleibt in Kraft.',
  'check.hub.unreachable.mend': 'Prüfen Sie das Netz, das VPN und die Proxy-Einstellungen.',
  'check.hub.timeout.mend':
    'Prüfen Sie das Netz und das VPN. Sind andere Seiten schnell, sagen Sie es denen, die den Hub betreiben.',
  'check.hub.untrusted.meaning':
    'Entweder hat der Hub ein Zertifikat einer Stelle, die dieser Computer nicht kennt, oder jemand steht dazwischen.',
  'check.hub.untrusted.mend':
    'Bitten Sie Ihre Administration um die Zertifizierungsstelle und installieren Sie sie im System; gehen Sie nicht ohne sie weiter.',
  'check.hub.tooLarge.meaning': 'An dieser Adresse antwortet etwas anderes als ein Hub.',
  'check.hub.tooLarge.mend': 'Prüfen Sie die Adresse des Hubs.',
  'check.hub.webPage.meaning':
    'Ein Proxy oder eine Anmeldeseite des Netzes antwortet an der Stelle des Hubs.',
  'check.hub.webPage.mend':
    'Öffnen Sie einen Browser, melden Sie sich am Netz an und versuchen Sie es erneut.',
  'check.hub.redirected.meaning': 'Etwas leitet Anfragen an den Hub woandershin; der Agent folgt dem nicht.',
  'check.hub.redirected.mend':
    'Prüfen Sie die Adresse des Hubs, und ob das Netz zuerst eine Anmeldung verlangt.',
  'check.hub.broken.mend':
    'Versuchen Sie es erneut. Bleibt es so, sagen Sie es denen, die den Hub betreiben.',
  'check.hub.aborted.meaning': 'Die Prüfung wurde unterbrochen.',
  'check.hub.aborted.mend': 'Wiederholen Sie sie.',

  'check.certificates': 'Dem Zertifikat des Hubs wird vertraut',
  'check.certificates.none': 'Es gibt kein Zertifikat zu prüfen: Dieses Gerät kennt keinen Hub.',
  'check.certificates.plain': '{url} ist unverschlüsselt und zeigt daher kein Zertifikat.',
  'check.certificates.plain.meaning':
    'Wer auf dem Weg sitzt, liest mit. Ein Hub ohne Verschlüsselung ist zum Ausprobieren auf einem Computer gedacht.',
  'check.certificates.plain.mend': 'Fragen Sie die, die den Hub betreiben, nach seiner Adresse mit https://.',
  'check.certificates.unseen': 'Der Hub wurde nicht erreicht, also war kein Zertifikat zu sehen.',
  'check.certificates.trusted': 'Dem Zertifikat von {url} wird auf diesem Computer vertraut.',
  'check.certificates.untrusted': 'Dem Zertifikat von {url} wird auf diesem Computer nicht vertraut.',
  'check.certificates.extra': 'Die Datei weiterer Zertifizierungsstellen wird nicht verwendet.',
  'check.certificates.extra.meaning':
    'Zertifikaten der eigenen Stelle Ihrer Organisation wird nur vertraut, wenn das System sie kennt.',
  'check.certificates.extra.mend':
    'Nennen Sie in MOORING_CA_FILE eine Datei mit PEM-Zertifikaten, oder entfernen Sie die Variable, und starten Sie den Agenten neu.',

  'check.clock': 'Die Uhr geht richtig',
  'check.clock.nothing': 'Es gibt nichts, womit sich die Uhr dieses Computers vergleichen lässt.',
  'check.clock.right': 'Sie weicht um {seconds} s von der des Hubs ab.',
  'check.clock.ahead': 'Die Uhr dieses Computers geht gegenüber der des Hubs {seconds} s vor.',
  'check.clock.behind': 'Die Uhr dieses Computers geht gegenüber der des Hubs {seconds} s nach.',
  'check.clock.meaning':
    'Sitzungen und Zertifikate sehen zu alt oder zu neu aus; Anmelden und Abgleichen können daran scheitern.',
  'check.clock.mend': 'Lassen Sie das System seine Zeit aus dem Netz stellen.',

  'check.proxy': 'Der Proxy funktioniert',
  'check.proxy.fine': 'Kein eingestellter Proxy versagt.',
  'check.proxy.untried': 'Es gab keine Anfrage, also wurde kein Proxy erprobt.',
  'check.proxy.fails': 'Der eingestellte Proxy führt nicht zum Hub.',
  'check.proxy.meaning':
    'Der Agent nimmt so lange einen anderen Weg; andere Programme können das vielleicht nicht.',
  'check.proxy.mend':
    'Prüfen Sie die Proxy-Einstellungen, oder sagen Sie es denen, die sie festgelegt haben.',

  'check.policy': 'Die Richtlinie kommt an',
  'check.policy.failed': 'Der letzte Abruf brachte keine Richtlinie.',
  'check.policy.failed.meaning':
    'Die Richtlinie wird nicht erneuert; die zuletzt angenommene bleibt in Kraft. Zuletzt erfolgreich: {at}.',
  'check.policy.failed.never':
    'Die Richtlinie wird nicht erneuert; die zuletzt angenommene bleibt in Kraft. Erfolgreich abgerufen wurde sie noch nie.',
  'check.policy.signedOut': 'Hier ist niemand angemeldet.',
  'check.policy.fetched': 'Zuletzt erfolgreich abgerufen: {at}.',
  'check.policy.byFile': 'Sie kam als Datei und gilt bis {until}.',
  'check.policy.byFile.ended': 'Sie kam als Datei und ist nun zu alt: Sie galt längstens bis {until}.',
  'check.policy.byFile.ended.meaning':
    'Die letzte Richtlinie bleibt in Kraft, und Einstellungen lassen sich nicht ändern, bis eine neuere kommt.',
  'check.policy.byFile.ended.mend':
    'Bitten Sie Ihre Administration um eine neue Datei und importieren Sie sie: mooring policy import DATEI',
  'check.policy.notYet': 'Sie wurde noch nicht abgerufen.',
  'check.policy.signIn.mend': 'Melden Sie sich erneut an: mooring login',
  'check.policy.again.mend':
    'Es wird von selbst erneut versucht, und sofort mit "mooring sync". Bleibt es so, nennen Sie Ihrer Administration das Wort in Klammern.',
  'check.policy.inBetween.mend':
    'Versuchen Sie ein anderes Netz. Bleibt es so, sagen Sie Ihrer Administration: Etwas zwischen diesem Computer und dem Hub verändert, was er sendet.',
  'check.policy.forAnother.mend':
    'Melden Sie sich erneut an ("mooring login"). Bleibt es so, sagen Sie Ihrer Administration: Der Hub gibt diesem Computer, was für einen anderen bestimmt ist.',
  'check.policy.unknownKey.mend':
    'Wurde der Schlüssel des Hubs ausgetauscht? Melden Sie sich erneut an ("mooring login") und vergleichen Sie beide Fingerabdrücke mit Ihrer Administration; auf einem verwalteten Computer muss sein Profil (hubKeys) den neuen Schlüssel nennen.',
  'check.policy.wrongIssuer.mend':
    'Sagen Sie Ihrer Administration: Der Hub nennt sich mit einer anderen Adresse (seiner öffentlichen URL) als der, bei der Sie sich angemeldet haben.',
  'check.policy.expired.mend':
    'Sehen Sie nach der Uhr dieses Computers. Geht sie richtig, sagen Sie es Ihrer Administration.',
  'check.policy.rolledBack.mend':
    'Fragen Sie Ihre Administration: Wurde der Hub auf einen alten Stand zurückgesetzt? Eine Änderung der Richtlinie dort gibt ihr eine neue Nummer.',

  'check.keychain': 'Der Schlüsselbund ist benutzbar',
  'check.keychain.answers': 'Er antwortet.',
  'check.keychain.refuses': 'Er ist nicht benutzbar.',
  'check.keychain.meaning':
    'Die Sitzung bleibt nur im Arbeitsspeicher: Sie melden sich nach jedem Start des Agenten neu an.',
  'check.keychain.mend':
    'Entsperren Sie den Schlüsselbund des Systems oder richten Sie ihn ein, unter Linux einen Secret Service wie gnome-keyring.',

  'check.files': 'Ihre Dateien gehören Ihnen',
  'check.files.fine': 'Sie sind beschreibbar, und niemand sonst liest sie.',
  'check.files.unwritable': '{path} ist nicht beschreibbar ({code}).',
  'check.files.unwritable.meaning':
    'Einstellungen lassen sich nicht einhalten, und was Sie wählen, lässt sich nicht speichern.',
  'check.files.unwritable.mend':
    'Machen Sie den Ordner wieder zu Ihrem (Eigentümer und Rechte), und sehen Sie nach, dass der Datenträger nicht voll oder schreibgeschützt ist.',
  'check.files.folder': '{path} ist für andere beschreibbar (Rechte {mode}).',
  'check.files.folder.meaning':
    'Andere Benutzer dieses Computers könnten austauschen, was Sie gewählt haben, und ebenso die Schlüssel und Richtlinien, die hier liegen.',
  'check.files.folder.mend': 'Führen Sie aus: chmod go-w "{path}"',
  'check.files.secret': '{path} ist für andere lesbar oder beschreibbar (Rechte {mode}).',
  'check.files.secret.meaning': 'Andere Benutzer dieses Computers könnten sie sehen oder ändern.',
  'check.files.secret.mend': 'Führen Sie aus: chmod 600 "{path}"',

  'check.admin-files': 'Nur Administratoren können Richtlinien schreiben',
  'check.admin-files.untrusted': 'Eine Datei der Administration wird nicht verwendet.',
  'check.admin-files.untrusted.meaning':
    'Jemand ohne Administratorrechte könnte sie geschrieben haben, also gilt sie nicht.',
  'check.admin-files.untrusted.mend': 'Die Administration stellt Eigentümer und Rechte wieder her.',
  'check.admin-files.unreadable': 'Eine Datei der Administration ist so nicht verwendbar.',
  'check.admin-files.unreadable.meaning':
    'Was zuletzt lesbar war, bleibt in Kraft; Einstellungen können eingefroren sein, bis das behoben ist.',
  'check.admin-files.unreadable.mend': 'Die Administration berichtigt die Datei.',
  'check.admin-files.testPaths': 'Dies sind Testpfade; nach ihrem Eigentümer wird nicht gefragt.',
  'check.admin-files.none': 'Hier gibt es keine.',
  'check.admin-files.fine': '{files}: in Ordnung.',

  'check.store': 'Die Einstellungsdatei folgt',
  'check.store.inLine': '{path} stimmt; nichts war zu berichtigen.',
  'check.store.repaired': {
    one: '{path} stimmt; einmal war etwas zu berichtigen.',
    other: '{path} stimmt; {count}-mal war etwas zu berichtigen.',
  },
  'check.store.waiting': '{path} wartet darauf, geschrieben zu werden.',
  'check.store.waiting.meaning': 'Die Einstellungen gelten, sobald das andere Programm die Datei freigibt.',
  'check.store.waiting.mend': 'Beenden Sie Docker Desktop.',
  'check.store.contended': '{path} wird von einem anderen Programm immer wieder geändert.',
  'check.store.contended.meaning':
    'Der Agent berichtigt sie jedes Mal; dazwischen kann ein falscher Wert gelesen werden.',
  'check.store.contended.mend': 'Finden Sie das Programm, das die Datei schreibt, und beenden Sie es.',
  'check.store.failed': '{path} ist nicht beschreibbar.',
  'check.store.failed.meaning': 'Andere Programme lesen noch die Einstellungen von vorher.',
  'check.store.failed.mend':
    'Machen Sie die Datei und ihren Ordner für sich beschreibbar, und sehen Sie nach, dass der Datenträger nicht voll ist.',
};
