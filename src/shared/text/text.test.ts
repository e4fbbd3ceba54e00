import { describe, expect, test } from 'vitest';
import { en } from './en.ts';
import { createTranslate } from './text.ts';

const source = {
  plain: 'Apply',
  named: 'Managed by {label}',
  twice: '{name}, {name} and {count}',
  counted: { one: '{count} setting', other: '{count} settings' },
} as const;

describe('texts', () => {
  const t = createTranslate(source, 'en');

  test('placeholders are filled, numbers as the locale writes them', () => {
    expect(t('plain')).toBe('Apply');
    expect(t('named', { label: 'Acme' })).toBe('Managed by Acme');
    expect(t('twice', { name: 'a', count: 1234 })).toBe('a, a and 1,234');
    expect(createTranslate(source, 'de')('twice', { name: 'a', count: 1234 })).toBe('a, a and 1.234');
  });

  test('the plural form follows the count', () => {
    expect(t('counted', { count: 1 })).toBe('1 setting');
    expect(t('counted', { count: 0 })).toBe('0 settings');
    expect(t('counted', { count: 2 })).toBe('2 settings');
  });

  test('a value is text: its own braces are not filled, and no pattern of replacement acts', () => {
    expect(t('twice', { name: '{count}$&$1', count: 2 })).toBe('{count}$&$1, {count}$&$1 and 2');
  });

  test('a translation is used where it has the key, with its own plural rules; else the source', () => {
    const polish = createTranslate(source, 'pl', {
      counted: {
        one: '{count} ustawienie',
        few: '{count} ustawienia',
        many: '{count} ustawień',
        other: '{count} ustawienia',
      },
    });
    expect(polish('counted', { count: 3 })).toBe('3 ustawienia');
    expect(polish('counted', { count: 5 })).toBe('5 ustawień');
    expect(polish('plain')).toBe('Apply');
  });

  test('names of the prototype are no texts', () => {
    const loose: (key: string) => string = createTranslate<Record<string, string>>({}, 'en');
    expect(loose('constructor')).toBe('constructor');
    expect(loose('__proto__')).toBe('__proto__');
  });

  test('every text of the catalog is written out and every plural has its common form', () => {
    const messages = Object.entries<string | { other: string }>(en);
    expect(messages.length).toBeGreaterThan(200);
    for (const [key, message] of messages) {
      const text = typeof message === 'string' ? message : message.other;
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe('');
    }
  });
});
