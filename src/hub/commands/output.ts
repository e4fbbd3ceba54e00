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

/**
 * Tells a person, on standard error, or a program, on standard output like every other answer, why not; answers the
 * exit code. Never a stack. The same contract as that of `mooring`.
 */
export function tellRefusal(output: Output, error: unknown): number {
  const refusal = error instanceof RefusalError ? error.refusal : (fileRefusal(error) ?? fault(error));
  if (output.json) output.write(`${JSON.stringify({ error: refusal })}\n`);
  else {
    output.writeError(`error [${refusal.code}] ${plain(refusal.message)}\n`);
    for (const line of problemLines(refusal)) output.writeError(`  ${plain(line)}\n`);
    for (const line of refusal.help?.split('\n') ?? []) output.writeError(`${plain(line)}\n`);
  }
  return REFUSALS[refusal.code].exit;
}

function fault(error: unknown): Refusal {
  const message = `Something went wrong: ${error instanceof Error ? error.message : String(error)}`;
  return { code: 'internal', message };
}

const FILE_ERRORS: Readonly<Record<string, readonly [what: string, help: string]>> = {
  ENOENT: ['there is no such file or folder', 'Check the path.'],
  ENOTDIR: ['a part of its path is no folder', 'Check the path.'],
  EISDIR: ['it is a folder', 'Name a file in it.'],
  EACCES: ['permission was denied', 'Give the user who runs this command the right to it.'],
  EPERM: ['permission was denied', 'Give the user who runs this command the right to it.'],
  EROFS: ['the disk is read-only', 'Choose another place, or mount it writable.'],
  ENOSPC: ['the disk is full', 'Free some space, or choose another place.'],
  EDQUOT: ['your share of the disk is used up', 'Free some space, or choose another place.'],
};

/** A file that was named and cannot be used, in a person's words; `null` for any other error. */
function fileRefusal(error: unknown): Refusal | null {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return null;
  const [what, help] = FILE_ERRORS[String(error.code)] ?? [];
  if (what === undefined || help === undefined) return null;
  // The name that a person gave, not that of the draft beside it.
  const path = String(error.path).replace(/\.part-\d+$/, '');
  return { code: 'storage_failed', message: `${path} cannot be used: ${what}.`, help };
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
