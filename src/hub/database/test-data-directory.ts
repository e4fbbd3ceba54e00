import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from './connection.ts';
import { startEmbeddedDatabase } from './embedded-database.ts';
import { migrate } from './migrate.ts';

/*
 * The data directory of a hub, made once in a run of the tests and copied for each file: to create a cluster and bring
 * it forward takes ten times as long as to copy one. It lies in the folder of the run, which `test/run-folder.ts` makes
 * and removes, so that no run meets what another one left; where there is none, every cluster is made anew.
 */

/** Names the folder of a run of the tests to the processes that run them. */
export const RUN_FOLDER = 'MOORING_TEST_RUN_FOLDER';

const MIGRATIONS = join(import.meta.dirname, 'migrations');

/** A directory of this run, or else a temporary one, that an unprivileged user may pass through (mkdtemp makes it 0700). */
export function passableTemporaryDirectory(prefix: string): string {
  const directory = mkdtempSync(join(process.env[RUN_FOLDER] ?? tmpdir(), prefix));
  chmodSync(directory, 0o711);
  return directory;
}

/**
 * Puts a cluster that holds the hub's tables, and its password, into an empty data directory. Answers false, and leaves
 * it empty, where there is no run to copy from.
 */
export async function fillDataDirectory(dataDirectory: string): Promise<boolean> {
  const folder = process.env[RUN_FOLDER];
  if (folder === undefined) return false;
  const model = join(folder, `data-${migrationsMark()}`);
  if (!existsSync(model)) await makeModel(model);
  for (const name of readdirSync(model)) {
    cpSync(join(model, name), join(dataDirectory, name), { recursive: true });
    keepOwnerAndMode(join(model, name), join(dataDirectory, name));
  }
  return true;
}

/** Made beside its place and renamed into it when it is whole: of several that make one at once, the first counts. */
async function makeModel(model: string): Promise<void> {
  const draft = `${model}.${randomBytes(6).toString('hex')}`;
  mkdirSync(draft, { mode: 0o711 });
  const embedded = await startEmbeddedDatabase({ dataDirectory: draft, purpose: 'test', durable: false });
  const handle = openDatabase(embedded.target);
  await migrate(handle.db);
  // Nothing is made of it, and it is a quarter of the files.
  await handle.pool.query('alter database template0 is_template false');
  await handle.pool.query('drop database template0');
  await handle.close();
  await embedded.stop();
  try {
    renameSync(draft, model);
  } catch (error) {
    if (!existsSync(model)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
}

/** PostgreSQL takes no directory that others can read, and none of another owner; copying files alone keeps neither. */
function keepOwnerAndMode(from: string, to: string): void {
  const source = lstatSync(from);
  if (process.getuid?.() === 0) chownSync(to, source.uid, source.gid);
  if (!source.isDirectory()) return;
  chmodSync(to, source.mode);
  for (const name of readdirSync(from)) keepOwnerAndMode(join(from, name), join(to, name));
}

/** Changes with every migration: in a run that watches, a model of yesterday's tables is not used. */
function migrationsMark(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(MIGRATIONS).sort()) hash.update(readFileSync(join(MIGRATIONS, name)));
  return hash.digest('hex').slice(0, 16);
}
