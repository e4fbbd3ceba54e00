import type { ReactNode } from 'react';
import classes from './Steps.module.css';

/** Things to do one after the other, numbered. `done` is said in words as well. */
export function Steps({
  steps,
}: {
  readonly steps: readonly {
    readonly title: string;
    readonly state?: ReactNode;
    readonly content: ReactNode;
  }[];
}) {
  return (
    <ol className={classes.steps}>
      {steps.map(({ title, state, content }) => (
        <li key={title} className={classes.step}>
          <div className={classes.head}>
            <h3>{title}</h3>
            {state}
          </div>
          <div className={classes.content}>{content}</div>
        </li>
      ))}
    </ol>
  );
}
