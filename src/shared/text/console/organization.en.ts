/** Texts of the console about the organization itself, and how its people sign in. */
export const enOrganization = {
  'organization.title': 'Organization',
  'organization.text': 'What the organization says of itself, and how policy reaches devices.',
  'organization.identity': 'Identity',
  'organization.name': 'Name',
  'organization.created': 'Created',
  'organization.shown': 'Shown to users',
  'organization.shownText': 'Whom they can ask when something is locked.',
  'organization.displayName': 'Display name',
  'organization.contactName': 'Contact',
  'organization.contactNameHint': 'For example IT Help',
  'organization.contactUrl': 'Address of the contact',
  'organization.contactUrlHint': 'https:// or mailto:',
  'organization.delivery': 'Delivery',
  'organization.deliveryText': 'Devices are woken by every change; this is how they behave beside that.',
  'organization.refresh': 'Devices ask again after (seconds)',
  'organization.refreshHint': 'From 10 to 3600',
  'organization.freezes': 'Freeze settings when policy gets too old',
  'organization.grace': 'Too old after (hours without the hub)',
  'organization.graceHint': 'Users cannot change settings then until a sync succeeds.',
  'organization.graceProblem': 'Enter hours, from {least} (a minute) to {most}.',
  'organization.saved': 'Saved.',

  'reports.title': 'Reports of devices',
  'reports.text': 'Devices report after each change, after each repair, and once a day.',
  'reports.unknownAfter': 'Unknown after (days without a report)',
  'reports.unknownAfterHint': 'From 1 to 365. Such a device no longer counts as compliant.',
  'reports.retention': 'Keep reports and repairs for (days)',
  'reports.retentionHint': 'From 1 to 3650. A device that is silent for longer is forgotten.',
  'reports.save': 'Save the days',
  'reports.shorter':
    'What is older is deleted within the hour after you save, and does not come back. Devices that still report stay.',

  'signIn.title': 'Sign-in',
  'signIn.text': 'Beside single sign-on, which is set per connection.',
  'signIn.device': 'Sign-in by a code, for devices without a browser',
  'signIn.deviceHint':
    'Somebody reads a code from the device and enters it in a browser elsewhere. Off: such a device cannot sign in.',
  'signIn.factor': 'Owners with a password need a second factor',
  'signIn.factorHint':
    'Owners who sign in with a password of this hub are asked for an authenticator app or a passkey, and to add one at their next sign-in. Owners who come by single sign-on are the identity provider’s matter.',
} as const;
