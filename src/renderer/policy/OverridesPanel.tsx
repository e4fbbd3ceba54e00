import { Button } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { OverridesAnswer } from '../../shared/contracts/local-api.ts';
import { useLabels } from '../../shared-ui/labels-context.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useValueText } from '../../shared-ui/value-text.ts';
import { FailureText } from '../agent/FailureText.tsx';
import { useResource } from '../agent/use-resource.ts';
import { useDuration, useEndOverride } from '../overrides/use-overrides.ts';
import { joinSettings } from '../settings/find-settings.ts';
import { useCatalog } from '../settings/use-catalog.ts';
import { WhyPanel } from '../settings/WhyPanel.tsx';
import classes from './OverridesPanel.module.css';

/** What is overridden now, with its end, and what may be. Absent where the policy allows nothing. */
export function OverridesPanel() {
  const { t } = useText();
  const loaded = useResource('overrides');
  const labelOf = useLabels();
  const duration = useDuration();
  const [explained, setExplained] = useState<string | null>(null);
  const close = useCallback(() => setExplained(null), []);
  if (loaded.state !== 'ready') return null;
  const { overrides, exceptions } = loaded.value;
  if (overrides.length + exceptions.length === 0) return null;
  const others = exceptions.filter(({ setting }) => overrides.every((each) => each.setting !== setting));
  return (
    <Panel title={t('override.panel')} text={t('override.panelText')} flush>
      <ul className={classes.list}>
        {overrides.map((override) => (
          <Running key={override.id} override={override} />
        ))}
        {others.map(({ setting, maxSeconds }) => (
          <li key={setting} className={classes.entry}>
            <strong>{labelOf(setting)}</strong>
            <span className={classes.text}>{t('override.atMost', { time: duration(maxSeconds) })}</span>
            <Button
              variant="default"
              size="xs"
              className={classes.button}
              aria-label={t('override.find', { setting: labelOf(setting) })}
              onClick={() => setExplained(setting)}
            >
              {t('override.open')}
            </Button>
          </li>
        ))}
      </ul>
      <Explained id={explained} onClose={close} />
    </Panel>
  );
}

/** "Why is this locked?" of one setting, where an override is asked for. */
function Explained({ id, onClose }: { readonly id: string | null; readonly onClose: () => void }) {
  const catalog = useCatalog();
  const settings = useResource('settings');
  const status = useResource('status');
  if (catalog.state !== 'ready' || settings.state !== 'ready') return null;
  const shown = joinSettings(catalog.value.settings, settings.value.settings);
  return (
    <WhyPanel
      setting={shown.find(({ state }) => state.id === id) ?? null}
      contact={status.state === 'ready' ? (status.value.policy?.contact ?? null) : null}
      onClose={onClose}
    />
  );
}

function Running({ override }: { readonly override: OverridesAnswer['overrides'][number] }) {
  const { t, dateTime } = useText();
  const labelOf = useLabels();
  const valueText = useValueText();
  const end = useEndOverride();
  return (
    <li className={classes.entry}>
      <strong>{labelOf(override.setting)}</strong>
      <span>
        {t('override.returnsTo', {
          value: valueText(override.value),
          time: dateTime(override.until),
          returnsTo: valueText(override.returnsTo),
        })}
      </span>
      <Button
        variant="default"
        size="xs"
        className={classes.button}
        aria-label={t('override.endOf', { setting: labelOf(override.setting) })}
        loading={end.busy}
        onClick={() => void end.run(override.setting)}
      >
        {t('override.end')}
      </Button>
      {end.failure === null ? null : (
        <Notice tone="bad" live title={t('override.notEnded')}>
          <FailureText failure={end.failure} />
        </Notice>
      )}
    </li>
  );
}
