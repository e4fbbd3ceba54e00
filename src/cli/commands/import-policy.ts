import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { ask } from '../local-client.ts';
import { readInputFile } from '../policy/input-file.ts';
import { plainText } from '../terminal/plain-text.ts';

/** `mooring policy import FILE`: puts a bundle that came by file in force (docs/delivery.md section 4). */
export async function importPolicy(context: CommandContext, { words }: Invocation): Promise<Outcome> {
  const file = readInputFile(words[0] ?? '');
  if (!file.ok) return refused({ code: 'bad_request', message: file.message });
  const bundle = new TextDecoder().decode(file.bytes).trim();
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const answer = await ask(api, 'importPolicy', { body: { bundle }, signal: context.signal });
  if (!answer.ok) return refused(answer.refusal);
  const { body } = answer;
  return { kind: 'done', json: body, print: (terminal) => terminal.out(`${plainText(body.message)}\n`) };
}
