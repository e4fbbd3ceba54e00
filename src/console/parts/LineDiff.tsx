import { useMemo } from 'react';
import classes from './LineDiff.module.css';
import { linePairs } from './line-pairs.ts';

/** Two texts side by side, line by line, with what differs marked. */
export function LineDiff({
  label,
  before,
  after,
  beforeTitle,
  afterTitle,
}: {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly beforeTitle: string;
  readonly afterTitle: string;
}) {
  const lines = useMemo(() => linePairs(before, after), [before, after]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section className={classes.frame} tabIndex={0} aria-label={label}>
      <table className={classes.lines}>
        <thead>
          <tr>
            <th scope="col">{beforeTitle}</th>
            <th scope="col">{afterTitle}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ key, left, right }) => (
            <tr key={key} data-changed={left !== right || undefined}>
              <td data-side="before">{left === right ? left : <del>{left}</del>}</td>
              <td data-side="after">{left === right ? right : <ins>{right}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
