/** A report of the test runner, as far as it is read. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export interface NamedTest {
  readonly name: string;
  readonly status: string;
  readonly file: string;
}

/** Files that failed, where they are few enough to be run once more; otherwise none. */
export function filesToRunAgain(report: TestReport): string[];

/** What the run came to, with the second run of the files that failed in the first. */
export function outcome(
  first: TestReport,
  again?: TestReport,
): {
  readonly passed: number;
  readonly failed: number;
  readonly notRun: readonly NamedTest[];
  readonly unsteady: readonly NamedTest[];
};
