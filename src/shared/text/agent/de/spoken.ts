import { checksDe } from '../../de/checks.ts';
import type { SpokenCatalog } from '../../retell.ts';
import type { Message } from '../../text.ts';
import { mendsOf } from '../spoken.ts';
import { accountPhrasesDe } from './account-phrases.ts';
import { accountSentencesDe } from './account-sentences.ts';
import { deliveryPhrasesDe } from './delivery-phrases.ts';
import { deliverySentencesDe } from './delivery-sentences.ts';
import { policyPhrasesDe } from './policy-phrases.ts';
import { policySentencesDe } from './policy-sentences.ts';
import { settingsPhrasesDe } from './settings-phrases.ts';
import { settingsSentencesDe } from './settings-sentences.ts';

/** What the agent says, in German. */
export const spokenDe: SpokenCatalog<Message> = {
  sentences: {
    ...mendsOf(checksDe),
    ...accountSentencesDe,
    ...deliverySentencesDe,
    ...settingsSentencesDe,
    ...policySentencesDe,
  },
  phrases: { ...accountPhrasesDe, ...deliveryPhrasesDe, ...settingsPhrasesDe, ...policyPhrasesDe },
};
