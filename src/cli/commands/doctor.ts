import { writeFileSync } from 'node:fs';
import type { Check } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { ask } from '../local-client.ts';
import { plainText } from '../terminal/plain-text.ts';
import { startProgress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `mooring doctor`: exit 1 when a check failed. */
export async function examine(context: CommandContext, { options }: Invocation): Promise<Outcome> {
  const file = typeof options.export === 'string' ? options.export : null;
  const progress = startProgress(context.terminal, 'Looking at files, keychain, network and hub …');
  try {
    const api = await context.open();
    if (!api.ok) return refused(api.refusal);
    const asked = { signal: context.signal };
    const answer = await (file === null ? ask(api, 'doctor', asked) : ask(api, 'diagnostics', asked));
    if (!answer.ok) return refused(answer.refusal);
    const { checks } = answer.body;
    const unwritten = file === null ? null : writeNew(file, `${JSON.stringify(answer.body, null, 2)}\n`);
    if (unwritten !== null) return refused(unwritten);
    return {
      kind: 'done',
      json: { checks, ...(file === null ? {} : { file }) },
      print: (terminal) => {
        printChecks(terminal, checks);
        if (file !== null) terminal.out(`wrote ${plainText(file)}\n`);
      },
      exit: checks.some((check) => check.result === 'failed') ? 1 : 0,
    };
  } finally {
    progress.end();
  }
}

/** Writes a file that the user alone can read and that was not there before; why not, or `null`. */
function writeNew(file: string, text: string): Refusal | null {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    return null;
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    return {
      code: taken ? 'conflict' : 'storage_failed',
      message: `${file} was not written: ${taken ? 'it is there already' : reasonOf(error)}.`,
      help: 'Name a new file in a folder that you can write to.',
    };
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

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
