import { useCallback } from 'react';
import { wordFor } from '../shared/text/catalog-words.ts';
import type { JsonValue } from './json-value.ts';
import { useText } from './text-context.tsx';

/** What is needed of a registration to write one of its values. */
interface Written {
  readonly unit?: string | undefined;
}

/** The word after a number: `cores`, and `core` after one; `null` where it counts nothing. */
export function useUnit(): (value: JsonValue | undefined, registration?: Written) => string | null {
  const { catalog } = useText();
  return useCallback(
    (value, registration) => {
      if (registration?.unit === undefined) return null;
      return value === 1
        ? wordFor(catalog.unitsOfOne, registration.unit, registration.unit)
        : registration.unit;
    },
    [catalog],
  );
}

/** Writes a value in a few words, as a sentence or a table cell can hold it. */
export function useValueText(): (value: JsonValue | undefined, registration?: Written) => string {
  const { t, number } = useText();
  const unitOf = useUnit();
  return useCallback(
    (value, registration) => {
      if (value === null || value === undefined) return t('value.unset');
      if (typeof value === 'boolean') return t(value ? 'value.on' : 'value.off');
      if (typeof value === 'number') {
        const unit = unitOf(value, registration);
        return unit === null ? number(value) : `${number(value)} ${unit}`;
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
    [t, number, unitOf],
  );
}
