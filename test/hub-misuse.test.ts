import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHubCommand } from './hub-process.ts';

/*
 * What is refused before a database is started: a person is told what is wrong and what to do, and nothing is made.
 */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-hub-misuse-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (...args: readonly string[]) =>
  runHubCommand(['start', '--port', '0', '--data', join(folder, 'data'), ...args]);

test('files that are no certificate and key are named', async () => {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  for (const file of [cert, key]) writeFileSync(file, 'not a certificate\n');
  const { code, stderr } = await start('--tls-cert', cert, '--tls-key', key);
  expect([code, stderr.includes(cert), stderr.includes('PEM files')]).toEqual([2, true, true]);
});

test.each(['--trust-proxy', '--idp-network'])('%s takes addresses and networks', async (option) => {
  const { code, stderr } = await start(option, '10.0.0.0/8', 'nonsense');
  expect([code, stderr]).toEqual([2, expect.stringContaining('such as 10.0.0.0/8')]);
});

test('--name-server takes addresses, with a port or without', async () => {
  const { code, stderr } = await start(
    '--name-server',
    '127.0.0.1:5353',
    '[::1]:5353',
    '::1',
    'ns.example:53',
  );
  expect([code, stderr]).toEqual([2, expect.stringMatching(/ns\.example:53.*such as 10\.0\.0\.53/s)]);
});

test('a backup that is missing or damaged is named, and no database is made for it', async () => {
  const [file, data] = [join(folder, 'none.backup'), join(folder, 'data')];
  const { code, stderr } = await runHubCommand(['restore', file, '--data', data]);
  const said = `error [storage_failed] ${file} cannot be used: there is no such file or folder.\nCheck the path.\n`;
  expect([code, stderr]).toEqual([1, said]);
  writeFileSync(file, 'not a backup\n');
  const damaged = await runHubCommand(['restore', file, '--data', data]);
  expect([damaged.code, damaged.stderr.includes('is damaged')]).toEqual([2, true]);
  expect(existsSync(data)).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'a place where no folder can be made is named, by every command',
  async () => {
    const nowhere = ['--data', '/proc/self/hub'];
    const runs = await Promise.all([
      runHubCommand(['start', '--port', '0', ...nowhere]),
      runHubCommand(['init', '--organization', 'acme', ...nowhere]),
    ]);
    for (const { code, stderr } of runs) {
      expect([code, stderr]).toEqual([1, expect.stringContaining('/proc/self/hub')]);
      expect(stderr).toMatch(/^error \[storage_failed\] .*\n.+\n$/);
    }
  },
);

test.each([
  [['bogus'], /Unknown command 'bogus'/],
  [['policy'], /needs a command of the group/],
  [['init'], /Required option '--organization <name>' not specified/],
  [['start', '--nonsense'], /Unknown option '--nonsense'/],
])('%j is refused with exit 2, in words and as JSON', async (words, message) => {
  const [plain, json] = await Promise.all([runHubCommand(words), runHubCommand(['--json', ...words])]);
  expect([plain.code, plain.stdout]).toEqual([2, '']);
  expect(plain.stderr).toMatch(/^error \[bad_request\] /);
  expect(plain.stderr).toMatch(message);
  expect([json.code, json.stderr]).toEqual([2, '']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    error: { code: 'bad_request', message: expect.stringMatching(message), help: expect.any(String) },
  });
});

test('without a command it shows help; --version is for people and programs', async () => {
  const [bare, text, json] = await Promise.all([
    runHubCommand([]),
    runHubCommand(['--version']),
    runHubCommand(['--version', '--json']),
  ]);
  expect([bare.code, bare.stderr]).toEqual([0, '']);
  expect(bare.stdout).toContain('Usage: mooring-hub');
  expect(text.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect([json.code, JSON.parse(json.stdout)]).toEqual([0, { version: text.stdout.trim() }]);
});

test('a command does not load what only a running hub needs', async () => {
  // Half of the time of a short command went into loading these.
  const watch = `import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });`;
  const loaded = await runHubCommand(['--version'], {
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(watch)}` },
  });
  // The packages lie within the files of the program; each is told by words of its own.
  const words = {
    fastify: 'FST_ERR_',
    'oidc-provider': 'oidc-provider',
    undici: 'UND_ERR_',
    nodemailer: 'nodemailer',
  };
  const chunks = join(import.meta.dirname, '..', 'out', 'hub', 'chunks');
  const holding = (files: readonly string[]) => {
    const texts = files.map((file) => readFileSync(file, 'utf8'));
    return Object.entries({ ...words, zod: 'invalid_union' })
      .filter(([, word]) => texts.some((text) => text.includes(word)))
      .map(([name]) => name);
  };
  const read = loaded.stderr.split('\n').filter((url) => url.startsWith(pathToFileURL(chunks).href));
  expect(holding(readdirSync(chunks).map((name) => join(chunks, name)))).toEqual([
    ...Object.keys(words),
    'zod',
  ]);
  expect(holding(read.map((url) => fileURLToPath(url)))).toEqual(['zod']);
});

test('a reader that went away is no error', async () => {
  const program = join(import.meta.dirname, '..', 'out', 'hub', 'mooring-hub.js');
  const child = spawn(process.execPath, [program, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  expect([code, stderr]).toEqual([0, '']);
});
