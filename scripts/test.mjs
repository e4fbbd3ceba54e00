// `npm test`: set-up, build, then every test; ends with one line that counts them. Plain JavaScript for Node 20,
// because on a fresh clone nothing else is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSetUp, pinnedNode, root, toolEnvironment } from './setup.mjs';

function node(args, extra = {}) {
  return (
    spawnSync(pinnedNode(), args, { cwd: root, stdio: 'inherit', env: toolEnvironment(extra) }).status ?? 1
  );
}

function counts(report) {
  const files = report.testResults;
  const all = files.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: file.name })));
  return {
    passed: all.filter((test) => test.status === 'passed').length,
    // A file that does not even load is a failure, although it holds no test result.
    failed:
      all.filter((test) => test.status === 'failed').length +
      files.filter(
        (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
      ).length,
    notRun: all.filter((test) => !['passed', 'failed'].includes(test.status)),
  };
}

function main() {
  ensureSetUp();
  if (node(['scripts/build.mjs']) !== 0) {
    process.stderr.write('The build failed; its messages are above. No test was run.\n');
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'mooring-test-report-'));
  const file = join(folder, 'report.json');
  try {
    const status = node([
      join('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...process.argv.slice(2),
    ]);
    if (!existsSync(file)) {
      process.stderr.write('The test runner ended without a report.\n');
      return 1;
    }
    const { passed, failed, notRun } = counts(JSON.parse(readFileSync(file, 'utf8')));
    for (const test of notRun)
      process.stdout.write(`did not run: ${test.fullName} (${test.file.slice(root.length + 1)})\n`);
    process.stdout.write(
      `${passed} passed, ${failed} failed${notRun.length > 0 ? `, ${notRun.length} skipped` : ''}\n`,
    );
    return status !== 0 || failed > 0 || passed === 0 ? 1 : 0;
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
