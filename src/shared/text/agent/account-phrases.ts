/** Parts of such sentences of the account, sign-in and the keychain. */
export const accountPhrases = {
  keyringSecret: 'The keyring (Secret Service)',
  keychain: 'The keychain',
  noAnswerInTime: 'no answer in time',
} as const;
