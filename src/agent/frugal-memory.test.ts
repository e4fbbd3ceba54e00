import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { frugalMemory } from './frugal-memory.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('after work it collects a few times, and then leaves the machine alone', () => {
  let collected = 0;
  const memory = frugalMemory(() => {
    collected += 1;
  });
  vi.advanceTimersByTime(60_000);
  expect(collected).toBe(0);
  for (let call = 0; call < 1000; call += 1) memory.worked();
  vi.advanceTimersByTime(499);
  expect(collected).toBe(0);
  vi.advanceTimersByTime(1);
  expect(collected).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(collected).toBe(3);
});

test('constant work is not collected after more often than every few seconds', () => {
  let collected = 0;
  const memory = frugalMemory(() => {
    collected += 1;
  });
  for (let at = 0; at < 60_000; at += 100) {
    memory.worked();
    vi.advanceTimersByTime(100);
  }
  expect(collected).toBeGreaterThan(5);
  expect(collected).toBeLessThanOrEqual(12);
  memory.stop();
  vi.advanceTimersByTime(60_000);
  expect(collected).toBeLessThanOrEqual(12);
});
