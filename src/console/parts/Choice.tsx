import { NativeSelect } from '@mantine/core';
import { useId } from 'react';
import classes from './Choice.module.css';

/** A labelled choice among a few, as filters and small forms need it. */
export function Choice({
  label,
  value,
  options,
  disabled = false,
  problem,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly disabled?: boolean;
  /** The id of what says why this cannot be; left out, nothing is wrong. */
  readonly problem?: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className={classes.choice}>
      <label htmlFor={id}>{label}</label>
      <NativeSelect
        id={id}
        size="sm"
        value={value}
        disabled={disabled}
        error={problem !== undefined}
        aria-describedby={problem}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </NativeSelect>
    </div>
  );
}
