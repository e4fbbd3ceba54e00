import { Fragment } from 'react';
import classes from './WhoName.module.css';

/** Name or address of whoever did something. An address breaks after its `@` and its dots rather than in the middle of a word. */
export function WhoName({ name }: { readonly name: string }) {
  const parts = name.split(/(?<=[@.])/u);
  return (
    <span className={classes.who}>
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
