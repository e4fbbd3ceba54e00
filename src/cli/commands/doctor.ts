import type { Check } from '../../shared/contracts/local-api.ts';
import { type CommandContext, type Outcome, refused } from '../command.ts';
import { ask } from '../local-client.ts';
import { plainText } from '../terminal/plain-text.ts';
import { startProgress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `mooring doctor`: exit 1 when a check failed. */
export async function examine(context: CommandContext): Promise<Outcome> {
  const progress = startProgress(context.terminal, 'Looking at files, keychain, network and hub …');
  try {
    const api = await context.open();
    if (!api.ok) return refused(api.refusal);
    const answer = await ask(api, 'doctor', { signal: context.signal });
    if (!answer.ok) return refused(answer.refusal);
    const { checks } = answer.body;
    return {
      kind: 'done',
      json: answer.body,
      print: (terminal) => printChecks(terminal, checks),
      exit: checks.some((check) => check.result === 'failed') ? 1 : 0,
    };
  } finally {
    progress.end();
  }
}

function printChecks(terminal: Terminal, checks: readonly Check[]): void {
  const { colors } = terminal;
  const signs = {
    ok: colors.green('ok     '),
    warning: colors.yellow('warning'),
    failed: colors.red('failed '),
    skipped: colors.dim('skipped'),
  };
  for (const { title, result, finding, meaning, mend } of checks) {
    terminal.out(`${signs[result]}  ${colors.bold(plainText(title))}: ${plainText(finding)}\n`);
    if (result === 'ok') continue;
    if (meaning) terminal.out(`         ${plainText(meaning)}\n`);
    if (mend) terminal.out(`         To mend it: ${plainText(mend)}\n`);
  }
  const count = (result: Check['result']): number => checks.filter((check) => check.result === result).length;
  const warnings = count('warning');
  terminal.out(
    `${count('ok')} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('failed')} failed\n`,
  );
}
