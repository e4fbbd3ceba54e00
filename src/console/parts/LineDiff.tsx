import { diffLines } from 'diff';
import { useMemo } from 'react';
import classes from './LineDiff.module.css';

interface Line {
  readonly key: string;
  readonly left: string | null;
  readonly right: string | null;
}

function linesOf(before: string, after: string): readonly Line[] {
  const lines: Line[] = [];
  const changes = diffLines(before, after);
  const split = (text: string) => text.replace(/\n$/, '').split('\n');
  for (let index = 0; index < changes.length; index += 1) {
    const change = changes[index];
    if (change === undefined) continue;
    const next = changes[index + 1];
    // What was taken out and what came in its place stand side by side.
    const pair = change.removed && next?.added === true;
    const left = change.added ? [] : split(change.value);
    const right = pair ? split(next.value) : change.removed ? [] : split(change.value);
    for (let row = 0; row < Math.max(left.length, right.length); row += 1) {
      lines.push({ key: `${index}.${row}`, left: left[row] ?? null, right: right[row] ?? null });
    }
    if (pair) index += 1;
  }
  return lines;
}

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
  const lines = useMemo(() => linesOf(before, after), [before, after]);
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
