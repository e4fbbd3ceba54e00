import { Highlighted } from './Highlighted.tsx';
import classes from './Prose.module.css';

/** A sentence in which `backticks` set off what is typed or named, as descriptions of settings do. */
export function Prose({
  text,
  words = [],
}: {
  readonly text: string;
  /** What was searched for, to be marked. */
  readonly words?: readonly string[];
}) {
  let start = 0;
  return text.split(/(`[^`]+`)/).map((part) => {
    const key = start;
    start += part.length;
    const code = part.length > 2 && part.startsWith('`') && part.endsWith('`');
    return code ? (
      <code key={key} className={classes.code}>
        <Highlighted text={part.slice(1, -1)} words={words} />
      </code>
    ) : (
      <Highlighted key={key} text={part} words={words} />
    );
  });
}
