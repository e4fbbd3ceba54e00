import { Fragment } from 'react';
import type { ManagedBy } from '../../shared/contracts/local-api.ts';
import { useText } from '../../shared-ui/text-context.tsx';

/**
 * What the agent said, in the reader's language. What no catalog holds (words of the system, of the hub or of a newer
 * agent) stays as it is, marked as English for whoever has the page read aloud.
 */
export function AgentSays({ words }: { readonly words: string }) {
  const { locale, retell } = useText();
  if (new Intl.Locale(locale).language === 'en') return words;
  return retell(words).map(({ text, left }, index) => {
    const key = `${index} ${text}`;
    return left ? (
      <span key={key} lang="en">
        {text}
      </span>
    ) : (
      <Fragment key={key}>{text}</Fragment>
    );
  });
}

/** A name that the agent gives to something: in the reader's words where they have any, else as it is. */
export function useNameOf(): (name: string) => string {
  const { retell } = useText();
  return (name) =>
    retell(name)
      .map(({ text }) => text)
      .join('');
}

/** Who manages a setting: a policy by its own name, anything else in the reader's words. */
export function useManager(): (by: ManagedBy) => string {
  const nameOf = useNameOf();
  return (by) => (by.policy === undefined ? nameOf(by.label) : by.label);
}
