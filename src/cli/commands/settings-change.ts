import type { LocalApi } from '../../agent/local-api/connect.ts';
import type { ChangeAnswer, ChangeRequest } from '../../shared/contracts/local-api.ts';
import { changeAnswerSchema } from '../../shared/contracts/local-api.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { ask } from '../local-client.ts';
import { plainText } from '../terminal/plain-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { parseSettingValue, showValue } from './setting-value.ts';

/** `mooring settings set <id> <value…>` */
export async function setSetting(context: CommandContext, { words }: Invocation): Promise<Outcome> {
  const [id = '', ...values] = words;
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const catalog = await ask(api, 'catalog', { signal: context.signal });
  if (!catalog.ok) return refused(catalog.refusal);
  const setting = catalog.body.settings.find((each) => each.id === id);
  // Unknown here, or not of this platform: the agent knows which, and says it.
  if (!setting) return change(context, api, { set: { [id]: values.join(' ') } });
  const parsed = parseSettingValue(setting, values);
  return parsed.ok ? change(context, api, { set: { [id]: parsed.value } }) : refused(parsed.refusal);
}

/** `mooring settings reset <id…>` or `--all` */
export async function resetSettings(
  context: CommandContext,
  { words, options }: Invocation,
): Promise<Outcome> {
  const all = options.all === true;
  if (all === words.length > 0) {
    return refused({
      code: 'bad_request',
      message: all ? 'Name settings, or say --all, not both.' : 'Say which settings to reset.',
      help: 'Use "mooring settings reset <id…>" or "mooring settings reset --all".',
    });
  }
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  return change(context, api, all ? { resetAll: true } : { reset: [...words] });
}

async function change(
  context: CommandContext,
  api: Pick<LocalApi, 'fetch'>,
  request: ChangeRequest,
): Promise<Outcome> {
  const answer = await ask(api, 'change', { body: request, signal: context.signal });
  if (!answer.ok) {
    // A refused change still carries an answer for every setting.
    const whole = changeAnswerSchema.safeParse(answer.body);
    return {
      kind: 'refused',
      refusal: answer.refusal,
      ...(whole.success ? { json: whole.data, print: (terminal) => printOthers(terminal, whole.data) } : {}),
    };
  }
  return { kind: 'done', json: answer.body, print: (terminal) => print(terminal, answer.body) };
}

function print(terminal: Terminal, { results }: ChangeAnswer): void {
  const changed = results.filter((result) => result.outcome === 'changed');
  const unchanged = results.length - changed.length;
  for (const { id, value } of changed) terminal.out(`${id} is now ${plainText(showValue(value))}\n`);
  if (changed.length === 0 && results.length === 1 && results[0]) {
    terminal.out(`${results[0].id} stays ${plainText(showValue(results[0].value))}\n`);
  } else if (unchanged > 0) {
    terminal.out(`${unchanged} ${unchanged === 1 ? 'setting stays' : 'settings stay'} as before.\n`);
  }
  if (results.length === 0) terminal.out('Nothing was chosen, so there is nothing to reset.\n');
}

/** With several settings in one request, the refusal names the first; these are the others. */
function printOthers(terminal: Terminal, { results, error }: ChangeAnswer): void {
  const others = results.filter((result) => result.outcome === 'refused' && result.id !== error?.setting);
  for (const { id, error: why } of others) {
    terminal.err(`${id}: ${plainText(why?.message ?? 'refused')}\n`);
  }
}
