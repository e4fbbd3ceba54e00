import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { openTerminal } from '../terminal/terminal.ts';
import { runPolicyCommand } from './policy-command.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-policy-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface RunOptions {
  readonly input?: Iterable<string | Uint8Array>;
  readonly columns?: number;
  readonly environment?: Record<string, string>;
}

async function run(words: readonly string[], { input = [], columns, environment = {} }: RunOptions = {}) {
  const stdout = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const stderr = new PassThrough();
  const written = { out: '', err: '' };
  stdout.setEncoding('utf8').on('data', (text: string) => {
    written.out += text;
  });
  stderr.setEncoding('utf8').on('data', (text: string) => {
    written.err += text;
  });
  const terminal = openTerminal({ stdout, stderr, environment });
  const exit = await runPolicyCommand(words, {
    terminal,
    stdin: Readable.from(input),
    stdout,
    platform: 'linux',
  });
  await terminal.flush();
  return { exit, ...written, json: (): unknown => JSON.parse(written.out) };
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
  );
  return path;
}

describe('policy resolve', () => {
  it('answers by the contract', async () => {
    const { exit, out, json } = await run([
      'resolve',
      '--platform',
      'windows',
      '--profile',
      file('profile.json', { overrideProxyHTTP: 'http://p:1' }),
      '--user-policy',
      file('user.json', { theme: { locked: true, value: 'dark' } }),
      '--org-policy',
      file('org.json', { theme: { locked: true, value: 'light' }, cpus: { value: 3 } }),
      '--admin-settings',
      file('admin.json', '{"containersProxy":{"locked":true,"exclude":"a,b"},"cpus":{"value":2}}'),
      '--choices',
      file('choices.json', { cpus: 4, theme: 'system' }),
      '--json',
    ]);
    expect(exit).toBe(0);
    expect(Object.keys(JSON.parse(out))).toEqual(['platform', 'settings', 'store', 'problems']);
    const answer = json() as { settings: Record<string, unknown>; store: Record<string, unknown> };
    expect(answer).toMatchObject({
      platform: 'windows',
      settings: {
        theme: {
          value: 'dark',
          locked: true,
          source: 'user-policy',
          contributions: [
            { source: 'user-policy', value: 'dark', locked: true, outcome: 'wins' },
            { source: 'organization-policy', value: 'light', locked: true, outcome: 'ignored' },
            { source: 'user', value: 'system', locked: false, outcome: 'ignored' },
          ],
        },
        cpus: {
          value: 4,
          locked: false,
          source: 'user',
          contributions: [
            { source: 'organization-policy', value: 3, outcome: 'ignored' },
            { source: 'admin-settings', value: 2, outcome: 'overridden' },
            { source: 'user', value: 4, outcome: 'wins' },
          ],
        },
        proxyMode: { value: 'manual', locked: true, source: 'configuration-profile' },
        memoryMiB: { value: null, locked: false, source: 'default', contributions: [] },
      },
      store: {
        ThemeSource: 'dark',
        Cpus: 4,
        ContainersOverrideProxyExclude: 'a,b',
        OverrideProxyHTTP: 'http://p:1',
      },
      problems: [
        {
          severity: 'warning',
          source: 'admin-settings',
          path: 'containersProxy.exclude',
          code: 'legacy_shape',
        },
      ],
    });
    expect(Object.keys(answer.settings)).toEqual(desktopCatalog.onPlatform.windows.map(({ id }) => id));
    expect(answer.store).not.toHaveProperty('MemoryMiB');
    for (const setting of Object.values(answer.settings)) {
      expect(Object.keys(setting as object)).toEqual(['value', 'locked', 'source', 'contributions']);
    }
  });

  it('resolves nothing at all for this platform', async () => {
    const { exit, json } = await run(['resolve', '--json']);
    expect(exit).toBe(0);
    expect(json()).toMatchObject({ platform: 'linux', problems: [] });
  });

  it.each(['--user-policy', '--org-policy', '--admin-settings', '--profile'])(
    'prints the answer all the same where the source of %s is broken, says frozen, and exits 2',
    async (option) => {
      const args = [
        'resolve',
        option,
        file('broken.json', '{"cpus":'),
        '--choices',
        file('one.json', { cpus: 4 }),
        '--json',
      ];
      const { exit, json } = await run(args);
      expect(exit).toBe(2);
      expect(json()).toMatchObject({
        frozen: true,
        settings: { cpus: { value: 4, source: 'user' } },
        problems: [{ severity: 'error', code: 'malformed', line: 1 }],
      });
      const words = await run(args.slice(0, -1));
      expect(words.exit).toBe(2);
      expect(words.out).toContain('[malformed]');
      expect(words.err).toContain('freeze');
    },
  );

  it('takes a value that cannot be used for a problem, not for a broken source', async () => {
    const { exit, json } = await run([
      'resolve',
      '--user-policy',
      file('bad.json', { cpus: { value: 'x' } }),
      '--json',
    ]);
    expect(exit).toBe(0);
    expect(json()).not.toHaveProperty('frozen');
    expect(json()).toMatchObject({
      problems: [{ severity: 'error', code: 'wrong_type', path: 'cpus.value' }],
    });
  });

  it('exits 2 where the choices cannot be read', async () => {
    const { exit, json } = await run(['resolve', '--choices', file('bad-choices.json', '[]'), '--json']);
    expect(exit).toBe(2);
    expect(json()).toMatchObject({ problems: [{ source: 'choices', code: 'wrong_type' }] });
  });

  it('reads bytes: a mark is dropped, UTF-16 is refused', async () => {
    const marked = await run(['resolve', '--user-policy', file('bom.json', '\ufeff{}'), '--json']);
    expect(marked.json()).toMatchObject({ problems: [{ code: 'byte_order_mark' }] });
    const wide = await run([
      'resolve',
      '--user-policy',
      file('utf16.json', Buffer.from('\ufeff{}', 'utf16le')),
      '--json',
    ]);
    expect([wide.exit, wide.json()]).toMatchObject([2, { problems: [{ code: 'encoding' }] }]);
  });

  it.each<[string, string[], RegExp]>([
    ['a file that is not there', ['--profile', '/no/such/file'], /no such file/],
    ['a folder', ['--profile', tmpdir()], /it is a folder/],
    ['an unknown platform', ['--platform', 'beos'], /no platform beos/],
    ['an unknown option', ['--user', 'x'], /--user/],
    ['a word too many', ['more'], /more/],
    ['an option without its value', ['--profile'], /--profile/],
    ['files beside lines', ['--ndjson', '--profile', 'x'], /do not go together/],
  ])('refuses %s with exit code 2, in words and as JSON', async (_, args, message) => {
    const words = await run(['resolve', ...args]);
    expect(words).toMatchObject({ exit: 2, out: '' });
    expect(words.err).toMatch(message);
    expect(words.err).not.toMatch(/\n\s+at /);
    const json = await run(['resolve', ...args, '--json']);
    expect([json.exit, json.json()]).toMatchObject([
      2,
      { error: { code: 'bad_request', message: expect.stringMatching(message) } },
    ]);
  });

  it('fits its table into the terminal, without colour where none is wanted', async () => {
    const path = file('wide.json', {
      proxy: { locked: true, http: `http://joe:s3cret@${'p'.repeat(300)}`, embeddedPac: 'a\n\u001b[31mb' },
    });
    const colourless = await run(['resolve', '--user-policy', path], {
      columns: 80,
      environment: { NO_COLOR: '1' },
    });
    const table = colourless.out.split('\n\n')[0] ?? '';
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(colourless.out).not.toContain('\u001b');
    expect(colourless.out).not.toContain('s3cret');
    const coloured = await run(['resolve', '--user-policy', path], { columns: 80 });
    expect(coloured.out).toContain('\u001b[33mlocked');
    expect(coloured.out).not.toContain('\u001b[31mb');
  });
});

