import { type Invocation, type Outcome, refused } from '../command.ts';
import { COMPLETION_SCRIPTS } from '../completion/scripts.ts';
import { SHELLS } from '../completion/shells.ts';

/** `mooring completion <shell>` */
export async function printCompletion({ words }: Invocation): Promise<Outcome> {
  const shell = SHELLS.find((name) => name === words[0]);
  if (shell === undefined) {
    return refused({
      code: 'bad_request',
      message: `There is no completion for the shell "${words[0] ?? ''}".`,
      help: `Shells are: ${SHELLS.join(', ')}.`,
    });
  }
  const script = COMPLETION_SCRIPTS[shell];
  return { kind: 'done', json: { shell, script }, print: (terminal) => terminal.out(script) };
}
