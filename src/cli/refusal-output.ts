import type { Refusal } from '../shared/contracts/refusal.ts';
import { plainText } from './terminal/plain-text.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Says on standard error what happened, why, and what to do, with the code that every surface shares. */
export function printRefusal(terminal: Terminal, refusal: Refusal): void {
  const { colors } = terminal;
  terminal.err(
    `${colors.red('error')} ${colors.dim(`[${refusal.code}]`)} ${plainText(refusal.message, { lines: true })}\n`,
  );
  if (refusal.help) terminal.err(`${plainText(refusal.help, { lines: true })}\n`);
}

/** Says on standard error, beside the answer, that nothing can be written here, so that nothing can be changed. */
export function printLimits(terminal: Terminal, { message, help }: Refusal): void {
  const { colors } = terminal;
  terminal.err(`${colors.yellow('warning')} Nothing can be changed here. ${plainText(message)}\n`);
  if (help) terminal.err(`${plainText(help)}\n`);
}

/** The body that `--json` prints: the same as the local API's. */
export function refusalBody(refusal: Refusal): { readonly error: Refusal } {
  const { code, message, help, setting, details } = refusal;
  return {
    error: {
      code,
      message,
      ...(help === undefined ? {} : { help }),
      ...(setting === undefined ? {} : { setting }),
      ...(details === undefined ? {} : { details }),
    },
  };
}
