import { expect, test } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

test('names that say what they hold', () => {
  expect(
    withoutSecrets({
      password: 'hunter2',
      refresh_token: 'abc',
      nested: [{ Authorization: 'Bearer x', apiKey: 'k', 'x-api-key': 'k', clientSecret: 's', count: 3 }],
      tokens: ['a', { of: 'b' }],
      auths: { 'registry.example': { auth: 'YWRhOng=' } },
      pwd: 'p',
      author: 'Ada',
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
    tokens: ['[removed]', { of: '[removed]' }],
    auths: { 'registry.example': { auth: '[removed]' } },
    pwd: '[removed]',
    author: 'Ada',
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
  ['said ada:hunter2@proxy.example:3128', 'said ***@proxy.example:3128'],
  ['Proxy-Authorization: Digest username="ada"', 'Proxy-Authorization: [removed]"'],
  ['Set-Cookie: sid=abc; Path=/\nnext', 'Set-Cookie: [removed]\nnext'],
  ['{"password":"hunter two","a":1}', '{"password":"[removed]","a":1}'],
  ['{"auth": "YWRhOmh1bnRlcjI="}', '{"auth": "[removed]"}'],
  [
    JSON.stringify(JSON.stringify({ token: 'a "b" c', kept: 1 })),
    '"{\\"token\\":\\"[removed]\\",\\"kept\\":1}"',
  ],
  ['ran with --client-secret abc --verbose', 'ran with --client-secret [removed] --verbose'],
  ['password=hunter2&x', 'password=[removed]&x'],
  ['sent mscim_0123456789abcdef and ghp_0123456789abcdef', 'sent [removed] and [removed]'],
  ['/home/ada.lovelace/x, /Users/ada and /Users/Shared/y', '/home/***/x, /Users/*** and /Users/Shared/y'],
  ['/Library/Managed Preferences/ada/dev.x.plist', '/Library/Managed Preferences/***/dev.x.plist'],
  ['/Library/Managed Preferences/dev.x.plist', '/Library/Managed Preferences/dev.x.plist'],
  ['C:\\Users\\Ada Lovelace\\AppData and c:/users/ada', 'C:\\Users\\***\\AppData and c:/users/***'],
  ['The password is wrong, and no token was sent', 'The password is wrong, and no token was sent'],
  ['Nothing here: a basic fact, a bearer of news', 'Nothing here: a basic fact, a bearer of news'],
])('%j becomes %j', (text, cleaned) => {
  expect(withoutSecrets(text)).toBe(cleaned);
  expect(withoutSecrets({ [text]: 1 })).toEqual({ [cleaned]: 1 });
});

test('a home that stands elsewhere is not named either', () => {
  expect(withoutSecrets({ '/srv/people/ada/x': ['/srv/people/ada'] }, '/srv/people/ada')).toEqual({
    '~/x': ['~'],
  });
  expect(withoutSecrets('/a/b', '/')).toBe('/a/b');
});

test('a long text takes no long time', () => {
  const text = `${'eyJ'.repeat(50_000)}${'?token'.repeat(50_000)}${'-----BEGIN '.repeat(10_000)}${'"password":"'.repeat(20_000)}${'C:\\Users\\'.repeat(20_000)}${'--token '.repeat(20_000)}`;
  expect(typeof withoutSecrets(text)).toBe('string');
});
