import { Fragment } from 'react';
import classes from './Highlighted.module.css';
import { splitMatches } from './match-text.ts';

/** Text with the words that were searched for marked in it. */
export function Highlighted({ text, words }: { readonly text: string; readonly words: readonly string[] }) {
  if (words.length === 0) return text;
  return splitMatches(text, words).map((part) =>
    part.match ? (
      <mark key={part.start} className={classes.mark}>
        {part.text}
      </mark>
    ) : (
      <Fragment key={part.start}>{part.text}</Fragment>
    ),
  );
}
