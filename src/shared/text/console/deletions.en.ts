/** Texts of what was deleted and can come back. */
export const enDeletions = {
  'deleted.title.deleted': 'Deleted',
  'deleted.title.removed': 'Removed',
  'deleted.search': 'Search by name or who deleted it',
  'deleted.at': 'Deleted',
  'deleted.by': 'Deleted by',
  'deleted.keptUntil': 'Can be restored until',
  'deleted.restore': 'Restore',
  'deleted.restoreNamed': 'Restore “{name}”',
  'deleted.restoreTitle': 'Restore “{name}”?',
  'deleted.restored': '“{name}” is back.',
  'deleted.justNow.deleted': '“{name}” was deleted.',
  'deleted.justNow.removed': '“{name}” was removed.',
  'deleted.undo': 'Undo',

  'deleted.text.policy': 'Nobody receives these. They can be restored for 30 days; after that they are gone.',
  'deleted.about.policy':
    'It comes back at revision {revision}, with its history. Whoever had it gets it again, unless they left or have another policy since.',
  'deleted.restoreDefault': 'It was the default, and becomes it again if there is none now.',
  'deleted.restoredTo': '{users} and {teams} have it again.',
  'deleted.restoredLeft': '{users} and {teams} do not: they left, or have another policy since.',

  'deleted.text.team': 'Teams can be restored for 30 days; after that they are gone.',
  'deleted.about.team':
    'It comes back with the members that were put into it by hand or invited and are still members, its policy, and its directory groups. Whom a directory or sign-in put there joins again with the next push or sign-in.',
  'deleted.text.connection': 'Connections can be restored for 30 days; after that they are gone.',
  'deleted.about.connection':
    'It comes back with its values, its addresses, and the people it knew. It signs in only addresses of domains that are verified now. SCIM tokens and acceptances of other organizations do not come back: make a new token, and let their owners accept it again.',
  'deleted.connectionNext':
    'Make a new SCIM token if a directory provisions through it, and let other organizations accept it again.',
  'deleted.text.domain':
    'Domains can be restored for 30 days, while their TXT record stands and no other organization has verified them.',
  'deleted.about.domain':
    'The TXT record is looked for again. A domain that was verified comes back only if it is found; one that never was comes back as the same claim, with the same value for DNS.',
  'deleted.text.member':
    'People added by hand or invited can be restored for 30 days. Whom a directory or sign-in brought comes back that way, and is not listed.',
  'deleted.about.member':
    'They become a member again in the role that they had, with their places in teams and their policy, as far as those are still there. API tokens stay revoked, and they sign in anew.',

  'deleted.part.members': '{back} of {count} by hand are in it again.',
  'deleted.part.teams': 'In {back} of {count} teams again.',
  'deleted.part.policies': 'Policies assigned again: {back} of {count}.',
  'deleted.part.groups': 'Directory groups: {back} of {count}.',
  'deleted.part.people': 'People known to its directory: {back} of {count}.',
  'deleted.part.proof': 'Its TXT record was found.',
} as const;
