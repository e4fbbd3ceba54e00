/** Texts of the console about API tokens, and about confirming who makes one. */
export const enTokens = {
  'confirm.title': 'Confirm first that it is you',
  'confirm.text':
    'This change decides who has access, and your last sign-in is more than ten minutes ago. Confirm in the new tab, come back, and send it again: what you typed stays.',
  'confirm.action': 'Confirm in a new tab',
  'tokens.managesAccess': 'May manage access',
  'tokens.managesAccessHint':
    'Make tokens and owners, change single sign-on and SCIM. Most programs do not need it.',
  'tokens.title': 'API tokens',
  'tokens.text': 'For programs that use the HTTP API.',
  'tokens.create': 'New token',
  'tokens.noneTitle': 'No API tokens',
  'tokens.noneText': 'Create one for each program, with the least role that it needs.',
  'tokens.name': 'Name',
  'tokens.nameHint': 'What uses it',
  'tokens.by': 'Created by',
  'tokens.byNobody': 'Unknown',
  'tokens.expires': 'Ends',
  'tokens.used': 'Last used',
  'tokens.days': 'Days until it ends',
  'tokens.daysHint': 'From 1 to 366',
  'tokens.made': 'The token “{name}” was created',
  'tokens.once': 'Copy it now: it is shown only this once.',
  'tokens.copy': 'Copy the token',
  'tokens.kept': 'I have stored it',
  'tokens.revoke': 'Revoke',
  'tokens.revokeNamed': 'Revoke “{name}”',
  'tokens.revokeTitle': 'Revoke “{name}”?',
  'tokens.revokeText':
    'Programs that use it are refused at once. This cannot be undone: make a new token instead.',
} as const;
