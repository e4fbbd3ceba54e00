import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  access,
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { buildParts } from '../../scripts/build.mjs';
import { readHostFacts } from '../../src/agent/host.ts';
import { machinePlaces } from '../../src/cli/install/machine-files.ts';

/*
 * What packages run on the computer that they are installed on and removed from, beneath a folder that stands for it.
 */
const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
const builderText = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
let folder: string;

beforeAll(async () => {
  await buildParts(['cli']);
  folder = await mkdtemp(join(tmpdir(), 'mooring-packages-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('removing the package undoes what was installed; an upgrade keeps it', async () => {
  const script = join(folder, 'before-remove.sh');
  const command = join(folder, 'command');
  const text = await readFile(join(root, 'packaging', 'linux', 'before-remove.sh'), 'utf8');
  await writeFile(script, text.replaceAll('/opt/Mooring/resources/cli/mooring', command));
  await writeFile(command, `#!/bin/sh\necho "$@" >> '${command}.calls'\nexit 1\n`);
  await chmod(command, 0o755);
  for (const word of ['upgrade', '1', 'failed-upgrade']) await run('sh', [script, word]);
  await expect(access(`${command}.calls`)).rejects.toThrow();
  // The command fails here, and the package can be removed all the same.
  for (const word of ['remove', '0']) await run('sh', [script, word]);
  expect(await readFile(`${command}.calls`, 'utf8')).toBe('uninstall\nuninstall\n');
});

test('an upgrade leaves the app its name on the PATH, whichever order the package manager has; a removal does not', async () => {
  const script = join(root, 'packaging', 'linux', 'after-remove.sh');
  const tools = join(folder, 'tools');
  await mkdir(tools);
  const called = join(tools, 'calls');
  await writeFile(join(tools, 'update-alternatives'), `#!/bin/sh\necho "$@" >> '${called}'\nexit 2\n`);
  await chmod(join(tools, 'update-alternatives'), 0o755);
  const env = { PATH: `${tools}:${process.env.PATH}` };
  for (const word of ['upgrade', '1', 'failed-upgrade', 'abort-install'])
    await run('sh', [script, word], { env });
  await expect(access(called)).rejects.toThrow();
  for (const word of ['remove', '0']) await run('sh', [script, word], { env });
  const removed = '--remove mooring-desktop /opt/Mooring/mooring-desktop';
  expect(await readFile(called, 'utf8')).toBe(`${removed}\n${removed}\n`);
  for (const target of ['deb', 'rpm'])
    expect(builderText).toMatch(
      new RegExp(`^${target}:\\n(?: .*\\n)*?  afterRemove: packaging/linux/after-remove.sh`, 'm'),
    );
});

test('the package of mac links the command, and leaves a command that is not ours', async () => {
  const disk = join(folder, 'disk');
  const cli = join(disk, 'Applications', 'Mooring.app', 'Contents', 'Resources', 'cli');
  await mkdir(cli, { recursive: true });
  await cp(join(root, 'LICENSE'), join(cli, 'mooring'));
  const postinstall = join(root, 'packaging', 'mac', 'pkg-scripts', 'postinstall');
  const install = (script = postinstall, target = disk) =>
    run('sh', [script, 'Mooring.pkg', join(disk, 'Applications'), target]);
  const link = join(disk, 'usr', 'local', 'bin', 'mooring');
  for (let time = 0; time < 2; time += 1) {
    await install();
    expect(await readlink(link)).toBe(join(cli, 'mooring'));
  }
  await rm(link);
  await writeFile(link, 'somebody else');
  expect((await install()).stdout).toContain('not ours');
  expect((await lstat(link)).isFile()).toBe(true);

  // The disk that this computer runs from is the only one that is decided for.
  const machine = await decidedMachine('mac', join(cli, 'mooring'));
  const script = join(folder, 'postinstall');
  const text = await readFile(postinstall, 'utf8');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
  await writeFile(script, text.replace('${3%/}/usr/local/bin', join(disk, 'usr', 'local', 'bin')));
  await install();
  expect(await machine.organizations()).toBe(null);
  expect((await install(script, '/')).stdout).toContain('wrote');
  expect(await machine.organizations()).toEqual(['acme']);
});

/** A machine for which an administrator laid the options of packages down, and the command that `command` becomes. */
async function decidedMachine(name: string, command: string) {
  const machine = join(folder, `${name}-machine`);
  const { paths, places, options } = machinePlaces({ ...readHostFacts(), testRoot: machine }, 'mooring');
  const lay = async (text: string): Promise<void> => {
    await mkdir(dirname(options), { recursive: true });
    await writeFile(options, text);
  };
  await lay('# Decided for everybody\n--allowed-org="acme"\n--hub=https://hub.example.com\n');
  const cli = join(root, 'out', 'cli', 'mooring.js');
  await mkdir(dirname(command), { recursive: true });
  await writeFile(command, `#!/bin/sh\nMOORING_ROOT='${machine}' exec '${process.execPath}' '${cli}' "$@"\n`);
  await chmod(command, 0o755);
  const organizations = async (): Promise<unknown> => {
    const text = await readFile(places['sign-in'], 'utf8').catch(() => null);
    return text === null ? null : z.object({ allowedOrgs: z.unknown() }).parse(JSON.parse(text)).allowedOrgs;
  };
  return { paths, lay, organizations };
}

test.runIf(process.platform === 'linux')(
  'the packages of Linux write what was laid down for the computer, once, and refuse what is wrong',
  async () => {
    const disk = join(folder, 'linux-disk');
    const home = join(disk, 'opt', 'Mooring');
    const cli = join(home, 'resources', 'cli', 'mooring');
    const machine = await decidedMachine('linux', cli);
    await mkdir(join(disk, 'usr', 'bin'), { recursive: true });
    await writeFile(join(home, 'chrome-sandbox'), '');
    const script = join(folder, 'after-install.sh');
    const text = await readFile(join(root, 'packaging', 'linux', 'after-install.sh'), 'utf8');
    await writeFile(
      script,
      text.replaceAll('/opt/Mooring', home).replaceAll('/usr/bin/$app', `${disk}/usr/bin/$app`),
    );
    // Tools of the system that would change it: this machine's own are not found, but for what the script itself needs.
    const tools = join(folder, 'linux-tools');
    await mkdir(tools);
    for (const name of ['ln', 'rm', 'chmod', 'readlink', 'cat'])
      await symlink(`/bin/${name}`, join(tools, name));
    const install = (...words: readonly string[]) =>
      run('/bin/sh', [script, ...words], { env: { PATH: tools } });
    const outcome = (words: readonly string[]) =>
      install(...words).then(
        ({ stdout }) => stdout,
        (error: unknown) => z.object({ stderr: z.string() }).parse(error).stderr,
      );

    // A word of Debian's at which nothing is installed.
    await install('abort-remove');
    expect(await machine.organizations()).toBe(null);
    await machine.lay('--allowed-orgs=acme\n');
    expect(await outcome(['configure', ''])).toContain('The installer has no option --allowed-orgs.');
    expect(await machine.organizations()).toBe(null);
    await machine.lay('--allowed-org=acme\n');
    expect(await outcome(['configure', ''])).toContain('wrote');
    expect(await machine.organizations()).toEqual(['acme']);
    expect(await readlink(join(disk, 'usr', 'bin', 'mooring-desktop'))).toBe(join(home, 'mooring-desktop'));
    expect((await lstat(join(home, 'chrome-sandbox'))).mode & 0o7777).toBe(0o4755);
    // A new version keeps what was decided, whatever the file says by then.
    await machine.lay('--allowed-org=umbrella\n');
    for (const words of [['configure', '0.1.0'], ['2']])
      expect(await outcome(words)).toContain('nothing was written');
    expect(await machine.organizations()).toEqual(['acme']);
    for (const target of ['deb', 'rpm'])
      expect(builderText).toMatch(
        new RegExp(`^${target}:\\n(?: .*\\n)*?  afterInstall: packaging/linux/after-install.sh`, 'm'),
      );
  },
);
