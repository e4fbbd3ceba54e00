// Brings a fresh checkout to a state in which everything runs: the packages of the lockfile, and with them the
// pinned Node. Plain JavaScript for Node 20, without dependencies, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const stamp = join(root, 'node_modules', '.mooring-setup');
const lock = join(root, '.setup-lock');

/** Path of the Node binary that the lockfile pins. */
export function pinnedNode() {
  const bin = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return bin;
}

/** Environment in which `node` and every tool of the checkout come first. */
export function toolEnvironment(extra = {}) {
  const bin = join(root, 'node_modules', '.bin');
  const separator = process.platform === 'win32' ? ';' : ':';
  // Electron's package fetches its binary at first use; no set-up step may depend on that download.
  return {
    ...process.env,
    PATH: `${bin}${separator}${process.env.PATH ?? ''}`,
    ELECTRON_SKIP_BINARY_DOWNLOAD: '1',
    ...extra,
  };
}

function wanted() {
  const hash = createHash('sha256');
  for (const file of ['package.json', 'package-lock.json']) {
    const text = readFileSync(join(root, file), 'utf8');
    hash.update(file === 'package.json' ? JSON.stringify(dependencyFields(text)) : text);
  }
  return hash.update(`${process.platform} ${process.arch}`).digest('hex');
}

// A changed script or description needs no new installation.
function dependencyFields(text) {
  const { dependencies, devDependencies, optionalDependencies, overrides, allowScripts } = JSON.parse(text);
  return { dependencies, devDependencies, optionalDependencies, overrides, allowScripts };
}

/** True when the installed packages are those of the lockfile. */
export function isSetUp() {
  if (!existsSync(stamp) || !existsSync(pinnedNode())) return false;
  return readFileSync(stamp, 'utf8') === wanted();
}

function takeLock() {
  const deadline = Date.now() + 15 * 60_000;
  for (;;) {
    try {
      mkdirSync(lock);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    let age = 0;
    try {
      age = Date.now() - statSync(lock).mtimeMs;
    } catch {
      continue;
    }
    if (age > 15 * 60_000 || Date.now() > deadline) rmSync(lock, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

/**
 * Installs what the lockfile names, when it is not installed yet. Two at once: the second waits for the first.
 * Everything it prints goes to standard error, so that a command's output stays clean.
 */
export function ensureSetUp() {
  if (isSetUp()) return;
  takeLock();
  try {
    if (isSetUp()) return;
    process.stderr.write('Setting up: installing the packages of package-lock.json …\n');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const result = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1' },
      shell: process.platform === 'win32',
    });
    if (result.status !== 0) {
      throw new Error(
        'Set-up failed: `npm ci` did not succeed (its messages are above). Check the connection to the npm registry and run the command again.',
      );
    }
    if (!existsSync(pinnedNode())) {
      throw new Error(
        `Set-up failed: the pinned Node is missing at ${pinnedNode()}. npm must be allowed to run the install script of the package "node" (see "allowScripts" in package.json).`,
      );
    }
    writeFileSync(stamp, wanted());
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    ensureSetUp();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
