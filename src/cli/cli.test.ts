import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { REFUSALS, type RefusalCode } from '../shared/contracts/refusal.ts';
import { accountAnswer, run, signedOut, statusAnswer } from './cli-test-host.ts';
import { COMMANDS } from './command-tree/command-tree.ts';

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'mooring-cli-'));
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe('what a person can mistype', () => {
  test.each([
    [['settigns', 'list'], /Unknown command 'settigns'/, /Did you mean settings\?/],
    [['settings', 'lst'], /Unknown command 'lst'/, /Did you mean list\?/],
    [['status', '--verbos'], /Unknown option '--verbos'/, /Did you mean --verbose\?/],
    [['settings', 'get'], /Missing required argument 'id'/, /--help/],
    [['org', 'use', 'a', 'b'], /Too many arguments/, /--help/],
    [['bogus'], /Unknown command 'bogus'/, /^"mooring help"/m],
    [['__proto__'], /Unknown command '__proto__'/, /mooring help/],
    [['constructor', 'x'], /Unknown command 'constructor'/, /mooring help/],
  ])('%j is refused with exit 2 and a hint', async (words, message, help) => {
    const plain = await run(words);
    expect(plain.exit).toBe(2);
    expect(plain.stdout).toBe('');
    expect(plain.stderr).toMatch(message);
    expect(plain.stderr).toMatch(help);
    const json = await run([...words, '--json']);
    expect(json.exit).toBe(2);
    const { error } = JSON.parse(json.stdout);
    expect(error.code).toBe('bad_request');
    expect(error.message).toMatch(message);
  });

  test('a group alone shows its commands, an option without its value says so', async () => {
    const group = await run(['settings']);
    expect([group.exit, group.stdout]).toEqual([2, '']);
    expect(group.stderr).toMatch(/needs a command of the group[\s\S]*explain \[options\] <id>/);
    const option = await run(['login', '--hub']);
    expect([option.exit, option.stdout]).toEqual([2, '']);
    expect(option.stderr).toMatch(/'--hub <URL>' argument missing/);
  });

  test('help goes to standard output and ends with 0', async () => {
    for (const words of [[], ['--help'], ['help'], ['settings', '--help'], ['help', 'settings']]) {
      const { exit, stdout, stderr } = await run(words);
      expect([words, exit, stderr]).toEqual([words, 0, '']);
      expect(stdout).toContain('Usage: mooring');
    }
  });

  test('every command has help with --json in it', async () => {
    expect(COMMANDS.length).toBeGreaterThan(15);
    for (const { path, summary } of COMMANDS) {
      const { exit, stdout } = await run([...path, '--help']);
      expect([path, exit]).toEqual([path, 0]);
      expect(stdout.replace(/\s+/g, ' ')).toContain(summary);
      expect(stdout).toContain('--json');
    }
  });

  test('--version prints the version alone', async () => {
    const { exit, stdout } = await run(['--version']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const json = await run(['--version', '--json']);
    expect([json.exit, JSON.parse(json.stdout)]).toEqual([0, { version: stdout.trim() }]);
  });
});

describe('refusals', () => {
  const codes = Object.keys(REFUSALS) as RefusalCode[];
  test('the table has every code', () => expect(codes.length).toBe(31));

  test.each(codes)('%s reaches a person and a program with its own exit code', async (code) => {
    const { status, exit } = REFUSALS[code];
    const error = {
      code,
      message: 'What happened.',
      help: 'What to do.',
      details: { source: 'user-policy' },
    };
    const routes = { status: () => ({ status, body: { error } }) };
    const plain = await run(['status'], { routes });
    expect(plain.exit).toBe(exit);
    expect(plain.stdout).toBe('');
    expect(plain.stderr).toBe(`error [${code}] What happened.\nWhat to do.\n`);
    const json = await run(['status', '--json'], { routes });
    expect(json.exit).toBe(exit);
    expect(json.stderr).toBe('');
    expect(JSON.parse(json.stdout)).toEqual({ error });
    expect([plain.closed, json.closed]).toEqual([1, 1]);
  });

  test('an agent that cannot be opened is refused like anything else', async () => {
    const refusal = { code: 'storage_failed', message: 'The disk is full.' } as const;
    const { exit, stderr, closed } = await run(['status'], { open: async () => ({ ok: false, refusal }) });
    expect([exit, stderr, closed]).toEqual([1, 'error [storage_failed] The disk is full.\n', 0]);
  });

  test.each([
    ['HTML', '<html>'],
    ['an empty body', ''],
    ['another shape', '{"version":1}'],
    ['null', 'null'],
  ])('an answer that is %s is a fault, told without a stack', async (_, body) => {
    for (const status of [200, 500]) {
      const { exit, stderr } = await run(['status'], { routes: { status: () => ({ status, body }) } });
      expect(exit).toBe(1);
      expect(stderr).toMatch(/another version/);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  test('an agent that goes away meanwhile', async () => {
    const { exit, stderr } = await run(['status'], {
      open: async () => ({
        ok: true,
        mode: 'agent',
        close: async () => {},
        fetch: async () => {
          throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        },
      }),
    });
    expect(exit).toBe(5);
    expect(stderr).toMatch(/stopped answering/);
  });
});

describe('a fault of ours', () => {
  const broken = async (): Promise<never> => {
    throw new Error('the inner reason');
  };

  test('prints a reference and where the log is; the log has the rest', async () => {
    const root = folder();
    const plain = await run(['status'], { open: broken, root });
    expect(plain.exit).toBe(1);
    expect(plain.stdout).toBe('');
    expect(plain.stderr).not.toMatch(/inner reason|\n\s+at /);
    const reference = /\(reference ([0-9a-f]{8})\)/.exec(plain.stderr)?.[1] ?? 'none';
    const log = / in (\S+mooring\.log)/.exec(plain.stderr)?.[1] ?? 'none';
    expect(log.startsWith(root)).toBe(true);
    expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({
      reference,
      fault: expect.stringContaining('the inner reason'),
    });

    const json = await run(['status', '--json'], { open: broken, root });
    expect(json.stderr).toBe('');
    expect(JSON.parse(json.stdout).error).toMatchObject({ code: 'internal', details: { log } });
  });

  test('says so when even the log cannot be written', async () => {
    const root = join(folder(), 'a file');
    writeFileSync(root, '');
    const { exit, stderr } = await run(['status'], { open: broken, root });
    expect(exit).toBe(1);
    expect(stderr).toMatch(/reference [0-9a-f]{8}/);
    expect(stderr).toMatch(/could not be written to/);
  });
});

describe('Ctrl-C', () => {
  test('while the agent is opened or asked: ends quietly with the exit code of the signal', async () => {
    for (const at of ['open', 'fetch'] as const) {
      const controller = new AbortController();
      const interrupt = (): Promise<never> => {
        controller.abort({ signal: 'SIGTERM', exit: 143 });
        return new Promise(() => {});
      };
      let closed = 0;
      const close = async (): Promise<void> => {
        closed += 1;
      };
      const opened = { ok: true, mode: 'in-process', close, fetch: interrupt } as const;
      const open = at === 'open' ? interrupt : async () => opened;
      const { exit, stdout, stderr } = await run(['status'], { open, signal: controller.signal });
      expect([at, exit, stdout, stderr, closed]).toEqual([at, 143, '', '', at === 'open' ? 0 : 1]);
    }
  });
});

describe('account', () => {
  test('whoami and org list: signed in, and signed out with exit 3', async () => {
    const inside = { account: () => ({ body: accountAnswer() }) };
    expect((await run(['whoami'], { routes: inside })).stdout).toBe(
      'Ada Lovelace <ada@acme.example> at https://hub.example.com\nOrganization: acme\nDevice: engine (d1)\n',
    );
    expect((await run(['org', 'list'], { routes: inside })).stdout).toBe(
      '   NAME  SHOWN AS   ROLE    TEAMS\n*  acme  Acme Inc.  member  backend\n   labs  Labs       owner\n',
    );
    const outside = { account: () => ({ body: signedOut }) };
    for (const words of [['whoami'], ['org', 'list']]) {
      const { exit, stderr } = await run(words, { routes: outside });
      expect([exit, stderr]).toEqual([
        3,
        'error [sign_in_required] You are not signed in.\nSign in with "mooring login".\n',
      ]);
    }
  });

  test('names from a hub cannot steer the terminal', async () => {
    const hostile = '\u001b[2J\u001b]0;owned\u0007\u202eacme';
    const account = accountAnswer();
    const routes = {
      account: () => ({
        body: { ...account, account: { ...account.account, name: hostile, organization: hostile } },
      }),
    };
    const { stdout } = await run(['whoami'], { routes, columns: 80 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(stdout).toContain('\\u001b[2J');
  });

  test('org use sends the name and refuses as the agent does', async () => {
    const { exit, seen, stdout } = await run(['org', 'use', 'labs'], {
      routes: { useOrganization: () => ({ body: accountAnswer() }) },
    });
    expect(exit).toBe(0);
    expect(seen).toEqual([{ route: 'useOrganization', id: '', query: '', body: { organization: 'labs' } }]);
    expect(stdout).toContain('acme');
  });

  test('logout says what stays where sign-in is enforced', async () => {
    const signIn = { ...signedOut.signIn, enforced: true, satisfied: false };
    const { stdout } = await run(['logout'], {
      routes: { logout: () => ({ body: { ...signedOut, signIn } }) },
    });
    expect(stdout).toMatch(/Signed out/);
    expect(stdout).toMatch(/last policy stays in force/);
  });
});

describe('sync', () => {
  const outcome = (name: string, error?: unknown) => ({
    sync: () => ({
      body: { outcome: name, message: `It is ${name}.`, policy: null, ...(error ? { error } : {}) },
    }),
  });

  test.each([
    ['updated', undefined, 0],
    ['unchanged', undefined, 0],
    ['failed', undefined, 5],
    ['failed', { code: 'rate_limited', message: 'Too often.' }, 1],
    ['refused', { code: 'rolled_back', message: 'The policy that arrived was refused.' }, 5],
    ['signed-out', undefined, 3],
  ])('%s %j ends with %i', async (name, error, exit) => {
    const plain = await run(['sync'], { routes: outcome(name, error) });
    expect(plain.exit).toBe(exit);
    expect(exit === 0 ? plain.stdout : plain.stderr).toContain(error?.message ?? `It is ${name}.`);
    if (error !== undefined) expect(plain.stderr).toContain(`error [${error.code}]`);
    const json = await run(['sync', '--json'], { routes: outcome(name, error) });
    expect(JSON.parse(json.stdout).outcome).toBe(name);
    expect('error' in JSON.parse(json.stdout)).toBe(exit !== 0);
  });
});

describe('status', () => {
  test('says what is in force, and that paths are test paths', async () => {
    const healthy = await run(['status'], { routes: { status: () => ({ body: statusAnswer() }) } });
    expect(healthy.stdout).toContain('version 1.2.3, process 4242');
    expect(healthy.stdout).toContain('2 locked, 1 suggested');
    expect(healthy.stdout).not.toContain('test paths');
    const body = statusAnswer({
      testPaths: true,
      frozen: 'policy_stale',
      problems: [
        {
          severity: 'error',
          source: 'admin-settings',
          path: 'proxy.exclude',
          code: 'malformed',
          message: 'Broken.',
        },
      ],
    });
    const moved = await run(['status'], { routes: { status: () => ({ body }) }, mode: 'in-process' });
    expect(moved.stdout).toContain('test paths');
    expect(moved.stdout).toContain('none runs');
    expect(moved.stdout).toMatch(/frozen.*mooring sync/);
    expect(moved.stdout).toMatch(/error\s+admin-settings\s+proxy\.exclude\s+malformed\s+Broken\./);
    expect(moved.exit).toBe(0);
  });

  test('--verbose adds every source, the precedence and the repairs', async () => {
    const details = {
      precedence: [{ source: 'configuration-profile', present: false, label: 'Configuration profile' }],
      sources: [
        {
          source: 'admin-settings',
          state: 'broken',
          location: '/usr/share/mooring-desktop/admin-settings.json',
          usingLastGood: true,
          lastAttempt: null,
          lastSuccess: null,
          message: 'Not JSON.',
          problems: [],
        },
      ],
      policy: null,
      problems: [],
      drift: [{ at: '2026-01-02T03:04:05Z', kind: 'value', setting: 'theme', wrong: 'pink', right: 'dark' }],
    };
    const routes = { status: () => ({ body: statusAnswer() }), policy: () => ({ body: details }) };
    const { stdout } = await run(['status', '--verbose'], { routes });
    expect(stdout).toMatch(/broken, last good in force/);
    expect(stdout).toMatch(/theme\s+pink\s+dark/);
    const json = await run(['status', '--verbose', '--json'], { routes });
    expect(JSON.parse(json.stdout)).toMatchObject({ version: '1.2.3', running: true, details });
  });
});

describe('doctor', () => {
  test.each([
    ['ok', 0],
    ['warning', 0],
    ['skipped', 0],
    ['failed', 1],
  ])('a check that is %s ends with %i', async (result, exit) => {
    const checks = [
      { id: 'k', title: 'Keychain', result, finding: 'None.', meaning: 'Memory only.', mend: 'Start one.' },
    ];
    const ran = await run(['doctor'], { routes: { doctor: () => ({ body: { checks } }) } });
    expect(ran.exit).toBe(exit);
    expect(ran.stdout).toContain('Keychain: None.');
    expect(ran.stdout.includes('To mend it: Start one.')).toBe(result !== 'ok');
  });
});
