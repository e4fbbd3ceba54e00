/** What the checks of "mooring doctor" are called, what they find, what that means, and how it is mended. */
export const checks = {
  'check.fault': 'It could not be examined: {reason}.',
  'check.fault.meaning': 'Something is wrong that this check did not expect.',
  'check.fault.mend': 'Look into the agent’s log, and report this with it.',

  'check.hub': 'The hub answers',
  'check.hub.none': 'This device knows no hub.',
  'check.hub.none.meaning': 'Settings follow the files of this machine and your own choices only.',
  'check.hub.none.mend': 'If your organization has a hub, sign in with "mooring login --hub ADDRESS".',
  'check.hub.answers': '{url} answers.',
  'check.hub.notAHub': '{url} answers with status {status}, but not as a hub does.',
  'check.hub.notAHub.meaning': 'The address belongs to something else, or the hub is not ready.',
  'check.hub.notAHub.mend': 'Check the address of the hub. If it is right, tell whoever runs the hub.',
  'check.hub.failed': '{url} cannot be reached.',
  'check.hub.byFile': '{url} is not reached. The policy here came by file, which ends at {until}.',
  'check.hub.byFile.meaning': 'A computer without a network to the hub follows the file that was imported.',
  'check.hub.byFile.mend':
    'Nothing, if this computer is meant to be off the network. If not, check the network, the VPN and the proxy settings.',
  'check.hub.offline.meaning': 'Policy is not updated; the last one received stays in force.',
  'check.hub.unreachable.mend': 'Check the network, the VPN and the proxy settings.',
  'check.hub.timeout.mend':
    'Check the network and the VPN. If other sites are fast, tell whoever runs the hub.',
  'check.hub.untrusted.meaning':
    'Either the hub has a certificate of an authority that this machine does not know, or somebody is between.',
  'check.hub.untrusted.mend':
    'Ask your administrator for the certificate authority and install it in the system; do not go on without.',
  'check.hub.tooLarge.meaning': 'Something else than a hub answers at that address.',
  'check.hub.tooLarge.mend': 'Check the address of the hub.',
  'check.hub.webPage.meaning': 'A proxy or a sign-in page of the network answers in place of the hub.',
  'check.hub.webPage.mend': 'Open a browser and sign in to the network, then try again.',
  'check.hub.redirected.meaning':
    'Something sends requests for the hub elsewhere; the agent does not follow.',
  'check.hub.redirected.mend':
    'Check the address of the hub, and whether the network wants you to sign in first.',
  'check.hub.broken.mend': 'Try again. If it stays, tell whoever runs the hub.',
  'check.hub.aborted.meaning': 'The check was interrupted.',
  'check.hub.aborted.mend': 'Run it again.',

  'check.certificates': 'The hub’s certificate is trusted',
  'check.certificates.none': 'There is no certificate to examine: this device knows no hub.',
  'check.certificates.plain': '{url} is not encrypted, so it shows no certificate.',
  'check.certificates.plain.meaning':
    'Whoever is on the way reads along. A hub without encryption is meant for trying things out on one machine.',
  'check.certificates.plain.mend': 'Ask whoever runs the hub for its address that begins with https://.',
  'check.certificates.unseen': 'The hub was not reached, so no certificate was seen.',
  'check.certificates.trusted': 'The certificate of {url} is trusted on this machine.',
  'check.certificates.untrusted': 'The certificate of {url} is not trusted on this machine.',
  'check.certificates.extra': 'The file of further certificate authorities is left out.',
  'check.certificates.extra.meaning':
    'Certificates of your organization’s own authority are trusted only if the system knows it.',
  'check.certificates.extra.mend':
    'Name a file with PEM certificates in MOORING_CA_FILE, or take the variable away, and start the agent anew.',

  'check.clock': 'The clock is right',
  'check.clock.nothing': 'There is nothing to compare this machine’s clock with.',
  'check.clock.right': 'It differs from the hub’s by {seconds} s.',
  'check.clock.ahead': 'This machine’s clock is {seconds} s ahead of the hub’s.',
  'check.clock.behind': 'This machine’s clock is {seconds} s behind the hub’s.',
  'check.clock.meaning':
    'Sessions and certificates look too old or too new, so signing in and syncing can fail.',
  'check.clock.mend': 'Let the system set its time from the network.',

  'check.proxy': 'The proxy works',
  'check.proxy.fine': 'No configured proxy fails.',
  'check.proxy.untried': 'No request was made, so no proxy was tried.',
  'check.proxy.fails': 'The configured proxy does not lead to the hub.',
  'check.proxy.meaning': 'The agent goes another way meanwhile; other programs may not be able to.',
  'check.proxy.mend': 'Check the proxy settings, or tell the administrator who set them.',

  'check.policy': 'The policy arrives',
  'check.policy.failed': 'The last fetch brought no policy.',
  'check.policy.failed.meaning':
    'Policy is not updated; the last one accepted stays in force. Last success: {at}.',
  'check.policy.failed.never':
    'Policy is not updated; the last one accepted stays in force. It was never fetched with success.',
  'check.policy.signedOut': 'Nobody is signed in here.',
  'check.policy.fetched': 'Last fetched with success: {at}.',
  'check.policy.byFile': 'It came by file and is good until {until}.',
  'check.policy.byFile.ended':
    'It came by file, and is too old now: it was good until {until} at the latest.',
  'check.policy.byFile.ended.meaning':
    'The last policy stays in force, and settings cannot be changed until a newer one comes.',
  'check.policy.byFile.ended.mend':
    'Ask your administrator for a new file and import it: mooring policy import FILE',
  'check.policy.notYet': 'It was not fetched yet.',
  'check.policy.signIn.mend': 'Sign in again: mooring login',
  'check.policy.again.mend':
    'It is tried again by itself, and at once with "mooring sync". If it stays so, tell your administrator the word in brackets.',
  'check.policy.inBetween.mend':
    'Try another network. If it stays so, tell your administrator: something between this computer and the hub changes what it sends.',
  'check.policy.forAnother.mend':
    'Sign in again ("mooring login"). If it stays so, tell your administrator: the hub gives this computer what is meant for another.',
  'check.policy.unknownKey.mend':
    'Was the key of the hub replaced? Sign in again ("mooring login") and compare both fingerprints with your administrator; on a managed computer its profile (hubKeys) has to name the new key.',
  'check.policy.wrongIssuer.mend':
    'Tell your administrator: the hub calls itself by another address (its public URL) than the one you signed in at.',
  'check.policy.expired.mend': 'Look at the clock of this computer. If it is right, tell your administrator.',
  'check.policy.rolledBack.mend':
    'Tell your administrator: was the hub put back to an old state? A change to the policy there gives it a new number.',

  'check.keychain': 'The keychain can be used',
  'check.keychain.answers': 'It answers.',
  'check.keychain.refuses': 'It cannot be used.',
  'check.keychain.meaning':
    'The session is kept in memory only: you sign in again each time the agent starts.',
  'check.keychain.mend':
    'Unlock or set up the system’s keychain, on Linux a Secret Service such as gnome-keyring.',

  'check.files': 'Your files are yours',
  'check.files.fine': 'They can be written, and nobody else reads them.',
  'check.files.unwritable': '{path} cannot be written ({code}).',
  'check.files.unwritable.meaning': 'Settings cannot be kept in line, and choices cannot be saved.',
  'check.files.unwritable.mend':
    'Make the folder yours again (owner and mode), and see that the disk is not full or read-only.',
  'check.files.folder': '{path} can be written by others (mode {mode}).',
  'check.files.folder.meaning':
    'Other users of this machine could replace your choices, and the keys and policy that are kept here.',
  'check.files.folder.mend': 'Run: chmod go-w "{path}"',
  'check.files.secret': '{path} can be read or written by others (mode {mode}).',
  'check.files.secret.meaning': 'Other users of this machine could see or change it.',
  'check.files.secret.mend': 'Run: chmod 600 "{path}"',

  'check.admin-files': 'Only administrators can write policy',
  'check.admin-files.untrusted': 'A file of the administrator is not used.',
  'check.admin-files.untrusted.meaning':
    'Somebody without administrator’s rights could have written it, so it has no effect.',
  'check.admin-files.untrusted.mend': 'An administrator restores owner and permissions.',
  'check.admin-files.unreadable': 'A file of the administrator cannot be used as it is.',
  'check.admin-files.unreadable.meaning':
    'What could be read last stays in force; settings may be frozen until it is mended.',
  'check.admin-files.unreadable.mend': 'An administrator corrects the file.',
  'check.admin-files.testPaths': 'These are test paths; their owner is not asked.',
  'check.admin-files.none': 'There are none here.',
  'check.admin-files.fine': '{files}: in order.',

  'check.store': 'The settings store follows',
  'check.store.inLine': '{path} is in line; it needed no repair.',
  'check.store.repaired': {
    one: '{path} is in line; it was repaired once.',
    other: '{path} is in line; it was repaired {count} times.',
  },
  'check.store.waiting': '{path} waits to be written.',
  'check.store.waiting.meaning': 'The settings apply as soon as the other program lets go of the file.',
  'check.store.waiting.mend': 'Quit Docker Desktop.',
  'check.store.contended': '{path} is changed again and again by another program.',
  'check.store.contended.meaning':
    'The agent repairs it each time; between two repairs a wrong value may be read.',
  'check.store.contended.mend': 'Find the program that writes the file and stop it.',
  'check.store.failed': '{path} cannot be written.',
  'check.store.failed.meaning': 'Other programs still read the settings of before.',
  'check.store.failed.mend':
    'Make the file and its folder writable for you, and see that the disk is not full.',
} as const;
