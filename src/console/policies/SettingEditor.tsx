import { Button, NativeSelect } from '@mantine/core';
import { useId } from 'react';
import type { Problem } from '../../shared/policy/model.ts';
import { controlKind, isFieldset } from '../../shared-ui/controls/control.ts';
import { SettingControl } from '../../shared-ui/controls/SettingControl.tsx';
import { describing } from '../../shared-ui/describing.tsx';
import { Highlighted } from '../../shared-ui/Highlighted.tsx';
import type { JsonValue } from '../../shared-ui/json-value.ts';
import { Prose } from '../../shared-ui/Prose.tsx';
import { useHints } from '../../shared-ui/setting-hints.ts';
import { useValueText } from '../../shared-ui/value-text.ts';
import { useConsoleText } from '../console-text.tsx';
import { withoutPlace } from './check-text.ts';
import {
  type EditedSetting,
  lockOwner,
  type Mode,
  modeOf,
  startValue,
  valueIn,
  withMode,
  withValue,
} from './policy-text.ts';
import classes from './SettingEditor.module.css';

interface EditorProps {
  readonly edited: EditedSetting;
  readonly document: unknown;
  readonly words: readonly string[];
  readonly text: string;
  /** Of the whole document. */
  readonly problems: readonly Problem[];
  readonly onText: (text: string) => void;
}

/** One setting in a policy: what the policy says of it, and with which value. */
export function SettingEditor({ edited, document, words, text, problems, onText }: EditorProps) {
  const { setting, registration } = edited;
  const id = useId();
  const hints = useHints(registration);
  const mode = modeOf(document, edited);
  const problem = mode === 'open' ? undefined : problemOf(problems, edited);
  const named = {
    labelId: `${id}-label`,
    describedBy: problem === undefined ? `${id}-text` : `${id}-text ${id}-problem`,
  };
  const parts = {
    edited,
    mode,
    value: valueIn(document, edited),
    id,
    ...named,
    invalid: problem !== undefined,
  };
  const onMode = (next: Mode) => onText(withMode(text, edited, next));
  const onValue = (value: JsonValue | undefined) => onText(withValue(text, edited, value));
  return (
    <div className={classes.row} data-setting={setting.id} data-set={mode !== 'open' || undefined}>
      <div className={classes.words}>
        <span id={`${id}-label`} className={classes.label}>
          <Highlighted text={setting.label} words={words} />
        </span>
        <p id={`${id}-text`} className={classes.text}>
          <Prose text={setting.description} words={words} />
        </p>
        {hints.length === 0 ? null : <p className={classes.hint}>{hints.join(' · ')}</p>}
      </div>
      <div className={classes.control}>
        {setting.group !== null ? (
          <Member {...parts} onValue={onValue} />
        ) : setting.type === 'boolean' ? (
          <Switched
            {...parts}
            onWrite={(next, value) =>
              onText(
                next === 'open'
                  ? withMode(text, edited, 'open')
                  : withValue(withMode(text, edited, next), edited, value),
              )
            }
          />
        ) : (
          <Valued {...parts} onMode={onMode} onValue={onValue} />
        )}
        {problem === undefined ? null : (
          <p id={`${id}-problem`} className={classes.problem} role="alert">
            {problem}
          </p>
        )}
      </div>
    </div>
  );
}

interface ChoiceProps {
  readonly edited: EditedSetting;
  readonly mode: Mode;
  readonly value: JsonValue | undefined;
  readonly id: string;
  readonly labelId: string;
  readonly describedBy: string;
  readonly invalid: boolean;
}

/** A switch with a lock of its own: the five states. */
function Switched({
  mode,
  value,
  labelId,
  describedBy,
  edited,
  onWrite,
}: ChoiceProps & { readonly onWrite: (mode: Mode, value: boolean) => void }) {
  const { t } = useConsoleText();
  const on = typeof value === 'boolean' ? value : edited.setting.default === true;
  const state = mode === 'open' ? 'open' : `${mode === 'locked' ? 'always-' : ''}${on ? 'on' : 'off'}`;
  return (
    <NativeSelect
      aria-labelledby={labelId}
      {...describing(describedBy)}
      value={state}
      onChange={(event) => {
        const next = event.currentTarget.value;
        onWrite(
          next === 'open' ? 'open' : next.startsWith('always-') ? 'locked' : 'suggested',
          next.endsWith('on'),
        );
      }}
    >
      <option value="open">{t('state.open')}</option>
      <option value="on">{t('state.on')}</option>
      <option value="always-on">{t('state.alwaysOn')}</option>
      <option value="off">{t('state.off')}</option>
      <option value="always-off">{t('state.alwaysOff')}</option>
    </NativeSelect>
  );
}

