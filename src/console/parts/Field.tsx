import { Textarea, TextInput } from '@mantine/core';
import { useId } from 'react';
import { describing } from '../../shared-ui/describing.tsx';
import classes from './Field.module.css';

/** A labelled field with its hint and its problem. What was typed stays whatever the server says. */
export function Field({
  label,
  hint,
  problem,
  value,
  rows,
  type = 'text',
  dim = false,
  disabled = false,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly problem?: string | undefined;
  readonly value: string;
  /** More than one line. */
  readonly rows?: number;
  readonly type?: 'text' | 'email' | 'url' | 'number' | 'date' | 'password';
  /** Its label as quiet as those of the filters that it stands beside. */
  readonly dim?: boolean;
  readonly disabled?: boolean;
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  const described = [hint === undefined ? '' : `${id}-hint`, problem === undefined ? '' : `${id}-problem`]
    .filter((each) => each !== '')
    .join(' ');
  const common = {
    id,
    value,
    disabled,
    error: problem !== undefined,
    'aria-invalid': problem !== undefined || undefined,
    ...describing(described),
    autoComplete: type === 'password' ? 'new-password' : 'off',
    spellCheck: false,
  };
  return (
    <div className={classes.field} data-dim={dim || undefined}>
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? (
        <TextInput {...common} type={type} onChange={(event) => onChange(event.currentTarget.value)} />
      ) : (
        <Textarea {...common} rows={rows} onChange={(event) => onChange(event.currentTarget.value)} />
      )}
      {hint === undefined ? null : (
        <span id={`${id}-hint`} className={classes.hint}>
          {hint}
        </span>
      )}
      {problem === undefined ? null : (
        <span id={`${id}-problem`} className={classes.problem} role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
