import { NativeSelect, NumberInput, Switch, Textarea, TextInput } from '@mantine/core';
import Lock from 'lucide-react/icons/lock';
import { describing } from '../describing.tsx';
import type { JsonValue } from '../json-value.ts';
import { useText } from '../text-context.tsx';
import { useUnit } from '../value-text.ts';
import type { ControlProps } from './control.ts';
import classes from './controls.module.css';

function controlProps({ controlId, labelId, disabled, invalid }: ControlProps) {
  return {
    id: controlId,
    'aria-labelledby': labelId,
    'aria-invalid': invalid || undefined,
    error: invalid,
    disabled,
  };
}

const fieldProps = (props: ControlProps) => ({ ...controlProps(props), ...describing(props.describedBy) });

const lockSection = (locked: boolean) =>
  locked ? { rightSection: <Lock size={14} aria-hidden />, rightSectionPointerEvents: 'none' as const } : {};

export function SwitchControl(props: ControlProps) {
  const { t } = useText();
  const { error: _, ...field } = controlProps(props);
  return (
    <div className={classes.switch}>
      <span className={classes.state} aria-hidden>
        {props.value === null ? t('value.unset') : t(props.value === true ? 'value.on' : 'value.off')}
      </span>
      <Switch
        {...field}
        aria-describedby={props.describedBy === '' ? undefined : props.describedBy}
        checked={props.value === true}
        thumbIcon={
          props.locked ? (
            <Lock size={11} strokeWidth={2.6} aria-hidden className={classes.thumb} />
          ) : undefined
        }
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </div>
  );
}

const boundsOf = ({ range }: ControlProps['registration']) => ({
  ...(range === undefined ? {} : { min: range.min }),
  ...(range?.max === undefined ? {} : { max: range.max }),
});

/**
 * What a field of numbers holds. What is no whole number stays as it was typed, for the check to name it: left out, 4.5
 * would become 45, and -1 lose its sign at the first key.
 */
function readNumber(typed: number | bigint | string): JsonValue {
  if (typeof typed === 'number') return typed;
  const text = String(typed);
  if (text === '') return null;
  const number = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(number) ? number : text;
}

export function NumberControl(props: ControlProps) {
  const { t } = useText();
  const { registration, value, onChange, locked } = props;
  const unit = useUnit()(value, registration);
  return (
    <div className={classes.number}>
      <NumberInput
        {...fieldProps(props)}
        {...lockSection(locked)}
        className={classes.numberField}
        value={typeof value === 'number' || typeof value === 'string' ? value : ''}
        clampBehavior="none"
        {...boundsOf(registration)}
        placeholder={value === null ? t('value.unset') : undefined}
        hideControls={locked}
        onChange={(next) => onChange(readNumber(next))}
      />
      {unit === null ? null : <span className={classes.unit}>{unit}</span>}
    </div>
  );
}

export function ChoiceControl(props: ControlProps) {
  const { t } = useText();
  const { registration, value, onChange, locked } = props;
  const choices = registration.choices ?? [];
  const current = typeof value === 'string' ? value : '';
  // A value that the catalog does not list is shown as it is, never swapped for another.
  const offered = current === '' || choices.includes(current) ? choices : [current, ...choices];
  const canBeUnset = value === null || props.canBeUnset === true;
  return (
    <NativeSelect
      {...fieldProps(props)}
      {...lockSection(locked)}
      value={current}
      onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
    >
      {canBeUnset ? <option value="">{t('settings.notSetOption')}</option> : null}
      {offered.map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </NativeSelect>
  );
}

export function TextControl(props: ControlProps) {
  const { t } = useText();
  const { value, onChange, locked } = props;
  return (
    <TextInput
      {...fieldProps(props)}
      {...lockSection(locked)}
      value={typeof value === 'string' ? value : ''}
      placeholder={value === null ? t('value.unset') : undefined}
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: classes.ownDirection }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function LongTextControl(props: ControlProps) {
  const text = typeof props.value === 'string' ? props.value : '';
  return (
    <Textarea
      {...fieldProps(props)}
      value={text}
      rows={Math.min(Math.max(text.split('\n').length, 3), 12)}
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: classes.code }}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
