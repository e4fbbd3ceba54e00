import { expect, test } from 'vitest';
import { z } from 'zod';
import { changeRequestSchema } from '../../shared/contracts/local-api.ts';
import { answerJson, BODY_LIMIT, readJsonBody } from './http-answer.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const read = (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = JSON_TYPE,
  limit?: number,
) => readJsonBody(new Request('http://agent/', { method: 'POST', body, headers }), z.unknown(), limit);
const change = (body: string) =>
  readJsonBody(
    new Request('http://agent/', { method: 'PATCH', body, headers: JSON_TYPE }),
    changeRequestSchema,
  );

test.each<[string, string | Uint8Array<ArrayBuffer>, Record<string, string>, code: string]>([
  ['no type', '{}', {}, 'unsupported_media_type'],
  ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 'unsupported_media_type'],
  ['text', '{}', { 'content-type': 'text/plain' }, 'unsupported_media_type'],
  ['nothing', '', JSON_TYPE, 'bad_request'],
  ['half of it', '{"set":', JSON_TYPE, 'bad_request'],
  ['no UTF-8', Uint8Array.from([0x22, 0xff, 0x22]), JSON_TYPE, 'bad_request'],
  ['lists in lists, as deep as they go', '['.repeat(1e6) + ']'.repeat(1e6), JSON_TYPE, 'bad_request'],
  ['objects in objects', '{"a":'.repeat(5e5) + 1 + '}'.repeat(5e5), JSON_TYPE, 'bad_request'],
  ['more than the limit', ' '.repeat(BODY_LIMIT + 1), JSON_TYPE, 'too_large'],
])('refuses %s', async (_, body, headers, code) => {
  expect(await read(body, headers)).toMatchObject({ ok: false, refusal: { code } });
});

test('a limit of its own holds for what announces its length and for what does not', async () => {
  expect(await read('[1,2,3]', JSON_TYPE, 7)).toEqual({ ok: true, body: [1, 2, 3] });
  expect(await read('[1,2,34]', JSON_TYPE, 7)).toMatchObject({ refusal: { code: 'too_large' } });
  const announced = { ...JSON_TYPE, 'content-length': '8' };
  expect(await read('[1]', announced, 7)).toMatchObject({ refusal: { code: 'too_large' } });
});

test.each<[string, object]>([
  [
    'more settings than there could be',
    { set: Object.fromEntries(Array.from({ length: 2e5 }, (_, at) => [at, 1])) },
  ],
  ['more resets than there could be', { reset: Array.from({ length: 1e6 }, () => 1) }],
  ['a name of megabytes', { set: { ['x'.repeat(3e6)]: 1 } }],
  ['a name of megabytes to reset', { reset: ['x'.repeat(3e6)] }],
])('a change with %s is refused in a sentence, whatever it holds', async (_, body) => {
  const answer = await change(JSON.stringify(body));
  expect(answer).toMatchObject({ ok: false, refusal: { code: 'bad_request' } });
  expect(JSON.stringify(answer).length).toBeLessThan(400);
});

test('a change of everything at once is none of these', async () => {
  const set = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`setting${at}`, [at]]));
  const reset = Object.keys(set);
  expect(await change(JSON.stringify({ set, reset }))).toEqual({ ok: true, body: { set, reset } });
});

test('no answer is kept or guessed at by whatever carries it', () => {
  expect(Object.fromEntries(answerJson({}).headers)).toEqual({
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
});
