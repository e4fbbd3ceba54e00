import { Button } from '@mantine/core';
import { useId } from 'react';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { useConsoleText } from '../console-text.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Field } from '../parts/Field.tsx';
import layout from '../parts/Layout.module.css';
import { modeOf, SETTINGS } from './policy-text.ts';

/** An exception as it is typed. */
export interface TypedException {
  readonly setting: string;
  readonly hours: string;
}

/** One setting that may be overridden, and for how long. */
export function ExceptionRow({
  row,
  document,
  problems,
  disabled,
  onChange,
  onRemove,
}: {
  readonly row: TypedException;
  readonly document: unknown;
  readonly problems: { readonly setting: string | undefined; readonly hours: string | undefined };
  readonly disabled: boolean;
  readonly onChange: (row: TypedException) => void;
  readonly onRemove: () => void;
}) {
  const { t } = useConsoleText();
  const id = useId();
  const edited = SETTINGS.find(({ setting }) => setting.id === row.setting);
  const idle = edited !== undefined && modeOf(document, edited) !== 'locked';
  const label = desktopCatalog.byId.get(row.setting)?.label ?? row.setting;
  return (
    <div>
      <div className={layout.tools}>
        <Choice
          label={t('exceptions.setting')}
          value={row.setting}
          disabled={disabled}
          problem={problems.setting === undefined ? undefined : id}
          options={[
            ['', t('exceptions.choose')],
            ...SETTINGS.map(({ setting }) => [setting.id, setting.label] as const),
          ]}
          onChange={(setting) => onChange({ ...row, setting })}
        />
        <Field
          label={t('exceptions.hours')}
          type="number"
          disabled={disabled}
          problem={problems.hours}
          value={row.hours}
          onChange={(hours) => onChange({ ...row, hours })}
        />
        {disabled ? null : (
          <Button
            variant="default"
            aria-label={t('exceptions.removeNamed', {
              setting: label === '' ? t('exceptions.choose') : label,
            })}
            onClick={onRemove}
          >
            {t('exceptions.remove')}
          </Button>
        )}
      </div>
      {problems.setting === undefined ? null : (
        <p id={id} role="alert" className={layout.problem}>
          {problems.setting}
        </p>
      )}
      {idle ? <p className={layout.dim}>{t('exceptions.locks')}</p> : null}
    </div>
  );
}
