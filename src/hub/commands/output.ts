import { REFUSALS, type Refusal, RefusalError } from '../../shared/contracts/refusal.ts';

/** Where a command writes, and how. */
export interface Output {
  /** Programs read this: one JSON value on standard output. */
  readonly json: boolean;
  write(text: string): void;
  writeError(text: string): void;
}

/** Names from the database go to a terminal without characters that could steer it. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '?');
}

/** One answer: JSON for programs, lines for people. */
export function answer(output: Output, value: unknown, lines: () => readonly string[]): void {
  if (output.json) output.write(`${JSON.stringify(value)}\n`);
  else for (const line of lines()) output.write(`${plain(line)}\n`);
}

/** Columns aligned by width, with a head; one line for an empty list. */
export function columns(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  none: string,
): readonly string[] {
  if (rows.length === 0) return [none];
  const clean = [head, ...rows].map((row) => row.map(plain));
  const widths = head.map((_title, index) => Math.max(...clean.map((row) => (row[index] ?? '').length)));
  return clean.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Tells a person or a program why not; answers the exit code. Never a stack. */
export function tellRefusal(output: Output, error: unknown): number {
  const refusal: Refusal =
    error instanceof RefusalError
      ? error.refusal
      : {
          code: 'internal',
          message: `Something went wrong: ${error instanceof Error ? error.message : String(error)}`,
        };
  if (output.json) output.writeError(`${JSON.stringify({ error: refusal })}\n`);
  else {
    output.writeError(`${plain(refusal.message)}\n`);
    for (const line of problemLines(refusal)) output.writeError(`  ${plain(line)}\n`);
    if (refusal.help !== undefined) output.writeError(`${plain(refusal.help)}\n`);
  }
  return REFUSALS[refusal.code].exit;
}

function problemLines(refusal: Refusal): readonly string[] {
  const problems = refusal.details?.problems;
  if (!Array.isArray(problems)) return [];
  return problems.flatMap((problem: unknown) => {
    if (typeof problem !== 'object' || problem === null) return [];
    const { severity, path, message } = problem as Record<string, unknown>;
    return typeof message === 'string'
      ? [`${String(severity)} ${path === '' ? '' : `${String(path)}: `}${message}`]
      : [];
  });
}
