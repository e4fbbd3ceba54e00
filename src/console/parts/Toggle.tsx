import { Checkbox } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './Toggle.module.css';

/** Something that is on or off, with what that means. */
export function Toggle({
  label,
  hint,
  note,
  checked,
  disabled = false,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  /** Beside the label: "Recommended". */
  readonly note?: ReactNode;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div className={classes.toggle}>
      <Checkbox
        id={id}
        label={label}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {note === undefined ? null : <div className={classes.note}>{note}</div>}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className={classes.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Several of them that answer one question. */
export function ToggleGroup({
  legend,
  hint,
  children,
}: {
  readonly legend: string;
  readonly hint: string;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <fieldset className={classes.group} aria-describedby={id}>
      <legend>{legend}</legend>
      {children}
      <p id={id} className={classes.groupHint}>
        {hint}
      </p>
    </fieldset>
  );
}
