import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { exitWhenFlushed, openTerminal } from './terminal.ts';

function failing(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: write`), { code })),
  });
}

test.each([
  ['ENOSPC', 0, 1, 'ENOSPC'],
  ['ENOSPC', 4, 4, 'ENOSPC'],
  ['EPIPE', 0, 0, ''],
])('output that meets %s turns exit code %i into %i', async (code, exit, expected, said) => {
  const stderr = new PassThrough();
  const terminal = openTerminal({ stdout: failing(code), stderr, environment: {} });
  terminal.out('an answer');
  expect(await exitWhenFlushed(terminal, exit)).toBe(expected);
  const text = String(stderr.read() ?? '');
  expect([text.includes('[storage_failed]'), text.includes(said)]).toEqual([said !== '', true]);
});
