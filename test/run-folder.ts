import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUN_FOLDER } from '../src/hub/database/test-data-directory.ts';

/** A folder for what the test files of one run share; the runner calls this before the first and after the last. */
export default function makeRunFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-test-run-'));
  // PostgreSQL's user passes through to the cluster that is made there.
  chmodSync(folder, 0o711);
  process.env[RUN_FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
