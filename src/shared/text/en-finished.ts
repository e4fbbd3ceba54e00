/** Texts of the page that a browser shows at the end of its part of a sign-in. */
export const finished = {
  'finished.stray.title': 'This is not the answer that Mooring waits for',
  'finished.stray.text':
    'It does not belong to the sign-in that is in progress. Nothing was changed. Go back to Mooring and sign in from there.',
  'finished.fault.title': 'Something went wrong in Mooring',
  'finished.used.title': 'This sign-in is already finished',
  'finished.elsewhere.title': 'Nothing is here',
  'finished.close': 'You can close this page.',
  'finished.done.title': 'You are signed in',
  'finished.done.text': 'You can close this page and go back to Mooring.',
  'finished.failed.title': 'The sign-in did not work',
} as const;
