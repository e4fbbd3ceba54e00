import { useCallback } from 'react';
import type { Mention } from '../../shared/policy/model.ts';
import type { Setting, SettingValue } from '../../shared/settings/setting.ts';
import type { JsonValue } from '../../shared-ui/json-value.ts';
import { useValueText } from '../../shared-ui/value-text.ts';
import { useConsoleText } from '../console-text.tsx';

/** Says what a policy decides about a setting: "Always: On". */
export function useMentionText(): (mention: Mention | undefined, setting: Setting) => string {
  const { t } = useConsoleText();
  const valueText = useValueText();
  return useCallback(
    (mention, setting) => {
      if (mention === undefined) return t('state.open');
      if (mention.state === 'invalid') return t('state.invalid');
      const value = valueText(toJson(mention.state === 'valid' ? mention.value : setting.default), {
        unit: setting.unit,
      });
      return t(mention.locked || setting.lockPath === null ? 'state.alwaysValue' : 'state.suggestedValue', {
        value,
      });
    },
    [t, valueText],
  );
}

/** The engine's values are frozen; what pages show is plain JSON. */
function toJson(value: SettingValue | null): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  return value.map((item) => (typeof item === 'string' ? item : { ...JSON.parse(JSON.stringify(item)) }));
}
