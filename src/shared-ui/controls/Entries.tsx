import type { ReactNode } from 'react';
import classes from './controls.module.css';

/** More than this many, and a list scrolls by itself: three thousand hosts would be a hundred screens of page. */
const SHOWN_WHOLE = 12;

/** The entries of a list, however many: what follows the list stays within reach. */
export function Entries({
  count,
  labelId,
  children,
}: {
  readonly count: number;
  /** Id of the list's name. */
  readonly labelId: string;
  readonly children: ReactNode;
}) {
  if (count === 0) return null;
  if (count <= SHOWN_WHOLE) return <div className={classes.entries}>{children}</div>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is around it already
    <div
      className={classes.entries}
      data-many
      role="group"
      aria-labelledby={labelId}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: where its fields are locked, the keyboard has nothing else to scroll by
      tabIndex={0}
    >
      {children}
    </div>
  );
}
