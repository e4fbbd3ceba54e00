import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { answers } from './answers.ts';

const listening = async (server: Server, ...to: readonly [string] | readonly [number, string]) => {
  await new Promise<void>((resolve) =>
    to.length === 1 ? server.listen(to[0], resolve) : server.listen(to[0], to[1], resolve),
  );
  onTestFinished(() => void server.close());
};

test.runIf(process.platform !== 'win32')(
  'a socket answers while somebody listens, and not by being there',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-display-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'X1');
    await listening(createServer(), path);
    const paths = [join(folder, 'X0'), path];
    expect(await answers({ kind: 'socket', paths })).toBe(true);
    // What a display that was killed leaves behind.
    writeFileSync(join(folder, 'X0'), '');
    expect(await answers({ kind: 'socket', paths: [join(folder, 'X0')] })).toBe(false);
  },
);

test('a port of another machine answers while somebody listens', async () => {
  const server = createServer();
  await listening(server, 0, '127.0.0.1');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens at a port');
  const { port } = address;
  expect(await answers({ kind: 'tcp', host: '127.0.0.1', port })).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  expect(await answers({ kind: 'tcp', host: '127.0.0.1', port })).toBe(false);
  expect(await answers({ kind: 'given' })).toBe(true);
});
