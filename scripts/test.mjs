// `npm test`: set-up, build, then every test; ends with one line that counts them. Plain JavaScript for Node 20,
// because on a fresh clone nothing else is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSetUp, pinnedNode, root, toolEnvironment } from './setup.mjs';
import { filesToRunAgain, outcome } from './test-outcome.mjs';

function node(args, extra = {}) {
  return (
    spawnSync(pinnedNode(), args, { cwd: root, stdio: 'inherit', env: toolEnvironment(extra) }).status ?? 1
  );
}

/** Runs tests; answers with the runner's report and status, `report: undefined` when it wrote none. */
function run(args, folder) {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  const status = node([
    join('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...args,
  ]);
  return { status, report: existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined };
}

/** Runs what failed once more, with nothing beside it; only after a run of everything, where one test in thousands may stumble. */
function runAgain(report, folder) {
  const files = process.argv.length > 2 ? [] : filesToRunAgain(report);
  if (files.length === 0) return undefined;
  process.stdout.write(`Run once more, alone: ${files.map(shown).join(', ')}\n`);
  return run(files.map(shown), folder);
}

function shown(file) {
  return file.slice(root.length + 1);
}

function main() {
  ensureSetUp();
  if (node(['scripts/build.mjs']) !== 0) {
    process.stderr.write('The build failed; its messages are above. No test was run.\n');
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'mooring-test-report-'));
  try {
    const first = run(process.argv.slice(2), folder);
    const again = first.report === undefined ? undefined : runAgain(first.report, folder);
    if (first.report === undefined || (again !== undefined && again.report === undefined)) {
      process.stderr.write('The test runner ended without a report.\n');
      return 1;
    }
    const { passed, failed, notRun, unsteady } = outcome(first.report, again?.report);
    for (const test of notRun) process.stdout.write(`did not run: ${test.name} (${shown(test.file)})\n`);
    for (const test of unsteady)
      process.stdout.write(`UNSTEADY, failed once and passed alone: ${test.name} (${shown(test.file)})\n`);
    process.stdout.write(
      `${passed} passed, ${failed} failed${notRun.length > 0 ? `, ${notRun.length} skipped` : ''}\n`,
    );
    return (again ?? first).status !== 0 || failed > 0 || passed === 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
