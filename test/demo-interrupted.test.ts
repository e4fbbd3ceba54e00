import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/*
 * The demonstration asked to end before its end: no process and no file is left, whichever way and how early it is asked.
 */
const root = join(import.meta.dirname, '..');

let temporary: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'mooring-interrupted-'));
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

/** The database of the demonstration's hub, as soon as it has said who it is. */
function databaseProcess(): number | null {
  const [world] = readdirSync(temporary).filter((name) => name.startsWith('mooring-demo-'));
  const file = join(temporary, world ?? '', 'hub', 'postgres', 'postmaster.pid');
  if (world === undefined || !existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  return pid > 0 ? pid : null;
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while the hub starts leaves nothing behind', async (signal, exit) => {
  chmodSync(temporary, 0o711);
  // A group of its own: a terminal sends Ctrl-C to everybody in it.
  const demo = spawn(process.execPath, [join(root, 'scripts', 'demo.mjs'), 'demo'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  });
  const ended = once(demo, 'exit');
  let stderr = '';
  demo.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await expect.poll(databaseProcess, { timeout: 50_000 }).not.toBeNull();
  const database = databaseProcess();
  const { pid } = demo;
  if (pid === undefined || database === null) throw new Error(`it did not start: ${stderr}`);
  process.kill(signal === 'SIGINT' ? -pid : pid, signal);
  expect([(await ended)[0], stderr.replace(/^built .*\n/gm, '')]).toEqual([exit, '']);
  expect(() => process.kill(database, 0)).toThrow('ESRCH');
  expect(readdirSync(temporary)).toEqual([]);
});
