import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';

/*
 * The keychain of Linux for real: gnome-keyring in a D-Bus session of its own, with a home of its own, so that nobody's
 * keyring is touched. Where those programs are missing the tests are reported as not run; `.ci/run` installs them.
 */

const NEEDED = ['dbus-run-session', 'gnome-keyring-daemon'];
const PASSWORD = 'a password for tests';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mooring-keyring-'));
  for (const folder of ['run', 'files']) mkdirSync(join(home, folder), { mode: 0o700 });
});
afterEach(() => rm(home, { recursive: true, force: true }));

function requirePrograms(test: TestContext): void {
  const missing = NEEDED.filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  test.skip(process.platform !== 'linux', 'the keyring of gnome is only on Linux');
  test.skip(
    missing.length > 0,
    `not installed here: ${missing.join(', ')} (apt-get install gnome-keyring dbus)`,
  );
}

type Keyring = 'unlocked' | 'locked' | 'none';

/** Runs keychain-session.ts with this keyring and answers the last line it printed. */
async function run(keyring: Keyring, task: 'round-trip' | 'session'): Promise<unknown> {
  const script = [
    process.execPath,
    join(import.meta.dirname, 'fixtures', 'keychain-session.ts'),
    task,
    join(home, 'files'),
  ];
  const daemon = {
    unlocked: `printf %s "$KEYRING_PASSWORD" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; exec "$@"`,
    locked: `gnome-keyring-daemon --start --components=secrets >/dev/null; exec "$@"`,
    none: 'exec "$@"',
  }[keyring];
  const command =
    keyring === 'none' ? script : ['dbus-run-session', '--', 'sh', '-c', daemon, 'sh', ...script];
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_RUNTIME_DIR: join(home, 'run'),
      KEYRING_PASSWORD: PASSWORD,
      NODE_NO_WARNINGS: '1',
    },
  });
  let output = '';
  let complaints = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    complaints += String(chunk);
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`ended with ${status}: ${complaints}`);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

/** Every file beneath the home, as text: a secret must stand in none of them. */
function everyFile(): string {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe('the keychain of Linux', () => {
  it('stores, reads, replaces and deletes for real', async (test) => {
    requirePrograms(test);
    const nothing = { ok: true, secret: null };
    expect(await run('unlocked', 'round-trip')).toEqual({
      before: nothing,
      written: nothing,
      read: { ok: true, secret: 'first' },
      other: nothing,
      rewritten: nothing,
      readAgain: { ok: true, secret: 'second' },
      removed: nothing,
      after: nothing,
      removedTwice: nothing,
    });
    expect(everyFile()).not.toMatch(/first|second/);
  });

  it('carries a session over a restart, and is empty after a sign-out', async (test) => {
    requirePrograms(test);
    expect(await run('unlocked', 'session')).toEqual({
      signedIn: { state: 'signed-in', sessionStorage: 'keychain' },
      relaunched: { state: 'signed-in', token: true },
      left: { ok: true, secret: null },
    });
    expect(everyFile()).not.toMatch(/refresh_?token/i);
  });

  it('locked, leaves the session in memory and says so', async (test) => {
    requirePrograms(test);
    // The first run makes the keyring with its password; the second one finds it locked.
    await run('unlocked', 'round-trip');
    expect(await run('locked', 'session')).toMatchObject({
      signedIn: { state: 'signed-in', sessionStorage: 'memory', reason: expect.stringContaining('locked') },
      relaunched: { state: 'sign-in-again', token: false },
    });
    expect(everyFile()).not.toMatch(/refresh_?token/i);
  });

  it('not there at all, leaves the session in memory and says so', async (test) => {
    test.skip(process.platform !== 'linux', 'only Linux can be without a keychain');
    expect(await run('none', 'session')).toMatchObject({
      signedIn: {
        state: 'signed-in',
        sessionStorage: 'memory',
        reason: expect.stringMatching(/D-Bus|libsecret/),
      },
      relaunched: { state: 'sign-in-again', token: false },
      left: { ok: false },
    });
    expect(everyFile()).not.toMatch(/refresh_?token/i);
  });
});
