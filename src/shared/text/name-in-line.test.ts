import { expect, test } from 'vitest';
import { nameInLine } from './name-in-line.ts';

const FAMILY = '👩‍👩‍👧';

test.each([
  ['a plain name', 'Acme Inc.', 'Acme Inc.'],
  ['line breaks and controls', ' Design\r\n\t&\u0000\u001b Build ', 'Design & Build'],
  ['marks that turn the writing around', 'acme\u202e lived\u2066', 'acme lived'],
  ['a name from the right', 'אקמה', '\u2068אקמה\u2069'],
  ['one with marks of its own', '\u2067شركة أكمي\u200f', '\u2068شركة أكمي\u2069'],
  ['sixty characters', 'x'.repeat(60), 'x'.repeat(60)],
  ['more than sixty', 'x'.repeat(61), `${'x'.repeat(59)}…`],
  ['sixty of several parts', FAMILY.repeat(60), FAMILY.repeat(60)],
  ['more than sixty of several parts', FAMILY.repeat(61), `${FAMILY.repeat(59)}…`],
  ['a long one from the right', 'ש'.repeat(70), `\u2068${'ש'.repeat(59)}…\u2069`],
])('%s', (_, name, line) => expect(nameInLine(name)).toBe(line));
