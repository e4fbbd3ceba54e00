import type { ReactNode, Ref } from 'react';
import classes from './controls.module.css';

/** More than this many, and a list scrolls by itself: three thousand hosts would be a hundred screens of page. */
const SHOWN_WHOLE = 12;

/** The entries of a list, however many: what is below them stays within reach. `locked`: what is around them scrolls. */
export function Entries({
  count,
  locked,
  children,
}: {
  readonly count: number;
  readonly locked: boolean;
  readonly children: ReactNode;
}) {
  if (count === 0) return null;
  return (
    <div className={classes.entries} data-many={(!locked && count > SHOWN_WHOLE) || undefined}>
      {children}
    </div>
  );
}

/**
 * All fields of a list, under its name. Disabled ones take no focus, so where there are many of these the part that scrolls
 * takes it, for whoever has no pointer; it is outside of them, where it is not disabled as well.
 */
export function ListFields({
  ref,
  count,
  disabled,
  labelId,
  describedBy,
  children,
}: {
  readonly ref: Ref<HTMLFieldSetElement>;
  readonly count: number;
  readonly disabled: boolean;
  readonly labelId: string;
  readonly describedBy: string;
  readonly children: ReactNode;
}) {
  const fields = (
    <fieldset
      ref={ref}
      className={classes.list}
      disabled={disabled}
      aria-labelledby={labelId}
      aria-describedby={describedBy || undefined}
    >
      {children}
    </fieldset>
  );
  if (!disabled || count <= SHOWN_WHOLE) return fields;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset of that name is in it already
    <div
      className={classes.entries}
      data-many
      role="group"
      aria-labelledby={labelId}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard has nothing else to scroll by
      tabIndex={0}
    >
      {fields}
    </div>
  );
}
