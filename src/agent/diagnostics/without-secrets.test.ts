import { expect, test } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

test('names that say what they hold', () => {
  expect(
    withoutSecrets({
      password: 'hunter2',
      refresh_token: 'abc',
      nested: [{ Authorization: 'Bearer x', apiKey: 'k', 'x-api-key': 'k', clientSecret: 's', count: 3 }],
      tokens: ['kept as it has no name of its own'],
      secret: '',
      cookies: 4,
    }),
  ).toEqual({
    password: '[removed]',
    refresh_token: '[removed]',
    nested: [
      {
        Authorization: '[removed]',
        apiKey: '[removed]',
        'x-api-key': '[removed]',
        clientSecret: '[removed]',
        count: 3,
      },
    ],
    tokens: ['kept as it has no name of its own'],
    secret: '',
    cookies: 4,
  });
});

const JWT = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl';

test.each([
  ['http://ada:hunter2@proxy.example:3128/x', 'http://***@proxy.example:3128/x'],
  [`asked with ${JWT} and failed`, 'asked with [removed] and failed'],
  ['Authorization: Bearer abcdef0123456789', 'Authorization: [removed]'],
  ['https://hub.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&x=1', 'https://hub.example/cb?code=[removed]&x=1'],
  ['http://127.0.0.1:1/#access_token=abc', 'http://127.0.0.1:1/#access_token=[removed]'],
  ['-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----', '[removed]'],
  ['-----BEGIN EC PRIVATE KEY-----\nMC4CAQ cut off', '[removed]'],
  ['Nothing here: a basic fact, a bearer of news', 'Nothing here: a basic fact, a bearer of news'],
])('%j becomes %j', (text, cleaned) => {
  expect(withoutSecrets(text)).toBe(cleaned);
  expect(withoutSecrets({ [text]: 1 })).toEqual({ [cleaned]: 1 });
});

test('a long text takes no long time', () => {
  const text = `${'eyJ'.repeat(50_000)}${'?token'.repeat(50_000)}${'-----BEGIN '.repeat(10_000)}`;
  expect(typeof withoutSecrets(text)).toBe('string');
});
