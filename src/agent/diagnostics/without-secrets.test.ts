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
      MYSQL_PWD: 'p',
      GITHUB_PAT: 'p',
      DB_PASS: 'p',
      proxyPass: 'p',
      'x-auth': 'p',
      device_code: 'p',
      SAMLResponse: 'p',
      accountKey: 'p',
      bypass: 'host',
      path: '/x',
      code: 'lenient_json',
      key: 'proxy.mode',
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
    MYSQL_PWD: '[removed]',
    GITHUB_PAT: '[removed]',
    DB_PASS: '[removed]',
    proxyPass: '[removed]',
    'x-auth': '[removed]',
    device_code: '[removed]',
    SAMLResponse: '[removed]',
    accountKey: '[removed]',
    bypass: 'host',
    path: '/x',
    code: 'lenient_json',
    key: 'proxy.mode',
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
  ['auth: YWRhOmh1bnRlcjI=', 'auth: [removed]'],
  ['//registry.example/:_auth=YWRhOmh1bnRlcjI=', '//registry.example/:_auth=[removed]'],
  ['curl -u ada:hunter2 x, --proxy-user ACME\\ada:hunter2', 'curl -u [removed] x, --proxy-user [removed]'],
  ['device_code=abc&user_code=BDWP-HQPK', 'device_code=[removed]&user_code=[removed]'],
  ['?ticket=abc&x-amz-signature=abc&page=2', '?ticket=[removed]&x-amz-signature=[removed]&page=2'],
  ['DB_PASS=hunter2 MYSQL_PWD=hunter2 PATH=/bin', 'DB_PASS=[removed] MYSQL_PWD=[removed] PATH=/bin'],
  ['through ACME\\ada:hunter2@proxy:3128', 'through ***@proxy:3128'],
  ['{"http":"http:\\/\\/ada:hunter2@proxy"}', '{"http":"http:\\/\\/***@proxy"}'],
  ['-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQ\n-----END PGP PRIVATE KEY BLOCK-----', '[removed]'],
  ['ya29.a0AfH6SMBabcdef sk-proj-abcdef012345 glptt-abcdef012345', '[removed] [removed] [removed]'],
  ['a task-list-of-things, the path: /x, bypass=host', 'a task-list-of-things, the path: /x, bypass=host'],
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
  expect(withoutSecrets('/srv/ada and /srv/adamant/x', '/srv/ada')).toBe('~ and /srv/adamant/x');
});

test('a long text takes no long time', () => {
  const text = `${'eyJ'.repeat(50_000)}${'?token'.repeat(50_000)}${'-----BEGIN '.repeat(10_000)}${'"password":"'.repeat(20_000)}${'C:\\Users\\'.repeat(20_000)}${'--token '.repeat(20_000)}`;
  expect(typeof withoutSecrets(text)).toBe('string');
});
