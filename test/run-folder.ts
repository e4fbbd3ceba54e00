import { accessSync, chmodSync, constants, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUN_FOLDER } from '../src/hub/database/test-data-directory.ts';

const PREFIX = 'mooring-test-run-';

// Linux keeps this folder in memory. A cluster is some hundred files, and a disk that has just given up as many takes long
// to find places for new ones: a quarter of the processor time of the hub's tests went there.
const MEMORY = '/dev/shm';

// Bytes that must be free in it: several clusters at once, with a good rest. A container has 64 MB unless told otherwise.
const ROOM = 3 * 1024 ** 3;

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ROOM;
  } catch {
    return false;
  }
}

/** What a run that was killed left in memory would stay there until the machine starts anew. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = Number(/^mooring-test-run-(\d+)-/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * A folder for what the test files of one run share and for the databases that they start; the runner calls this before
 * the first and after the last.
 */
export default function makeRunFolder(): () => void {
  const parent = hasRoom(MEMORY) ? MEMORY : tmpdir();
  removeLeftovers(parent);
  const folder = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  // PostgreSQL's user passes through to the clusters that are made there.
  chmodSync(folder, 0o711);
  process.env[RUN_FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
