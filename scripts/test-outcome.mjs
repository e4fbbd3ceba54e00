// What a run of the tests came to. Plain JavaScript for Node 20, because on a fresh clone nothing else is installed yet.

/** Files of which so few failed are run once more, alone: more than these are no accident. */
const MOST_FILES_AGAIN = 3;

const ended = ['passed', 'failed'];

/** The results of a report of the test runner by file. */
function byFile(report) {
  return new Map(report.testResults.map((file) => [file.name, file]));
}

function failedFiles(report) {
  return report.testResults.filter(
    (file) => file.status === 'failed' || file.assertionResults.some((test) => test.status === 'failed'),
  );
}

/** Files that failed, where they are few enough to be run once more; otherwise none. */
export function filesToRunAgain(report) {
  const files = failedFiles(report).map((file) => file.name);
  return files.length > MOST_FILES_AGAIN ? [] : files;
}

/**
 * Counts the tests. A file that was run again counts as it ended that time; each of its tests that failed before and
 * passed then is `unsteady`, which the run has to say: it passed, and something is wrong with it or with what it tests.
 */
export function outcome(first, again) {
  const later = again === undefined ? new Map() : byFile(again);
  const files = first.testResults.map((file) => later.get(file.name) ?? file);
  const named = (file) =>
    file.assertionResults.map((test) => ({ name: test.fullName, status: test.status, file: file.name }));
  const all = files.flatMap(named);
  const failedBefore = failedFiles(first)
    .flatMap(named)
    .filter((test) => test.status === 'failed');
  const nowOf = (before) =>
    all.find((test) => test.file === before.file && test.name === before.name)?.status;
  return {
    passed: all.filter((test) => test.status === 'passed').length,
    // A file that does not even load is a failure, although it holds no test result.
    failed:
      all.filter((test) => test.status === 'failed').length +
      files.filter(
        (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
      ).length +
      // What failed once is not mended by not being run.
      failedBefore.filter((before) => !ended.includes(nowOf(before) ?? 'failed')).length,
    notRun: all.filter((test) => !ended.includes(test.status)),
    unsteady: failedBefore.filter((before) => nowOf(before) === 'passed'),
  };
}
