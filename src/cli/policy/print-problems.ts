import type { Problem } from '../../shared/policy/model.ts';
import { plainText } from '../terminal/plain-text.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A problem as it is printed; `source` names the layer, or the file. */
export type PrintedProblem = Omit<Problem, 'source'> & { readonly source: string };

/** Prints problems one by one: severity, code and place, then what is wrong and how to mend it. */
export function printProblems({ out, colors }: Terminal, problems: readonly PrintedProblem[]): void {
  for (const { severity, code, source, path, message } of problems) {
    const paint = severity === 'error' ? colors.red : colors.yellow;
    const where = path === '' ? source : `${source}: ${plainText(path)}`;
    out(`${paint(severity)} ${colors.dim(`[${code}]`)} ${where}\n  ${plainText(message)}\n`);
  }
}

/** "2 errors, 1 warning". */
export function countProblems(problems: readonly Pick<Problem, 'severity'>[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  return `${count(errors, 'error')}, ${count(problems.length - errors, 'warning')}`;
}