describe('policy resolve --ndjson', () => {
  const answers = (out: string): Record<string, unknown>[] =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const lines = (...cases: unknown[]) => [
    cases.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n'),
  ];

  it('answers each case on its line, in order', async () => {
    const cases = Array.from({ length: 300 }, (_, i) => ({
      platform: (['mac', 'windows', 'linux'] as const)[i % 3],
      userPolicy: { swapMiB: { locked: i % 2 === 0, value: i } },
    }));
    const { exit, out } = await run(['resolve', '--ndjson'], { input: lines(...cases) });
    expect(exit).toBe(0);
    const all = answers(out);
    expect(all).toHaveLength(300);
    for (const [i, answer] of all.entries()) {
      expect(answer).toMatchObject({
        platform: cases[i]?.platform,
        settings: { swapMiB: { value: i, locked: i % 2 === 0 } },
      });
    }
  });

  it('takes documents as values and as texts, with the same result', async () => {
    const parts = {
      userPolicy: { cpus: { locked: true, value: 2 } },
      orgPolicy: { theme: { value: 'dark' } },
      adminSettings: { proxy: { mode: 'manual' } },
      profile: { settings: { memoryMiB: { value: 600 } } },
      choices: { swapMiB: 3 },
    };
    const texts = Object.fromEntries(
      Object.entries(parts).map(([key, value]) => [key, JSON.stringify(value)]),
    );
    const { out } = await run(['resolve', '--ndjson'], {
      input: lines({ platform: 'mac', ...parts }, { platform: 'mac', ...texts }),
    });
    const [first, second] = answers(out);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ store: { Cpus: 2, MemoryMiB: 600, ProxyHTTPMode: 'manual', SwapMiB: 3 } });
    expect(first).toMatchObject({
      settings: { theme: { value: 'system', contributions: [{ outcome: 'ignored' }] } },
    });
  });

  it('answers a bad line with an error, goes on, and exits 2', async () => {
    const { exit, out } = await run(['resolve', '--ndjson'], {
      input: lines('{"platform":"mac"}', 'nonsense', '[]', '{"platform":"beos"}', '', '{"platform":"linux"}'),
    });
    expect(exit).toBe(2);
    expect(answers(out)).toMatchObject([
      { platform: 'mac' },
      { error: { code: 'bad_request' }, line: 2 },
      { error: { code: 'bad_request' }, line: 3 },
      { error: { code: 'bad_request' }, line: 4 },
      { error: { code: 'bad_request' }, line: 5 },
      { platform: 'linux' },
    ]);
  });

  it('warns of a key that no case has, and names the nearest', async () => {
    const { exit, out } = await run(['resolve', '--ndjson'], {
      input: lines({ platform: 'linux', userPolcy: {} }, '{"__proto__":1,"note":"x","userPolicy":{"x":1}}'),
    });
    expect(exit).toBe(0);
    const [typo, more] = answers(out);
    const warning = { severity: 'warning', source: 'case', code: 'unknown_key' };
    expect(typo?.problems).toEqual([
      { ...warning, path: 'userPolcy', message: expect.stringContaining('Did you mean "userPolicy"?') },
    ]);
    expect(more?.problems).toMatchObject([
      { ...warning, path: '__proto__' },
      { ...warning, path: 'note' },
      { source: 'user-policy', path: 'x' },
    ]);
  });

  it('freezes a case whose source is broken, and exits 2', async () => {
    const { exit, out } = await run(['resolve', '--ndjson'], {
      input: lines({ userPolicy: '{' }, { userPolicy: null }),
    });
    expect(exit).toBe(2);
    expect(answers(out)).toMatchObject([{ frozen: true }, { platform: 'linux', problems: [] }]);
    expect(answers(out)[1]).not.toHaveProperty('frozen');
  });

  it('reads lines however they are cut into chunks, and characters that are no line ends', async () => {
    const text = `${JSON.stringify({ choices: { proxyHttp: 'ä\u2028😀' } })}\r\n${JSON.stringify({ choices: { swapMiB: 9 } })}`;
    const bytes = Buffer.from(text);
    const { out } = await run(['resolve', '--ndjson'], {
      input: Array.from(bytes, (byte) => Uint8Array.of(byte)),
    });
    expect(answers(out)).toMatchObject([
      { store: { OverrideProxyHTTP: 'ä\u2028😀' } },
      { store: { SwapMiB: 9 } },
    ]);
  });

  it('refuses a line that is no UTF-8', async () => {
    const { out } = await run(['resolve', '--ndjson'], { input: [Uint8Array.of(0x22, 0xff, 0x22, 0x0a)] });
    expect(answers(out)).toMatchObject([{ error: { message: 'The line is not UTF-8 text.' } }]);
  });

  it('never reads ahead of its reader', async () => {
    let taken = 0;
    async function* cases() {
      for (; taken < 5000; taken += 1) yield '{"platform":"linux"}\n';
    }
    const stdout = new PassThrough({ highWaterMark: 1024 });
    const terminal = openTerminal({ stdout, stderr: new PassThrough(), environment: {} });
    const running = runPolicyCommand(['resolve', '--ndjson'], {
      terminal,
      stdin: cases(),
      stdout,
      platform: 'linux',
    });
    stdout.once('readable', () => stdout.destroy());
    expect(await running).toBe(0);
    expect(taken).toBeLessThan(50);
  });
});

