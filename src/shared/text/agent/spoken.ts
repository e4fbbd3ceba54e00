import { checks } from '../en-checks.ts';
import type { Message } from '../text.ts';
import { accountPhrases } from './account-phrases.ts';
import { accountSentences } from './account-sentences.ts';
import { deliveryPhrases } from './delivery-phrases.ts';
import { deliverySentences } from './delivery-sentences.ts';
import { policyPhrases } from './policy-phrases.ts';
import { policySentences } from './policy-sentences.ts';
import { settingsPhrases } from './settings-phrases.ts';
import { settingsSentences } from './settings-sentences.ts';

/** All that the agent says in refusals, problems and reasons, in English as it writes it. */
export const spoken = {
  sentences: {
    ...mendsOf(checks),
    ...accountSentences,
    ...deliverySentences,
    ...settingsSentences,
    ...policySentences,
  },
  phrases: { ...accountPhrases, ...deliveryPhrases, ...settingsPhrases, ...policyPhrases },
} as const;

/** What the checks of the diagnostics advise about a policy: a refused one is mended in the same way. */
export function mendsOf(texts: Readonly<Record<string, Message>>): Readonly<Record<string, string>> {
  const mends = Object.entries(texts).flatMap(([key, text]) =>
    typeof text === 'string' && /^check\.policy\.\w+\.mend$/.test(key) ? [[key, text] as const] : [],
  );
  return Object.fromEntries(mends);
}
