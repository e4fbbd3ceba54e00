import { describe, expect, test } from 'vitest';
import { createWriting } from './writing.ts';

describe('writing of a locale', () => {
  test('spans are counted in their largest unit, towards the past and the future', () => {
    const { relative } = createWriting('en');
    const now = Date.parse('2026-03-10T12:00:00Z');
    const at = (ms: number) => relative(new Date(now + ms).toISOString(), now);
    expect(at(-30_000)).toBeNull();
    expect(at(-61_000)).toBe('1 minute ago');
    expect(at(-119 * 60_000)).toBe('1 hour ago');
    expect(at(3 * 86_400_000)).toBe('in 3 days');
    expect(at(59 * 60_000 + 20_000)).toBe('in 59 minutes');
    expect(at(3_598_000)).toBe('in 1 hour');
    expect(at(86_398_000)).toBe('tomorrow');
    expect(at(-3_598_000)).toBe('59 minutes ago');
    expect(at(90 * 86_400_000 - 60_000)).toBe('in 90 days');
    expect(at(130 * 86_400_000)).toBe('in 4 months');
    expect(at(-400 * 86_400_000)).toBe('last year');
  });

  test('the exact time has seconds and a zone', () => {
    expect(createWriting('en').exactTime('2026-03-10T12:34:56Z')).toMatch(/2026.*:\d\d:56.*[A-Z]/);
  });

  test('what is no instant is shown as it is', () => {
    const { dateTime, exactTime, relative } = createWriting('en');
    expect(dateTime('soon')).toBe('soon');
    expect(exactTime('soon')).toBe('soon');
    expect(relative('soon', 0)).toBe('soon');
  });
});
