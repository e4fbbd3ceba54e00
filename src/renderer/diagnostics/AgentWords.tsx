import type { Said } from '../../shared/text/said.ts';
import { useText } from '../../shared-ui/text-context.tsx';
import { AgentSays, useNameOf } from '../agent/AgentSays.tsx';

/** What the agent wrote in English, and which sentence of the catalog it is; without one it is an older agent's. */
export interface AgentWordsProps {
  readonly written: string;
  readonly said: Said | undefined;
}

/** The same as plain text, for what leaves the page. */
export function usePlainWords(): (words: AgentWordsProps) => string {
  const { locale, named } = useText();
  const inReadersWords = useNameOf();
  return ({ written, said }) => {
    if (new Intl.Locale(locale).language === 'en') return written;
    const sentence = said === undefined ? null : named(said.key, said.values);
    if (said === undefined || sentence === null) return inReadersWords(written);
    return said.detail === undefined ? sentence : `${introducing(sentence)} ${inReadersWords(said.detail)}`;
  };
}

/** A detail follows it: another sentence, or what the colon announces. */
const introducing = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}:`);

/**
 * Words of the agent in the reader's language. What no catalog holds follows in English, marked as that for whoever
 * has the page read aloud; a sentence that this page does not know is shown as the agent wrote it.
 */
export function AgentWords({ written, said }: AgentWordsProps) {
  const { locale, named } = useText();
  if (new Intl.Locale(locale).language === 'en') return written;
  const sentence = said === undefined ? null : named(said.key, said.values);
  if (said === undefined || sentence === null) return <AgentSays words={written} />;
  if (said.detail === undefined) return sentence;
  return (
    <>
      {introducing(sentence)} <AgentSays words={said.detail} />
    </>
  );
}
