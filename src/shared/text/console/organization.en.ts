/** Texts of the console about how an organization signs in, and its domains, beside those of the pages' beginnings. */
export const organizationMore = {
  'signIn.title': 'Sign-in',
  'signIn.text': 'Beside single sign-on, which is set per connection.',
  'signIn.device': 'Sign-in by a code, for devices without a browser',
  'signIn.deviceHint':
    'Somebody reads a code from the device and enters it in a browser elsewhere. Off: such a device cannot sign in.',
  'signIn.factor': 'Owners with a password need a second factor',
  'signIn.factorHint':
    'Owners who sign in with a password of this hub are asked for an authenticator app or a passkey, and to add one at their next sign-in. Owners who come by single sign-on are the identity provider’s matter.',

  'domains.failingTitle': 'The record of {domain} was not found',
  'domains.failingText':
    'Since {since}. Everything goes on as before: put the record back, or check it, and verify again. Another organization that proves the domain takes it over.',
  'domains.rechecked': 'Looked up again by itself from time to time, and when you verify.',
  'domains.outsidersNone': 'Everybody with an account in your domains is a member.',
  'domains.outsidersSave': 'Save as CSV',
} as const;
