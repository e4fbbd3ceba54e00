import type { Catalog } from '../../text.ts';
import type { accountPhrases } from '../account-phrases.ts';

/** Account: the agent’s phrases in German. */
export const accountPhrasesDe: Catalog<keyof typeof accountPhrases> = {
  keyringSecret: 'Der Schlüsselbund (Secret Service)',
  keychain: 'Der Schlüsselbund',
  noAnswerInTime: 'keine Antwort innerhalb der Frist',
};