describe('policy validate', () => {
  it('prints every problem with its line and how to mend it, and exits 2 on an error', async () => {
    const path = file('doc.json', '{\n  "cpus": { "value": 0 },\n  "analyticEnabled": 1\n}');
    const { exit, out } = await run(['validate', path]);
    expect(exit).toBe(2);
    expect(out).toContain('error [invalid_value]');
    expect(out).toContain('Line 2, column 13');
    expect(out).toContain('Did you mean "analyticsEnabled"?');
    expect(out).toContain('1 error, 1 warning');
    const json = await run(['validate', path, '--json']);
    expect([json.exit, json.json()]).toMatchObject([
      2,
      {
        file: path,
        valid: false,
        problems: [
          { code: 'invalid_value', line: 2, column: 13 },
          { code: 'unknown_key', line: 3 },
        ],
      },
    ]);
  });

  it('exits 0 on warnings alone, and says what the document decides', async () => {
    const { exit, out } = await run([
      'validate',
      file('warn.json', '{"cpus":{"locked":true,"value":2},"x":1}'),
    ]);
    expect(exit).toBe(0);
    expect(out).toContain('It decides 1 setting, 1 locked.');
  });

  it('reads standard input', async () => {
    expect(await run(['validate', '-'], { input: ['{"cpus":', '4}'] })).toMatchObject({ exit: 2 });
    expect(await run(['validate', '-'], { input: ['{}'] })).toMatchObject({ exit: 0, err: '' });
  });

  it.each<[string, () => string[], RegExp]>([
    ['no file', () => [], /missing/],
    ['two files', () => ['a', 'b'], /Only one/],
    ['a file that is not there', () => ['/no/such/file'], /no such file/],
    [
      'a folder',
      () => {
        const path = join(folder, 'a-folder.json');
        mkdirSync(path);
        return [path];
      },
      /it is a folder/,
    ],
    ['an unknown option', () => ['--strict'], /--strict/],
  ])('refuses %s', async (_, args, message) => {
    const { exit, err } = await run(['validate', ...args()]);
    expect(exit).toBe(2);
    expect(err).toMatch(message);
  });
});

describe('policy schema', () => {
  it('prints the schema', async () => {
    const { exit, json } = await run(['schema']);
    expect(exit).toBe(0);
    expect(json()).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
    expect((await run(['schema', 'x'])).exit).toBe(2);
  });
});

describe('everything else', () => {
  it.each([[[]], [['import']], [['resolve', '--help']], [['validate', '-h']]])(
    '%j is left to the command tree',
    async (words) => {
      expect((await run(words)).exit).toBeNull();
    },
  );
});
