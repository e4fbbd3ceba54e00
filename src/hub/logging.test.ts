import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLogger, pathOnly } from './logging.ts';

function capture() {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
  return { lines, log: createLogger({ level: 'debug', destination }) };
}

it('writes no secret, wherever in a logged object it stands', () => {
  const { lines, log } = capture();
  const secret = 'hunter2hunter2';
  log.info(
    { password: secret, token: secret, refresh_token: secret, SAMLResponse: secret, cookie: secret },
    'flat',
  );
  log.info({ body: { password: secret, client_secret: secret, code: secret } }, 'nested');
  log.info(
    { headers: { authorization: `Bearer ${secret}`, cookie: secret, 'set-cookie': [secret] } },
    'headers',
  );
  log.info({ req: { method: 'GET', url: `/setup?token=${secret}#${secret}`, ip: '192.0.2.1' } }, 'request');
  expect(lines).toHaveLength(4);
  expect(lines.join('')).not.toContain(secret);
  expect(JSON.parse(lines[3] ?? '')).toMatchObject({
    req: { method: 'GET', path: '/setup', from: '192.0.2.1' },
  });
});

it('keeps one-time secrets in paths out of the log', () => {
  expect(pathOnly('/setup/abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG')).toBe('/setup/[redacted]');
  expect(pathOnly('/v1/orgs/acme?cursor=x')).toBe('/v1/orgs/acme');
  expect(pathOnly('/interaction/xyz/login')).toBe('/interaction/[redacted]/login');
});
