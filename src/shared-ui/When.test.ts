import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, expect, it, vi } from 'vitest';
import { TextProvider } from './text-context.tsx';
import { When } from './When.tsx';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

const written = (at: string | null, exact = false) => {
  const shown = { locale: 'en-GB', ...{ children: createElement(When, { at, exact }) } };
  return renderToStaticMarkup(createElement(TextProvider, shown));
};

it('says how long ago, the exact local time on hover, or the other way round', () => {
  vi.stubEnv('TZ', 'Asia/Tokyo');
  vi.useFakeTimers({ now: Date.parse('2026-03-02T22:30:00Z') });
  const at = '2026-03-02T20:30:00Z';
  expect(written(at)).toBe(`<time dateTime="${at}" title="3 Mar 2026, 05:30">2 hours ago</time>`);
  expect(written(at, true)).toBe(`<time dateTime="${at}" title="2 hours ago">3 Mar 2026, 05:30</time>`);
  expect(written(null)).toBe('<span>Never</span>');
});
