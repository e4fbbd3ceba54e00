import { describe, expect, test } from 'vitest';
import { maskUserInfo } from './mask-user-info.ts';

describe('hiding the user-info of addresses', () => {
  test.each([
    ['http://user:secret@proxy:3128', 'http://***@proxy:3128'],
    ['http://user:se@cret@proxy', 'http://***@proxy'],
    ['"https://u@a/" and "socks5:\\\\u:p@b"', '"https://***@a/" and "socks5:\\\\***@b"'],
    ['http://proxy:3128/path@home', 'http://proxy:3128/path@home'],
    ['me@example.com', 'me@example.com'],
  ])('%s', (text, masked) => {
    expect(maskUserInfo(text)).toBe(masked);
  });

  test('a text of a megabyte without an address costs no more than reading it', () => {
    const text = 'x'.repeat(1_000_000);
    expect(maskUserInfo(text)).toBe(text);
    const many = 'a://'.repeat(250_000);
    expect(maskUserInfo(many)).toBe(many);
  });
});
