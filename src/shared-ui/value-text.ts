import { useCallback } from 'react';
import type { JsonValue } from './json-value.ts';
import { useText } from './text-context.tsx';

/** What is needed of a registration to write one of its values. */
interface Written {
  readonly unit?: string | undefined;
}

/** Writes a value in a few words, as a sentence or a table cell can hold it. */
export function useValueText(): (value: JsonValue | undefined, registration?: Written) => string {
  const { t, number } = useText();
  return useCallback(
    (value, registration) => {
      if (value === null || value === undefined) return t('value.unset');
      if (typeof value === 'boolean') return t(value ? 'value.on' : 'value.off');
      if (typeof value === 'number') {
        return registration?.unit === undefined || value === 1
          ? number(value)
          : `${number(value)} ${registration.unit}`;
      }
      if (typeof value === 'string') return value === '' ? t('value.empty') : value;
      if (Array.isArray(value)) {
        const texts = value.filter((entry) => typeof entry === 'string');
        const short = texts.length === value.length && texts.join(', ').length <= 60;
        if (value.length === 0) return t('value.empty');
        return short ? texts.join(', ') : t('value.entries', { count: value.length });
      }
      return JSON.stringify(value);
    },
    [t, number],
  );
}
