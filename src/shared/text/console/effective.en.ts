/** Texts of the console about what the policy decides for a person. */
export const enEffective = {
  'me.title': 'My settings',
  'me.text': 'What the policy of {organization} decides for you.',
  'effective.title': 'Effective policy',
  'effective.text': 'What the hub’s policy makes of the settings, before anything local to a device.',
  'effective.search': 'Search settings',
  'effective.platform': 'Platform',
  'effective.all': 'Also what no policy mentions',
  'effective.none': 'No setting to show.',
  'effective.noPolicy': 'No policy applies: every setting is the user’s own.',
  'effective.scopeUser': 'Assigned to the user or a team',
  'effective.scopeOrganization': 'Organization default',
  'effective.why': 'Decided by',
  'effective.whyOf': '{source}: who decides “{setting}”',
  'effective.nobody': 'Nobody',
} as const;
