// A lockfile made behind a registry that lacks some platforms' packages leaves them out, and `npm ci` then refuses it
// everywhere. This adds the missing ones, by what their parents say of them; `--check` only looks.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const file = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));

const SYSTEMS = [
  'darwin',
  'linux',
  'win32',
  'android',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'openharmony',
  'wasm32',
  'wasi',
];
const PROCESSORS = [
  'x64',
  'arm64',
  'ia32',
  'arm',
  'armv7',
  'ppc64',
  'ppc64le',
  'riscv64',
  's390x',
  'loong64',
  'mips64el',
  'wasm32',
];

/** System, processor and C library, read from names such as `cli-linux-x64-musl` or `binding-linux-arm-gnueabihf`. */
function platformOf(name) {
  const words = name.slice(name.lastIndexOf('/') + 1).split(/[-_]/);
  const word = (known) => words.find((each) => known.includes(each));
  const system = word(SYSTEMS);
  const processor = word(PROCESSORS);
  const library = words.some((each) => each.startsWith('musl'))
    ? 'musl'
    : words.includes('gnu')
      ? 'glibc'
      : undefined;
  return {
    ...(processor === undefined
      ? {}
      : { cpu: [processor === 'armv7' ? 'arm' : processor === 'ppc64le' ? 'ppc64' : processor] }),
    ...(library === undefined ? {} : { libc: [library] }),
    ...(system === undefined ? {} : { os: [system === 'wasi' ? 'wasm32' : system] }),
  };
}

/** Whether the package at `path` finds `name` the way Node resolves. */
function resolves(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    if (lock.packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`] !== undefined)
      return true;
    if (at === '') return false;
  }
}

const missing = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (resolves(path, name)) continue;
    missing.push({ name, version: version.replace(/^[~^]/, ''), dev: entry.dev === true });
  }
}

if (process.argv.includes('--check')) {
  for (const { name, version } of missing)
    process.stderr.write(`package-lock.json lacks ${name} ${version}; run \`npm run lockfile\`.\n`);
  process.exitCode = missing.length === 0 ? 0 : 1;
} else {
  for (const { name, version, dev } of missing) {
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(dev ? { dev: true } : {}),
      optional: true,
    };
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stderr.write(`${missing.length} packages of other platforms were added to package-lock.json.\n`);
}
