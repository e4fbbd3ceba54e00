import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { access, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DOMParser } from '@xmldom/xmldom';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { notarize } from '../../packaging/mac/notarize-packages.mjs';
import beforePack, { refuseDevelopmentBuild } from '../../packaging/packaged-build.mjs';
import { extendProject } from '../../packaging/windows/msi-project.mjs';
import { buildParts } from '../../scripts/build.mjs';
import { INSTALLER_OPTIONS } from '../../src/cli/install/installer-options.ts';
import { desktopDe } from '../../src/shared/text/de/desktop.ts';
import { desktop } from '../../src/shared/text/en-desktop.ts';
import { NO_HOOK, SENTINEL, writeElectronStandIn } from './electron-stand-in.ts';

/*
 * What the installers are made of, as electron-builder hands it to the tools that make them. Those tools come from
 * elsewhere and are only there where installers are made; in their place stand programs that note what they were given.
 */
const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
const builderText = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
const builderSchema = z
  .record(z.string(), z.unknown())
  .parse(JSON.parse(readFileSync(join(root, 'node_modules', 'app-builder-lib', 'scheme.json'), 'utf8')));
let folder: string;

beforeAll(async () => {
  await buildParts(['pages']);
  folder = await mkdtemp(join(tmpdir(), 'mooring-installers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** electron-builder for one target, on a stand-in of Electron's distribution. */
async function make(platform: 'linux' | 'win' | 'mac', target: string, options: readonly string[], env = {}) {
  const dist = join(folder, `${platform}-dist`);
  await writeElectronStandIn(dist, platform);
  const settings = [
    `-c.beforePack=${NO_HOOK}`,
    `-c.electronDist=${dist}`,
    `-c.directories.output=${join(folder, target)}`,
    ...options,
  ];
  const words = [`--${platform}`, target, '--x64', '--publish', 'never', ...settings];
  return run(process.execPath, [join(root, 'node_modules', 'electron-builder', 'cli.js'), ...words], {
    cwd: root,
    env: { ...process.env, ...env },
  });
}

describe('the MSI', () => {
  let project: string;

  beforeAll(async () => {
    const kept = join(folder, 'project.wxs');
    const hook = join(folder, 'hook.mjs');
    const ours = join(root, 'packaging', 'windows', 'msi-project.mjs');
    await writeFile(
      hook,
      `import addToProject from ${JSON.stringify(ours)};
      import { copyFile } from 'node:fs/promises';
      export default async (file) => { await addToProject(file); await copyFile(file, ${JSON.stringify(kept)}); process.exit(0); };`,
    );
    await make('win', 'msi', [`-c.msiProjectCreated=${hook}`, '-c.win.signAndEditExecutable=false']);
    project = await readFile(kept, 'utf8');
  });

  const elements = (name: string) => [
    ...new DOMParser().parseFromString(project, 'text/xml').getElementsByTagName(name),
  ];
  const named = (name: string, attribute: string) =>
    elements(name).map((element) => element.getAttribute(attribute));

  test('takes every option as a property that reaches the part with rights, and is not logged', () => {
    for (const { property } of INSTALLER_OPTIONS) {
      const declared = elements('Property').filter((each) => each.getAttribute('Id') === property);
      expect(declared.map((each) => [each.getAttribute('Secure'), each.getAttribute('Hidden')])).toEqual([
        ['yes', 'yes'],
      ]);
    }
    expect(named('RegistryValue', 'Value')).toEqual(INSTALLER_OPTIONS.map(({ property }) => `[${property}]`));
  });

  test('runs the command as the system, once the files are there, and undoes it only when it is removed', () => {
    const actions = elements('CustomAction').map((each) =>
      ['Id', 'ExeCommand', 'Execute', 'Impersonate', 'Return'].map((name) => each.getAttribute(name)),
    );
    const command = '"[APPLICATIONFOLDER]resources\\cli\\mooring.exe"';
    expect(actions).toEqual([
      ['DecideForThisComputer', `${command} install --from-installer msi`, 'deferred', 'no', 'check'],
      ['ForgetDecisions', `${command} uninstall`, 'deferred', 'no', 'ignore'],
    ]);
    expect(elements('Custom').map((each) => each.textContent)).toEqual([
      'NOT REMOVE~="ALL"',
      'REMOVE~="ALL" AND NOT UPGRADINGPRODUCTCODE',
    ]);
  });

  test('has no component that WiX would have to make an identifier up for and cannot', () => {
    // It makes one of a file or of a registry value, of nothing else (error WIX0230).
    for (const component of elements('Component')) {
      const keys = [...component.getElementsByTagName('*')].filter(
        (each) => each.getAttribute('KeyPath') === 'yes',
      );
      const own = component.getAttribute('KeyPath') === 'yes';
      expect(keys.length + Number(own)).toBe(1);
      if (own)
        expect(component.getAttribute('Guid')).toMatch(/^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
      else expect(['File', 'RegistryValue']).toContain(keys[0]?.tagName);
    }
  });

  test('puts the command on the PATH and says that the fleet brings updates', async () => {
    expect(named('Environment', 'Value')).toEqual(['[APPLICATIONFOLDER]resources\\cli']);
    const mark = elements('File').find((each) => each.getAttribute('Name') === 'updated-by-fleet');
    await access(mark?.getAttribute('Source') ?? '');
  });

  test('the app in it carries the digest that its archive is held to', async () => {
    const unpacked = join(folder, 'msi', 'win-unpacked');
    const program = (await readFile(join(unpacked, 'Mooring.exe'))).toString('latin1');
    // A resource of the type INTEGRITY by the name ELECTRONASAR (electronjs.org/docs/latest/tutorial/asar-integrity).
    for (const name of ['INTEGRITY', 'ELECTRONASAR'])
      expect(program).toContain([...name].map((letter) => `${letter}\0`).join(''));
    const [entry] = z
      .array(z.object({ file: z.string(), alg: z.string(), value: z.string() }))
      .parse(JSON.parse(/\[\{"file":"resources[^\]]*\]/.exec(program)?.[0] ?? ''));
    const archive = await readFile(join(unpacked, 'resources', 'app.asar'));
    const header = archive.subarray(16, 16 + archive.readUInt32LE(12));
    expect(entry).toEqual({
      ...{ file: 'resources\\app.asar', alg: 'SHA256' },
      value: createHash('sha256').update(header).digest('hex'),
    });
  });

  test('is not made from a template that this was not written for', () => {
    expect(() => extendProject('<Wix xmlns="http://wixtoolset.org/schemas/v4/wxs"/>')).toThrow(/Product/);
    expect(() => extendProject(project.replace('APPLICATIONFOLDER:\\resources\\', 'x'))).toThrow(/Directory/);
  });
});

test('what is too long for the installer for people is refused: it would cut it, and the last option with it', () => {
  const script = readFileSync(join(root, 'packaging', 'windows', 'installer.nsh'), 'utf8');
  // The command's place and its own words stand in front of what was given, in one text of this length.
  expect(script).toMatch(/^!define \/math MOORING_LONGEST_WORDS \$\{NSIS_MAX_STRLEN\} - 700$/m);
  const given = script.slice(
    script.indexOf('StdUtils.GetAllParameters} $R8 "0"'),
    script.indexOf('nsExec::'),
  );
  // What the plugin answers with where it did not fit.
  expect(given).toMatch(/\$\{If\} \$R8 == "too_long"\n/);
  expect(given).toMatch(/\$\{OrIf\} \$0 > \$\{MOORING_LONGEST_WORDS\}\n/);
});

test('the packages of Linux bring the command on the PATH and the mark, and run what undoes it', async () => {
  const noted = join(folder, 'fpm-was-given');
  const fpm = join(folder, 'fpm');
  // The last of its words that follows --package is the file that has to be there afterwards.
  await writeFile(
    fpm,
    `#!/bin/sh
printf '%s\\n' "$@" > '${noted}'
while [ $# -gt 0 ]; do
  case "$1" in
  --package) : > "$2" ;;
  --after-install) cp "$2" '${noted}.after-install' ;;
  --after-install=*) cp "\${1#*=}" '${noted}.after-install' ;;
  *=/usr/share/applications/*) cp "\${1%%=*}" '${noted}.entry' ;;
  esac
  shift
done
`,
  );
  await chmod(fpm, 0o755);
  await make('linux', 'deb', [], { CUSTOM_FPM_PATH: fpm });
  const words = (await readFile(noted, 'utf8')).trim().split('\n');
  const placed = new Map(
    words.filter((word) => /^[^-].*=\//.test(word)).map((word) => [word.split('=')[1], word.split('=')[0]]),
  );
  for (const from of placed.values()) if (from?.startsWith('packaging/')) await access(join(root, from));
  expect(placed.get('/usr/bin/mooring')).toBe('packaging/linux/mooring');
  expect(placed.get('/opt/Mooring/resources/updated-by-fleet')).toBe('packaging/updated-by-fleet');
  expect([...placed.keys()]).toContain('/usr/share/applications/mooring-desktop.desktop');
  expect(words).toContain('--before-remove=packaging/linux/before-remove.sh');
  expect(words).toContain('libsecret-1-0');
  // As they are once electron-builder has put its names into them.
  expect(await readFile(`${noted}.after-install`, 'utf8')).toContain('install --from-installer package');
  expect(await readFile(`${noted}.entry`, 'utf8')).toContain(
    `\nComment[de]=${desktopDe['entry.comment']}\nComment=${desktop['entry.comment']}\n`,
  );
});

// electron-builder packs for mac everywhere but on Windows; it signs only on mac itself.
test.runIf(process.platform !== 'win32')(
  'the app of mac carries the digest that its archive is held to, its fuses and its scheme',
  async () => {
    await make('mac', 'dir', ['-c.mac.notarize=false', '-c.mac.identity=null']);
    const contents = join(folder, 'dir', 'mac', 'Mooring.app', 'Contents');
    const plist = await readFile(join(contents, 'Info.plist'), 'utf8');
    const archive = await readFile(join(contents, 'Resources', 'app.asar'));
    const digest = createHash('sha256')
      .update(archive.subarray(16, 16 + archive.readUInt32LE(12)))
      .digest('hex');
    const [, integrity = ''] =
      /<key>ElectronAsarIntegrity<\/key>\s*<dict>([\s\S]*?<\/dict>)\s*<\/dict>/.exec(plist) ?? [];
    expect(integrity.match(/<(?:key|string)>[^<]*/g)?.map((each) => each.replace(/^<\w+>/, ''))).toEqual([
      ...['Resources/app.asar', 'algorithm', 'SHA256', 'hash', digest],
    ]);
    expect(plist).toMatch(/<key>CFBundleURLSchemes<\/key>\s*<array>\s*<string>mooring<\/string>/);
    expect(plist).toMatch(/<key>LSUIElement<\/key>\s*<true\/>/);
    const framework = join(contents, 'Frameworks', 'Electron Framework.framework', 'Electron Framework');
    const binary = await readFile(framework, 'latin1');
    const from = binary.indexOf(SENTINEL) + SENTINEL.length + 2;
    // In the order of `FuseV1Options`: the fifth holds the archive to the digest, the sixth loads nothing else.
    expect(binary.slice(from, from + 6)).toBe('010011');
  },
);

test('the packages of mac are notarized and carry the ticket, where there is a key for it', async () => {
  const files = ['out/Mooring.dmg', 'out/Mooring.pkg', 'out/latest-mac.yml'];
  const noted: string[] = [];
  const note = async (program: string, words: readonly string[]) => noted.push([program, ...words].join(' '));
  await notarize(files, { APPLE_API_KEY: 'key.p8', APPLE_API_KEY_ID: 'id' }, note);
  expect(noted).toEqual([]);
  const key = { APPLE_API_KEY: 'key.p8', APPLE_API_KEY_ID: 'id', APPLE_API_ISSUER: 'issuer' };
  await notarize(files, key, note);
  expect(noted).toEqual([
    'xcrun notarytool submit out/Mooring.pkg --key key.p8 --key-id id --issuer issuer --wait',
    'xcrun stapler staple out/Mooring.pkg',
  ]);
});

test('a build for development is packed by nobody: it takes the places of machine files from its environment', async () => {
  expect(builderText).toContain('beforePack: packaging/packaged-build.mjs');
  // What tests build is one.
  await expect(beforePack()).rejects.toThrow('npm run build -- --packaged');
  expect(() => refuseDevelopmentBuild(true)).not.toThrow();
});

test('every option of the packaging is one that electron-builder has', () => {
  const schema = new Ajv({ strict: false, allErrors: true });
  const validate = schema.compile(builderSchema);
  const given: unknown = parse(builderText, { merge: true });
  validate(given);
  expect(validate.errors ?? []).toEqual([]);
  // A name that it does not have would be told.
  expect(validate({ ...z.record(z.string(), z.unknown()).parse(given), electronFuse: {} })).toBe(false);
});
