import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

/*
 * The workflows run elsewhere. What can be held here: that they can be read, and that everything of ours that they
 * run is there.
 */
const root = join(import.meta.dirname, '..');
const folder = join(root, '.github', 'workflows');

const workflow = z.object({
  permissions: z.object({ contents: z.literal('read') }),
  jobs: z.record(
    z.string(),
    z.object({
      'runs-on': z.string(),
      'timeout-minutes': z.number(),
      strategy: z.object({ matrix: z.looseObject({}) }),
      steps: z.array(
        z.object({
          name: z.string().optional(),
          run: z.string().optional(),
          uses: z.string().optional(),
          with: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
  ),
});
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

const jobsOf = (file: string) =>
  Object.values(workflow.parse(parse(readFileSync(join(folder, file), 'utf8'))).jobs);
const stepsOf = (file: string) => jobsOf(file).flatMap(({ steps }) => steps);
const commandsOf = (file: string) => stepsOf(file).flatMap(({ run }) => (run === undefined ? [] : [run]));

test.each(readdirSync(folder))('%s runs what is there', (file) => {
  const text = commandsOf(file).join('\n');
  const run = [...text.matchAll(/npm (?:run )?(?!ci\b|run\b)([\w:-]+)/g)].map(([, name = '']) => name);
  expect(run.length).toBeGreaterThan(0);
  for (const name of run) expect(Object.keys(scripts)).toContain(name);
  for (const [, path = ''] of text.matchAll(/\bnode ([\w./-]+)/g))
    expect(existsSync(join(root, path)), path).toBe(true);
  for (const [, name = ''] of text.matchAll(/\bnpx ([\w-]+)/g))
    expect(existsSync(join(root, 'node_modules', '.bin', name)), name).toBe(true);
});

test('secrets reach a step by its environment, never by its text', () => {
  for (const file of readdirSync(folder)) expect(commandsOf(file).join('\n')).not.toContain('secrets.');
});

test.each(readdirSync(folder))('%s uses actions by the very commit, and keeps no right to write', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const used = stepsOf(file).flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
  expect(used.length).toBeGreaterThan(1);
  for (const each of used) {
    expect(each).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    // For whoever reads it, and for what keeps it current.
    expect(text).toMatch(new RegExp(`${each} # v\\d+\\.\\d+\\.\\d+\\n`));
  }
  const checkouts = stepsOf(file).filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
  expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual([false]);
});

test('both run on all three systems', () => {
  for (const file of readdirSync(folder)) {
    const machines = JSON.stringify(jobsOf(file).map(({ strategy }) => strategy.matrix));
    for (const system of ['ubuntu', 'macos', 'windows']) expect(machines, file).toContain(system);
  }
});

/** What the step that makes the installers does with what it is given, a function in the place of electron-builder. */
async function installersMade(environment: Readonly<Record<string, string>>) {
  const run = stepsOf('installers.yml').find(({ name }) => name === 'Installers')?.run ?? '';
  const noted =
    'npx() { echo "words $*"; env | grep -E "^(CSC_[A-Z_]+|APPLE_API_(KEY|KEY_ID|ISSUER))=" | sed "s/^/sees /"; }';
  const { stdout } = await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', `${noted}\n${run}`], {
    env: { PATH: process.env.PATH, RUNNER_TEMP: tmpdir(), TARGET: '--mac --arm64', ...environment },
  });
  const lines = stdout.trim().split('\n');
  const after = (word: string) =>
    lines.flatMap((line) => (line.startsWith(word) ? [line.slice(word.length)] : []));
  return { words: after('words ').join(), sees: after('sees ').toSorted() };
}

test('without secrets nothing is signed by anybody, and the installers are made all the same', async () => {
  for (const system of ['Linux', 'Windows'])
    expect(await installersMade({ RUNNER_OS: system })).toEqual({
      words: 'electron-builder --mac --arm64 --publish never',
      sees: ['CSC_IDENTITY_AUTO_DISCOVERY=false'],
    });
  expect(await installersMade({ RUNNER_OS: 'macOS', WINDOWS_CERTIFICATE: 'w' })).toEqual({
    words: 'electron-builder --mac --arm64 --publish never -c.mac.identity=- -c.mac.hardenedRuntime=false',
    sees: ['CSC_IDENTITY_AUTO_DISCOVERY=false'],
  });
});

test('with secrets each system is signed with its own, and the feed has a folder for each processor', async () => {
  const secrets = { MAC_CERTIFICATE: 'm', MAC_CERTIFICATE_PASSWORD: 'mp', WINDOWS_CERTIFICATE: 'w' };
  const windows = await installersMade({
    RUNNER_OS: 'Windows',
    WINDOWS_CERTIFICATE_PASSWORD: 'wp',
    ...secrets,
  });
  expect(windows.sees).toEqual(['CSC_KEY_PASSWORD=wp', 'CSC_LINK=w']);
  const folder = await mkdtemp(join(tmpdir(), 'mooring-runner-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const mac = await installersMade({
    ...{ RUNNER_OS: 'macOS', RUNNER_TEMP: folder, ...secrets, APPLE_API_KEY_TEXT: 'secret' },
    ...{ APPLE_API_KEY_ID_VALUE: 'id', APPLE_API_ISSUER_VALUE: 'issuer' },
    ...{ MAC_INSTALLER_CERTIFICATE: 'i', MAC_INSTALLER_CERTIFICATE_PASSWORD: 'ip' },
    UPDATE_FEED: 'https://updates.example.com/mooring/',
  });
  expect(mac.sees).toEqual([
    'APPLE_API_ISSUER=issuer',
    expect.stringMatching(/^APPLE_API_KEY=.*apple-api-key\.p8$/),
    'APPLE_API_KEY_ID=id',
    'CSC_INSTALLER_KEY_PASSWORD=ip',
    'CSC_INSTALLER_LINK=i',
    'CSC_KEY_PASSWORD=mp',
    'CSC_LINK=m',
  ]);
  // The names in braces are electron-builder's to fill in.
  expect(mac.words).toMatch(
    / -c\.publish\.url=https:\/\/updates\.example\.com\/mooring\/\$\{os\}\/\$\{arch\}$/,
  );
  expect(mac.words).not.toContain('identity');
  await expect(installersMade({ RUNNER_OS: 'Linux', UPDATE_FEED: 'http://x' })).rejects.toThrow();
});

test('one machine packs for one processor: its own command goes into the app', () => {
  const { matrix } = jobsOf('installers.yml')[0]?.strategy ?? { matrix: {} };
  const { include } = z
    .object({ include: z.array(z.object({ system: z.string(), for: z.string() })) })
    .parse(matrix);
  const macs = include.filter((each) => each.system.startsWith('macos'));
  expect(macs.map((each) => each.for)).toEqual(['--mac --x64', '--mac --arm64']);
  const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
  expect(JSON.stringify(parse(text, { merge: true }))).not.toContain('"arch"');
});
