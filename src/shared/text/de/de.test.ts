import { expect, test } from 'vitest';
import { spokenDe } from '../agent/de/spoken.ts';
import { spoken } from '../agent/spoken.ts';
import { en } from '../en.ts';
import { desktop } from '../en-desktop.ts';
import { finished } from '../en-finished.ts';
import type { Message } from '../text.ts';
import { de } from './de.ts';
import { desktopDe } from './desktop.ts';
import { finishedDe } from './finished.ts';

const forms = (message: Message): readonly (readonly [string, string])[] =>
  typeof message === 'string' ? [['', message]] : Object.entries(message);
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test.each([
  ['the pages', en, de],
  ['the desktop', desktop, desktopDe],
  ['the page after a sign-in', finished, finishedDe],
  ['the agent’s sentences', spoken.sentences, spokenDe.sentences],
  ['the agent’s phrases', spoken.phrases, spokenDe.phrases],
] as const)(
  'the translation of %s has every text, plural forms where there are any, and the same placeholders',
  (_, english, german) => {
    expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
    const source: Readonly<Record<string, Message>> = english;
    for (const [key, message] of Object.entries<Message>(german)) {
      const original = new Map(forms(source[key] ?? ''));
      expect([key, forms(message).map(([form]) => form)]).toEqual([key, [...original.keys()]]);
      for (const [form, text] of forms(message)) {
        expect([key, placeholders(text)]).toEqual([key, placeholders(original.get(form) ?? '')]);
        expect(text.trim(), key).toBe(text);
        expect(text, key).not.toBe('');
      }
    }
  },
);
