import { Button } from '@mantine/core';
import KeyRound from 'lucide-react/icons/key-round';
import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { SettingState } from '../../shared/contracts/local-api.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useValueText } from '../../shared-ui/value-text.ts';
import { useNow } from '../../shared-ui/When.tsx';
import { FailureText } from '../agent/FailureText.tsx';
import { useResource } from '../agent/use-resource.ts';
import type { ShownSetting } from '../settings/find-settings.ts';
import { OverrideForm } from './OverrideForm.tsx';
import classes from './OverrideSection.module.css';
import { useDuration, useEndOverride } from './use-overrides.ts';

/**
 * In "Why is this locked?": the override that is running, or the way to ask for one where the policy makes an
 * exception for the setting (docs/delivery.md section 6). Nothing where neither is so.
 */
export function OverrideSection({ setting }: { readonly setting: ShownSetting }) {
  const { registration, state } = setting;
  const overrides = useResource('overrides');
  if (overrides.state !== 'ready') return null;
  const running = state.managedBy?.override;
  if (running !== undefined) return <Running setting={setting} running={running} />;
  const exception = overrides.value.exceptions.find((each) => each.setting === registration.id);
  const byHub =
    state.managedBy?.source === 'user-policy' || state.managedBy?.source === 'organization-policy';
  if (exception === undefined || !state.locked || !byHub) return null;
  return <Offer setting={setting} maxSeconds={exception.maxSeconds} />;
}

type RunningOverride = NonNullable<NonNullable<SettingState['managedBy']>['override']>;

function Running({
  setting: { registration },
  running,
}: {
  readonly setting: ShownSetting;
  readonly running: RunningOverride;
}) {
  const { t, dateTime, relative } = useText();
  const valueText = useValueText();
  const now = useNow();
  const end = useEndOverride();
  return (
    <div className={classes.section}>
      <Notice tone="info" title={t('override.running', { time: dateTime(running.until) })}>
        {t('override.runningText', {
          value: valueText(running.returnsTo, registration),
          when: relative(running.until, now) ?? t('time.soon'),
        })}
      </Notice>
      {end.failure === null ? null : (
        <Notice tone="bad" live title={t('override.notEnded')}>
          <FailureText failure={end.failure} />
        </Notice>
      )}
      <Button
        variant="default"
        className={classes.button}
        aria-label={t('override.endOf', { setting: registration.label })}
        loading={end.busy}
        onClick={() => void end.run(registration.id)}
      >
        {t('override.end')}
      </Button>
    </div>
  );
}

function Offer({ setting, maxSeconds }: { readonly setting: ShownSetting; readonly maxSeconds: number }) {
  const { t } = useText();
  const duration = useDuration();
  const [asking, setAsking] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  // The button goes away with the press, and the form with Cancel: the focus goes on to what takes their place.
  const turnTo = (next: boolean) => {
    flushSync(() => setAsking(next));
    place.current?.querySelector<HTMLElement>('input, select, textarea, button')?.focus();
  };
  return (
    <div ref={place}>
      {asking ? (
        <OverrideForm setting={setting} maxSeconds={maxSeconds} onClose={() => turnTo(false)} />
      ) : (
        <div className={classes.section}>
          <p className={classes.text}>{t('override.may', { time: duration(maxSeconds) })}</p>
          <Button
            variant="default"
            className={classes.button}
            leftSection={<KeyRound size={15} aria-hidden />}
            onClick={() => turnTo(true)}
          >
            {t('override.open')}
          </Button>
        </div>
      )}
    </div>
  );
}
