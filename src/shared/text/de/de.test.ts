import { expect, test } from 'vitest';
import { en } from '../en.ts';
import type { Message } from '../text.ts';
import { de } from './de.ts';

const forms = (message: Message): readonly (readonly [string, string])[] =>
  typeof message === 'string' ? [['', message]] : Object.entries(message);
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test('the translation has every text, plural forms where there are any, and the same placeholders', () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  const source: Readonly<Record<string, Message>> = en;
  for (const [key, message] of Object.entries<Message>(de)) {
    const original = new Map(forms(source[key] ?? ''));
    expect([key, forms(message).map(([form]) => form)]).toEqual([key, [...original.keys()]]);
    for (const [form, text] of forms(message)) {
      expect([key, placeholders(text)]).toEqual([key, placeholders(original.get(form) ?? '')]);
      expect(text.trim(), key).toBe(text);
      expect(text, key).not.toBe('');
    }
  }
});
