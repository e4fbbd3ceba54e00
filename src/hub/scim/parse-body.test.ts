import { expect, it } from 'vitest';
import { parseBody, readText } from './parse-body.ts';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

it('reads JSON, with or without a mark of the byte order, and nothing as nothing', () => {
  expect(parseBody('{"a":1}')).toEqual({ a: 1 });
  expect(parseBody('\uFEFF{"a":1}')).toEqual({ a: 1 });
  expect([parseBody(undefined), parseBody(''), parseBody(null)]).toEqual([undefined, undefined, undefined]);
});

it('reads UTF-8 and nothing that would have to be guessed at', () => {
  expect(readText(Buffer.from('{"name":"Zoë 😀"}'))).toBe('{"name":"Zoë 😀"}');
  expect(readText(Buffer.alloc(0))).toBe('');
  for (const bytes of [Buffer.from('Zoë', 'latin1'), Buffer.from([0xc0, 0xaf]), Buffer.from([0xf0, 0x9f])])
    expect(() => readText(bytes)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidSyntax' }),
    );
});

it('counts how deep it is, not how many brackets it has', () => {
  const siblings = `[${Array.from({ length: 500 }, () => '{"a":[]}').join(',')}]`;
  expect(parseBody(siblings)).toHaveLength(500);
  expect(parseBody(nested(64))).toBeDefined();
  for (const text of [
    '['.repeat(100),
    '{'.repeat(100),
    `\\"${'['.repeat(100)}`,
    `\\\\\\"${'{'.repeat(100)}`,
  ]) {
    expect(parseBody(`{"a":"${text}"}`)).toBeDefined();
    expect(parseBody(`{"${text}":"\\\\","b":[]}`)).toBeDefined();
  }
  for (const text of [nested(65), `{"a":"\\\\","b":${nested(64)}}`, '{"a":'.repeat(100)])
    expect(() => parseBody(text)).toThrow(
      expect.objectContaining({
        status: 400,
        scimType: 'invalidSyntax',
        message: 'The body is nested more than 64 deep.',
      }),
    );
});

it.each(['x', '{', '{"a":1}}', "{'a':1}", '{"a":NaN}', '[1,]', '\uFEFF\uFEFF{}'])('refuses %s', (text) => {
  expect(() => parseBody(text)).toThrow(
    expect.objectContaining({
      status: 400,
      scimType: 'invalidSyntax',
      message: expect.stringMatching(/^The body is not JSON/),
    }),
  );
});
