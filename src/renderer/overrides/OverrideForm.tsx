import { Button, NativeSelect, Textarea } from '@mantine/core';
import { type FormEvent, useId, useRef, useState } from 'react';
import { checkDraft } from '../../shared-ui/check-draft.ts';
import { controlKind, isFieldset } from '../../shared-ui/controls/control.ts';
import { SettingControl } from '../../shared-ui/controls/SettingControl.tsx';
import { useFieldName } from '../../shared-ui/field-name.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { FailureText } from '../agent/FailureText.tsx';
import type { ShownSetting } from '../settings/find-settings.ts';
import classes from './OverrideSection.module.css';
import { timesUpTo, useDuration, useRequestOverride } from './use-overrides.ts';

/** Asks for the value, the time and the reason of an override, and shows why the hub refused it. */
export function OverrideForm({
  setting: { registration, state },
  maxSeconds,
  onClose,
}: {
  readonly setting: ShownSetting;
  readonly maxSeconds: number;
  readonly onClose: () => void;
}) {
  const { t } = useText();
  const id = useId();
  const duration = useDuration();
  const request = useRequestOverride();
  // What the person chose before the lock came is what they most likely want back.
  const [value, setValue] = useState(state.choice ?? state.value);
  const [seconds, setSeconds] = useState(timesUpTo(maxSeconds)[0] ?? maxSeconds);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const reasonField = useRef<HTMLTextAreaElement>(null);
  const words = { t, fieldName: useFieldName() };
  const problem = tried ? checkDraft(registration, value, words) : null;
  const reasonMissing = tried && reason.trim() === '';

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    // What is missing is said where the focus is.
    if (reason.trim() === '') return reasonField.current?.focus();
    if (checkDraft(registration, value, words) !== null) return;
    void request.run({ setting: registration.id, value, seconds, reason: reason.trim() });
  };
  return (
    <form className={classes.form} aria-label={t('override.title')} noValidate onSubmit={submit}>
      <h3 className={classes.heading}>{t('override.title')}</h3>
      <div>
        <label
          id={`${id}-label`}
          htmlFor={isFieldset(controlKind(registration)) ? undefined : `${id}-control`}
          className={classes.label}
        >
          {t('override.value')}
        </label>
        <SettingControl
          registration={registration}
          value={value}
          disabled={request.busy}
          locked={false}
          invalid={problem !== null}
          controlId={`${id}-control`}
          labelId={`${id}-label`}
          describedBy={problem === null ? '' : `${id}-problem`}
          onChange={setValue}
        />
        {problem === null ? null : (
          <p id={`${id}-problem`} className={classes.problem} role="alert">
            {problem}
          </p>
        )}
      </div>
      <NativeSelect
        label={t('override.time')}
        value={String(seconds)}
        disabled={request.busy}
        data={timesUpTo(maxSeconds).map((each) => ({ value: String(each), label: duration(each) }))}
        onChange={(event) => setSeconds(Number(event.currentTarget.value))}
      />
      <Textarea
        ref={reasonField}
        label={t('override.reason')}
        description={t('override.reasonHint')}
        value={reason}
        rows={2}
        maxLength={1000}
        required
        disabled={request.busy}
        error={reasonMissing ? t('override.reasonMissing') : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {request.failure === null ? null : (
        <Notice tone="bad" live title={t('override.refused')}>
          <FailureText failure={request.failure} />
        </Notice>
      )}
      <div className={classes.actions}>
        <Button variant="default" disabled={request.busy} onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" loading={request.busy}>
          {t('override.request', { time: duration(seconds) })}
        </Button>
      </div>
    </form>
  );
}
