// What each part of the build reads and where it lands, and whether it has to be built again. Plain JavaScript
// without dependencies: it runs before every command of a checkout, so it may only cost a few milliseconds.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Everything that is built, in the order in which it is built. `entries` must exist for a part to be built. */
export const PARTS = {
  cli: {
    folders: ['src/cli', 'src/agent', 'src/shared'],
    entries: ['src/cli/mooring.ts'],
    outputs: ['out/cli/mooring.js'],
  },
  hub: {
    folders: ['src/hub', 'src/shared'],
    entries: ['src/hub/mooring-hub.ts'],
    outputs: ['out/hub/mooring-hub.js'],
  },
  engine: {
    folders: ['src/shared'],
    entries: ['src/shared/engine.ts'],
    outputs: ['out/engine/engine.js', 'out/engine/types/engine.d.ts'],
  },
  pages: {
    folders: ['src/main', 'src/agent', 'src/renderer', 'src/shared', 'src/shared-ui', 'assets'],
    entries: ['src/renderer/index.html'],
    outputs: ['out/main/index.js', 'out/preload/preload.cjs', 'out/renderer/index.html'],
  },
  console: {
    folders: ['src/console', 'src/shared', 'src/shared-ui', 'assets'],
    entries: ['src/console/index.html'],
    outputs: ['out/console/index.html'],
  },
};

const COMMON = [
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.engine.json',
  'electron.vite.config.ts',
  'console.vite.config.ts',
  'scripts/build.mjs',
  'scripts/build-inputs.mjs',
  'scripts/bundle.mjs',
  'scripts/schemas-first.ts',
];

const isTest = (name) => /\.test\.tsx?$/.test(name);

function* filesUnder(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile() && !isTest(entry.name)) yield path;
  }
}

function stampOf(part) {
  return join(root, 'out', '.built', part);
}

/** Identifies what a part would be built from now: names, sizes and times of its files, and how it is built. */
export function fingerprint(part, packaged) {
  const hash = createHash('sha256').update(packaged ? 'packaged' : 'checkout');
  const files = PARTS[part].folders.flatMap((folder) => [...filesUnder(join(root, folder))]);
  for (const file of [...COMMON.map((name) => join(root, name)), ...files.sort()]) {
    const stat = statSync(file, { throwIfNoEntry: false });
    hash.update(`\n${relative(root, file)} ${stat ? `${stat.size} ${stat.mtimeMs}` : 'absent'}`);
  }
  return hash.digest('hex');
}

/** True when the part's output stands and comes from the files as they are now. */
export function isCurrent(part, packaged = false) {
  if (!PARTS[part].outputs.every((file) => existsSync(join(root, file)))) return false;
  try {
    return readFileSync(stampOf(part), 'utf8') === fingerprint(part, packaged);
  } catch {
    return false;
  }
}

/** Records what the part was built from; `print` was taken before the build, so that a later edit is seen. */
export function markBuilt(part, print) {
  mkdirSync(dirname(stampOf(part)), { recursive: true });
  writeFileSync(stampOf(part), print);
}
