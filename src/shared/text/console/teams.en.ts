/** Texts of the console about teams. */
export const enTeams = {
  'teams.title': 'Teams',
  'teams.text': 'Groups of members that policies can be assigned to.',
  'teams.create': 'New team',
  'teams.search': 'Search teams',
  'teams.noneTitle': 'No teams yet',
  'teams.noneText': 'Create one, or let your identity provider bring them by SCIM.',
  'teams.notFound': 'No team matches',
  'teams.notFoundText': 'Try fewer letters.',
  'teams.name': 'Name',
  'teams.empty': 'Find members below and add them, or let your identity provider bring them by SCIM.',
  'teams.addMembers': 'Add members',
  'teams.putIn': 'Add',
  'teams.takeOut': 'Take out',
  'teams.takenOut': '“{name}” is not in “{team}” any more, and receives nothing by it.',
  'teams.takeOutNamed': 'Take out {email}',
  'teams.rename': 'Rename',
  'teams.renameTitle': 'Name and description',
  'teams.renameText':
    'Members and policies stay. If groups of your identity provider name this team, rename it there too: otherwise sign-in or SCIM may make a team of the old name again.',
  'teams.delete': 'Delete team',
  'teams.deleteTitle': 'Delete the team “{team}”?',
  'teams.deleteKept':
    'For 30 days you can restore it from the list of teams, with whom was put into it by hand, its policy and its directory groups.',
  'teams.deleteText': {
    one: '{count} member loses their place in it, and a policy that came through it. The account stays.',
    other: '{count} members lose their places in it, and a policy that came through it. The accounts stay.',
  },
} as const;
