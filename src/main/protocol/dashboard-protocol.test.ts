import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dashboardProtocol } from './dashboard-protocol.ts';

function serve() {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-protocol-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'index.html'), 'the page');
  return dashboardProtocol(folder);
}

test('serves the page under a policy that lets it connect to nothing', async () => {
  const answer = await serve()(new Request('app://mooring/'));
  expect([answer.status, await answer.text()]).toEqual([200, 'the page']);
  expect(answer.headers.get('content-security-policy')).toContain("connect-src 'none'");
  expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
});

test.each([
  ['another host', 'app://evil/', 'GET', 404],
  ['a file above', 'app://mooring/../../etc/passwd.txt', 'GET', 404],
  ['a file above, disguised', 'app://mooring/%2e%2e%2fetc%2fpasswd.txt', 'GET', 404],
  ['a change', 'app://mooring/', 'POST', 405],
])('refuses %s, under the same policy', async (_, address, method, status) => {
  const answer = await serve()(new Request(address, { method }));
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
});
