import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, expect, it, vi } from 'vitest';
import { TextProvider } from './text-context.tsx';
import { When } from './When.tsx';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

const written = (at: string | null, exact = false, past = false, within = false) => {
  const shown = { locale: 'en-GB', ...{ children: createElement(When, { at, exact, past, within }) } };
  return renderToStaticMarkup(createElement(TextProvider, shown));
};

it('says how long ago, the exact local time on hover, or the other way round', () => {
  vi.stubEnv('TZ', 'Asia/Tokyo');
  vi.useFakeTimers({ now: Date.parse('2026-03-02T22:30:00Z') });
  const at = '2026-03-02T20:30:00Z';
  expect(written(at)).toBe(`<time dateTime="${at}" title="3 Mar 2026, 05:30:00 GMT+9">2 hours ago</time>`);
  expect(written(at, true)).toBe(
    `<time dateTime="${at}" title="2 hours ago">3 Mar 2026, 05:30:00 GMT+9</time>`,
  );
  expect(written(null)).toBe('<span>Never</span>');
});

it('says of what was done here that the clock was set back, where it lies ahead', () => {
  vi.stubEnv('TZ', 'UTC');
  vi.useFakeTimers({ now: Date.parse('2026-03-02T22:30:00Z') });
  const written29 = written('2026-03-31T22:30:00Z', false, true);
  expect(written29).toContain('>Before the clock was set back<');
  expect(written29).toContain('title="31 Mar 2026, 22:30:00 UTC"');
  expect(written('2026-03-31T22:30:00Z')).toContain('>In 29 days<');
  expect(written('2026-03-02T22:30:30Z', false, true)).toContain('>Just now<');
  expect(written('2026-03-02T20:30:00Z', false, true)).toContain('>2 hours ago<');
});

it('begins with a capital where it stands alone, and small within a sentence', () => {
  vi.stubEnv('TZ', 'UTC');
  vi.useFakeTimers({ now: Date.parse('2026-03-02T22:30:00Z') });
  expect(written('2026-03-03T22:30:00Z')).toContain('>Tomorrow<');
  expect(written('2026-03-03T22:30:00Z', false, false, true)).toContain('>tomorrow<');
  expect(written('2026-03-02T22:30:00Z', false, false, true)).toContain('>just now<');
});
