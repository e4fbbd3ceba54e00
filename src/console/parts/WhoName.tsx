import { Fragment } from 'react';
import classes from './WhoName.module.css';

/** A longer piece than this would widen its column until others are cut off, so it breaks anywhere. */
const WHOLE_UP_TO = 16;
/** A usual address is no wider than the title of its column and its order: it stays in one piece. */
const ONE_PIECE_UP_TO = 22;

/** Name or address of whoever did something. An address breaks after its `@` and its dots rather than in the middle of a word. */
export function WhoName({ name }: { readonly name: string }) {
  if (name.length <= ONE_PIECE_UP_TO) return <span className={classes.whole}>{name}</span>;
  const parts = name.split(/(?<=[@.])/u);
  return (
    <span className={parts.every(({ length }) => length <= WHOLE_UP_TO) ? classes.who : undefined}>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text keep their order.
        <Fragment key={index}>
          {index > 0 ? <wbr /> : null}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
