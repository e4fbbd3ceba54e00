import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readHostFacts } from '../agent/host.ts';
import { buildCommand, type Machine, newMachine } from './built-command.ts';
import { machinePlaces } from './install/machine-files.ts';

/*
 * The built commands `mooring install` and `mooring uninstall`, and what the real agent makes of what they write.
 */
let machine: Machine;
beforeAll(buildCommand);
beforeEach(() => {
  machine = newMachine();
});
afterEach(() => machine.remove());

const POLICY = "{'analyticsEnabled': {'locked': true, 'value': false}}";
const HUB = 'https://hub.example.com';
const status = () => JSON.parse(machine.mooring('status', '--json').stdout);
const set = (id: string, value: string) => machine.json('settings', 'set', id, value);

/** Asks until the answer is the wanted one; the test's own time limit ends it otherwise. */
async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setImmediate(resolve));
}

test.each(['mooring', 'docker'])(
  'the agent enforces what was installed, until it is removed: layout %s',
  (layout) => {
    const installed = machine.mooring('install', `--admin-settings=${POLICY}`, '--layout', layout);
    expect(installed).toMatchObject({ status: 0, stderr: '' });
    expect(installed.stdout).toContain('admin-settings.json');
    expect(installed.stdout).toContain('test paths');
    expect(status()).toMatchObject({ layout });
    expect(set('analyticsEnabled', 'true')).toMatchObject({
      status: 4,
      body: { error: { code: 'setting_locked' } },
    });
    expect(machine.json('uninstall')).toMatchObject({ status: 0, body: { testPaths: true } });
    expect(set('analyticsEnabled', 'true').status).toBe(0);
    expect(status()).toMatchObject({ layout: 'mooring' });
    expect(machine.mooring('uninstall').stdout).toContain('nothing to remove');
  },
);

test('an agent that runs raises the wall, and lowers it again', async () => {
  await machine.startAgent();
  const enforced = () => status().account.signIn;
  expect(enforced()).toMatchObject({ enforced: false });
  expect(machine.mooring('install', '--allowed-org=acme;labs').status).toBe(0);
  await until(() => enforced().enforced);
  expect(enforced()).toMatchObject({ method: 'registry.json', organizations: ['acme', 'labs'] });
  expect(set('theme', 'dark')).toMatchObject({ status: 3, body: { error: { code: 'sign_in_required' } } });
  expect(machine.mooring('uninstall').status).toBe(0);
  await until(() => !enforced().enforced);
  expect(set('theme', 'dark').status).toBe(0);
});

test('the hub that was installed is the one to sign in to when none is named', () => {
  const login = () => machine.json('login', '--device').body;
  expect(login()).toMatchObject({ error: { code: 'bad_request' } });
  expect(machine.mooring('install', '--hub', 'http://127.0.0.1:9').status).toBe(0);
  expect(login()).toMatchObject({ error: { code: 'unreachable' } });
});

test('refusals: a quote too many, an error in the policy, a changed file', () => {
  const quote = machine.json('install', "--admin-settings={'a'': 1}");
  expect(quote).toMatchObject({ status: 2, body: { error: { code: 'bad_request' } } });
  expect(machine.mooring('install', "--admin-settings={'cpus': {'value': 'x'}}")).toMatchObject({
    status: 2,
  });
  expect(machine.mooring('install', '--allowed-org=acme', "'}").status).toBe(2);
  expect(machine.mooring('install', `--admin-settings=${POLICY}`).status).toBe(0);
  writeFileSync(status().paths.adminSettings, '{}');
  expect(machine.json('uninstall')).toMatchObject({ status: 1, body: { error: { code: 'conflict' } } });
  expect(machine.mooring('uninstall', '--force').status).toBe(0);
});

test('of an option that is given twice neither value is taken', () => {
  const twice = machine.json('install', '--allowed-org=acme', '--allowed-org', 'labs');
  const message = expect.stringContaining('given twice');
  expect(twice).toMatchObject({ status: 2, body: { error: { code: 'bad_request', message } } });
});

test('a package decides what was laid down for it, also after its first run was killed, but not again', () => {
  const { options, manifest } = machinePlaces({ ...readHostFacts(), testRoot: machine.root }, 'mooring');
  mkdirSync(dirname(options), { recursive: true });
  writeFileSync(options, '--allowed-org=acme\n');
  const run = () => machine.mooring('install', '--from-installer', 'package');
  // What a run notes before it writes the first file.
  const pending = { layout: 'mooring', files: { 'sign-in': '0'.repeat(64) } };
  writeFileSync(manifest, JSON.stringify({ version: 1, layout: 'mooring', files: {}, folders: [], pending }));
  expect(run()).toMatchObject({ status: 0, stdout: expect.stringContaining('wrote') });
  expect(status().account.signIn).toMatchObject({ organizations: ['acme'] });
  writeFileSync(options, '--allowed-org=labs\n');
  expect(run()).toMatchObject({ status: 0, stdout: expect.stringContaining('Nothing was decided') });
  // A later run that is killed leaves what was decided before it.
  const decided = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify({ ...decided, pending }));
  expect(run()).toMatchObject({ status: 0, stdout: expect.stringContaining('Nothing was decided') });
  expect(status().account.signIn).toMatchObject({ organizations: ['acme'] });
});

test('many at once take turns: each is whole, and what stands in the end is known as ours', async () => {
  const organizations = ['one', 'two', 'three', 'four', 'five', 'six'];
  const ended = await Promise.all(
    organizations.map((name) =>
      machine.begin('install', `--admin-settings=${POLICY}`, '--allowed-org', name, '--hub', HUB),
    ),
  );
  for (const each of ended) expect(each).toMatchObject({ status: 0, stderr: '' });
  // A file that the noted sums do not fit would be refused as somebody else's.
  expect(machine.json('install', '--allowed-org=last')).toMatchObject({ status: 0 });
  const removed = await Promise.all([machine.begin('uninstall'), machine.begin('uninstall')]);
  expect(removed.map(({ status }) => status)).toEqual([0, 0]);
  expect(removed.filter(({ stdout }) => stdout.includes('nothing to remove'))).toHaveLength(1);
  // The second may have come in the moment in which an empty folder of the first cannot go.
  const left = globSync(['etc/**', 'usr/**'], { cwd: machine.root, withFileTypes: true });
  expect(left.filter((entry) => !entry.isDirectory())).toEqual([]);
});
