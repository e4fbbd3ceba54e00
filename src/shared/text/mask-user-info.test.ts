import { describe, expect, test } from 'vitest';
import { maskUserInfo, maskUserInfoInPlace } from './mask-user-info.ts';

describe('hiding the user-info of addresses', () => {
  test.each([
    ['http://user:secret@proxy:3128', 'http://***@proxy:3128'],
    ['http://user:se@cret@proxy', 'http://***@proxy'],
    ['"https://u@a/" and "socks5:\\\\u:p@b"', '"https://***@a/" and "socks5:\\\\***@b"'],
    ['http://proxy:3128/path@home', 'http://proxy:3128/path@home'],
    ['me@example.com', 'me@example.com'],
    ['ada:hunter2@proxy:3128', '***@proxy:3128'],
    ['through "ada:hun/ter2@proxy" not', 'through "ada:hun/ter2@proxy" not'],
    ['proxy=ada:s%40fe@[::1]:3128, then ada:x@10.0.0.1', 'proxy=***@[::1]:3128, then ***@10.0.0.1'],
    [
      'mailto:it@acme.example and acme/app:1.2@sha256:0a',
      'mailto:it@acme.example and acme/app:1.2@sha256:0a',
    ],
    ['nginx:1.25@sha256:0a at 12:30 by bob@x', 'nginx:1.25@sha256:0a at 12:30 by bob@x'],
    ['git@github.com:acme/x', 'git@github.com:acme/x'],
    ['ACME\\ada:hunter2@proxy:3128', '***@proxy:3128'],
    ['http://ACME\\ada:hunter2@proxy:3128', 'http://***@proxy:3128'],
    ['//ada:hunter2@proxy/x', '//***@proxy/x'],
    ['{"http":"http:\\/\\/ada:hunter2@proxy\\/x"}', '{"http":"http:\\/\\/***@proxy\\/x"}'],
    [JSON.stringify('"http:\\/\\/ACME\\\\ada:hunter2@proxy"'), JSON.stringify('"http:\\/\\/***@proxy"')],
    ['http:\\/\\/proxy\\/path@home', 'http:\\/\\/proxy\\/path@home'],
  ])('%s', (text, masked) => {
    expect(maskUserInfo(text)).toBe(masked);
    const inPlace = maskUserInfoInPlace(text);
    expect([inPlace.length, inPlace.replace(/\*+@/g, '***@')]).toEqual([text.length, masked]);
  });

  test('a text of a megabyte without an address costs no more than reading it', () => {
    const text = 'x'.repeat(1_000_000);
    expect(maskUserInfo(text)).toBe(text);
    const many = 'a://'.repeat(250_000);
    expect(maskUserInfo(many)).toBe(many);
    for (const each of ['a\\', '//a\\b', ':\\/', 'a.b-c'])
      expect(maskUserInfo(each.repeat(200_000))).toBe(each.repeat(200_000));
    const near = 'a:b '.repeat(250_000);
    expect(maskUserInfo(near)).toBe(near);
  });
});