/** Text, number, choice or list with a lock of its own: left to users, suggested, or always. */
function Valued({
  onMode,
  onValue,
  ...props
}: ChoiceProps & { readonly onMode: (mode: Mode) => void; readonly onValue: (value: JsonValue) => void }) {
  const { t } = useConsoleText();
  const { edited, mode, labelId, describedBy } = props;
  return (
    <>
      <NativeSelect
        aria-labelledby={labelId}
        {...describing(describedBy)}
        value={mode}
        onChange={(event) => {
          const next = event.currentTarget.value;
          onMode(next === 'locked' || next === 'suggested' ? next : 'open');
        }}
      >
        <option value="open">{t('state.open')}</option>
        {lockOwner(edited) === null ? null : <option value="suggested">{t('state.suggested')}</option>}
        <option value="locked">{t('state.always')}</option>
      </NativeSelect>
      {mode === 'open' ? null : <Control {...props} onValue={onValue} />}
    </>
  );
}

/** A member of a group: its group decides the lock, and what it leaves out takes the built-in default. */
function Member({
  onValue,
  ...props
}: ChoiceProps & { readonly onValue: (value: JsonValue | undefined) => void }) {
  const { t } = useConsoleText();
  const valueText = useValueText();
  const { edited, mode, value, labelId, describedBy } = props;
  const builtIn = t('state.builtIn', { value: valueText(edited.registration.default, edited.registration) });
  if (mode === 'open') return <p className={classes.hint}>{t('state.openGroup')}</p>;
  if (edited.setting.type === 'boolean') {
    return (
      <NativeSelect
        aria-labelledby={labelId}
        {...describing(describedBy)}
        value={value === true ? 'on' : value === false ? 'off' : ''}
        onChange={(event) =>
          onValue(event.currentTarget.value === '' ? undefined : event.currentTarget.value === 'on')
        }
      >
        <option value="">{builtIn}</option>
        <option value="on">{t('state.on')}</option>
        <option value="off">{t('state.off')}</option>
      </NativeSelect>
    );
  }
  if (value === undefined) {
    return (
      <div className={classes.builtIn}>
        <span>{builtIn}</span>
        <Button
          size="xs"
          variant="default"
          aria-label={t('policies.setNamed', { setting: edited.setting.label })}
          onClick={() => onValue(startValue(edited))}
        >
          {t('policies.set')}
        </Button>
      </div>
    );
  }
  return (
    <>
      <Control {...props} onValue={onValue} />
      <Button
        size="compact-xs"
        variant="subtle"
        aria-label={t('policies.unsetNamed', { setting: edited.setting.label })}
        onClick={() => onValue(undefined)}
      >
        {t('policies.unset')}
      </Button>
    </>
  );
}

function Control({
  edited,
  value,
  id,
  labelId,
  describedBy,
  invalid,
  onValue,
}: ChoiceProps & { readonly onValue: (value: JsonValue) => void }) {
  const { registration } = edited;
  return (
    <div className={classes.value} data-wide={isFieldset(controlKind(registration)) || undefined}>
      <SettingControl
        registration={registration}
        value={value ?? null}
        disabled={false}
        locked={false}
        invalid={invalid}
        controlId={`${id}-control`}
        labelId={labelId}
        describedBy={describedBy}
        onChange={onValue}
      />
    </div>
  );
}

/** What is wrong with the value, as the engine says it. */
function problemOf(problems: readonly Problem[], { setting }: EditedSetting): string | undefined {
  const problem = problems.find(
    ({ path, severity }) =>
      severity === 'error' &&
      (path === setting.valuePath ||
        path.startsWith(`${setting.valuePath}[`) ||
        path.startsWith(`${setting.valuePath}.`)),
  );
  return problem === undefined ? undefined : withoutPlace(problem);
}
