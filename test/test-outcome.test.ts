import { describe, expect, it } from 'vitest';
import { filesToRunAgain, outcome, type TestReport } from '../scripts/test-outcome.mjs';

type Results = Readonly<Record<string, readonly string[]>>;

/** A report of these files; each result is `name:status`, a file without results did not load. */
function report(results: Results): TestReport {
  return {
    testResults: Object.entries(results).map(([name, tests]) => ({
      name,
      status: tests.length === 0 || tests.some((test) => test.endsWith(':failed')) ? 'failed' : 'passed',
      assertionResults: tests.map((test) => {
        const [fullName = '', status = ''] = test.split(':');
        return { fullName, status };
      }),
    })),
  };
}

describe('what a run of the tests came to', () => {
  it('counts what passed, what failed, files that do not load, and names what did not run', () => {
    expect(outcome(report({ a: ['one:passed', 'two:failed'], b: [], c: ['three:skipped'] }))).toEqual({
      passed: 1,
      failed: 2,
      notRun: [{ name: 'three', status: 'skipped', file: 'c' }],
      unsteady: [],
    });
  });

  it('counts a file that was run again as it ended that time, and names what was unsteady', () => {
    const first = report({ a: ['one:passed', 'two:failed', 'three:failed'], b: ['four:passed'] });
    const again = report({ a: ['one:passed', 'two:passed', 'three:failed'] });
    expect(outcome(first, again)).toEqual({
      passed: 3,
      failed: 1,
      notRun: [],
      unsteady: [{ name: 'two', status: 'failed', file: 'a' }],
    });
  });

  it('does not take a test that is missing or skipped the second time for one that passed', () => {
    const first = report({ a: ['one:failed', 'two:failed'] });
    expect(outcome(first, report({ a: [] }))).toMatchObject({ passed: 0, failed: 1, unsteady: [] });
    expect(outcome(first, report({ a: ['one:skipped'] }))).toMatchObject({
      passed: 0,
      failed: 1,
      unsteady: [],
    });
    // A second run that reports nothing of the file leaves the first result standing.
    expect(outcome(first, report({}))).toMatchObject({ passed: 0, failed: 2, unsteady: [] });
  });

  it('runs only few files again', () => {
    const three: Results = { a: ['x:failed'], b: [], c: ['x:failed'], d: ['x:passed'] };
    expect(filesToRunAgain(report(three))).toEqual(['a', 'b', 'c']);
    expect(filesToRunAgain(report({ ...three, e: ['x:failed'] }))).toEqual([]);
    expect(filesToRunAgain(report({ d: ['x:passed'] }))).toEqual([]);
  });
});
