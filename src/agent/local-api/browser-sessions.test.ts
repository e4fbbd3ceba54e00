import { expect, test } from 'vitest';
import { createBrowserSessions } from './browser-sessions.ts';

test('what a caller piles up is bounded, and the oldest goes first', () => {
  const sessions = createBrowserSessions(() => 0);
  const tokens = Array.from({ length: 17 }, () => sessions.issueToken().token);
  expect(new Set(tokens).size).toBe(17);
  const [oldest = '', ...others] = tokens;
  expect(sessions.exchange(oldest)).toBe(null);
  const bearers = others.map((token) => sessions.exchange(token) ?? '');
  while (bearers.length < 65) bearers.push(sessions.exchange(sessions.issueToken().token) ?? '');
  expect(bearers.map((bearer) => sessions.accepts(bearer))).toEqual([false, ...Array(64).fill(true)]);
});

test('secrets are long, and none is like another', () => {
  const sessions = createBrowserSessions(() => 0);
  const secrets = Array.from({ length: 16 }, () => sessions.issueToken().token);
  for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
  expect(new Set(secrets.map((secret) => secret.slice(0, 8))).size).toBe(16);
});
