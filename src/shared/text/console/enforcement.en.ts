/** Texts of the console about enforced sign-in and signing keys (docs/policy.md section 7, docs/delivery.md section 3). */
export const enforcement = {
  'nav.enforcement': 'Sign-in enforcement',
  'enforcement.title': 'Sign-in enforcement',
  'enforcement.text':
    'Desktops that may only be used by signed-in members. The files here tell a computer so; they are made on this page, and nothing is changed on the hub.',
  'enforcement.wish': 'What the computers shall know',
  'enforcement.organizations': 'Allowed organizations',
  'enforcement.organizationsHint':
    'Membership in any of them suffices. Several with ; between them. Names are compared exactly.',
  'enforcement.hub': 'Address of the hub',
  'enforcement.hubHint': 'As computers reach it.',
  'enforcement.layout': 'File locations',
  'enforcement.layout.mooring': 'Mooring Desktop',
  'enforcement.layout.docker': 'Docker Desktop (layout “docker”)',
  'enforcement.pin': 'Trust only this hub’s signing keys',
  'enforcement.pinHint':
    'Also lets computers take policy by file, without network. Without it a computer trusts the keys that it meets at its first sign-in.',
  'enforcement.pinUnavailable': 'The keys could not be read, so they cannot be pinned here.',
  'enforcement.system': 'System',
  'enforcement.system.windows': 'Windows',
  'enforcement.system.mac': 'macOS',
  'enforcement.system.linux': 'Linux',
  'enforcement.order':
    'On {system} the first of these that is there decides, and the others are not looked at: {methods}.',
  'enforcement.method.registry': 'Registry key',
  'enforcement.method.profile': 'Configuration profile',
  'enforcement.method.desktop.plist': 'desktop.plist',
  'enforcement.method.registry.json': 'registry.json',
  'enforcement.method.install': 'mooring install',
  'enforcement.preferred': 'Preferred',
  'enforcement.about.registry':
    'By Group Policy (the template mooring.admx writes the same values), Intune, or by hand. Only administrators can change it.',
  'enforcement.about.profile.mac':
    'Upload it to Jamf, Intune or another device management, for computers and not for users. By hand it is confirmed in System Settings, Device Management.',
  'enforcement.about.profile.linux':
    'Belongs to root; a file that others can write is ignored. Roll it out with Ansible, Puppet or your packages. It takes the place of a profile that is there already: copy these keys into that one instead.',
  'enforcement.about.desktop.plist':
    'For computers without device management. Holds the organizations only, not the hub.',
  'enforcement.about.registry.json':
    'Holds the organizations only: people enter the hub’s address themselves.',
  'enforcement.about.install':
    'One command for a computer or an image: writes registry.json and the hub to sign in to, all or nothing.',
  'enforcement.stepsOf': 'Steps with {method}',
  'enforcement.step.save': 'Save the file',
  'enforcement.step.place': 'Put it there',
  'enforcement.step.run': 'Run as administrator',
  'enforcement.step.run.windows': 'Run in a command prompt of an administrator',
  'enforcement.step.verify': 'See that it holds',
  'enforcement.verifyText':
    'Mooring Desktop reads it at once or within a minute. Whoever is not signed in as a member then sees the sign-in wall.',
  'enforcement.download': 'Download',
  'enforcement.downloadNamed': 'Download {file}',
  'enforcement.contentNamed': 'Content of {file}',
  'enforcement.commandsNamed': 'Commands: {what}',
  'enforcement.copyNamed': 'Copy {file}',
  'enforcement.copyCommands': 'Copy the commands: {what}',
  'enforcement.before': 'Before you roll it out',
  'enforcement.beforeText':
    'Be sure that people can sign in: a verified domain with single sign-on, or invitations. Try it on one computer first; removing the file takes the wall away again.',

  'nav.keys': 'Signing keys',
  'keys.title': 'Signing keys',
  'keys.text':
    'Every policy that computers receive is signed. The keys are those of the whole hub; their private halves never leave it.',
  'keys.signing': 'Signs now',
  'keys.replaced': 'Replaced',
  'keys.fingerprint': 'Fingerprint',
  'keys.created': 'Created',
  'keys.state': 'State',
  'keys.copyNamed': 'Copy the fingerprint {fingerprint}',
  'keys.rotate': 'Rotate the key',
  'keys.rotateTitle': 'Rotate the signing key?',
  'keys.rotateText':
    'A new key is made, signed by the present one, and signs everything from now on. The present one never signs again; this cannot be undone, only followed by another rotation.',
  'keys.rotateAgents':
    'Computers follow by themselves at their next sync: the new key carries the signature of the one they trust. Policy that they hold stays valid. Nobody has to sign in again.',
  'keys.rotatePinned':
    'Profiles that pin keys (hubKeys) with the old key go on working, as long as the old key is listed here. Put the new one beside it when you next deploy them.',
  'keys.rotateAll': 'It concerns every organization on this hub; all of them read of it in their audit log.',
  'keys.rotated': 'The new key signs now',
  'keys.what': 'What computers see',
  'keys.whatFirst':
    'At its first sign-in a computer keeps the key that it meets, or takes only those of its profile (hubKeys).',
  'keys.whatFollow':
    'After a rotation it follows the chain of signatures from the key it knows to the new one, without anybody noticing.',
  'keys.whatBroken':
    'If no chain leads there, it keeps its last policy, reports unknown_key, and asks at the next sign-in to compare both fingerprints.',
  'keys.profile': 'For profiles: hubKeys',
  'keys.profileText':
    'Computers with this value accept policy of this hub only, and can import it by file. It is public.',
  'keys.profileValue': 'Value of hubKeys',
  'keys.profileForm': 'Form',
  'keys.profileWhole': 'Whole keys (needed to import by file)',
  'keys.profilePrints': 'Fingerprints',
  'keys.profileCopy': 'Copy hubKeys',
  'keys.profileSave': 'Download hubKeys.json',
  'keys.noneTitle': 'No key yet',
  'keys.noneText': 'The first one is made when the hub starts.',
  'keys.search': 'Search by fingerprint',
  'keys.found': { one: '{count} key', other: '{count} keys' },
} as const;
