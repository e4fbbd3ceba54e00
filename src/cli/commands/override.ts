import type { OverridesAnswer } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { durationOf, secondsOf } from '../../shared/text/duration.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { type Asked, ask } from '../local-client.ts';
import { plainText } from '../terminal/plain-text.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { parseSettingValue, showValue } from './setting-value.ts';

/** `mooring override list` */
export async function listOverrides(context: CommandContext): Promise<Outcome> {
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  return outcome(await ask(api, 'overrides', { signal: context.signal }), printList);
}

/** `mooring override request <id> <value…> --reason TEXT [--for TIME]` */
export async function requestOverride(
  context: CommandContext,
  { words, options }: Invocation,
): Promise<Outcome> {
  const [id = '', ...values] = words;
  const reason = typeof options.reason === 'string' ? options.reason.trim() : '';
  if (reason === '') return refused(NO_REASON);
  const seconds = typeof options.for === 'string' ? secondsOf(options.for) : undefined;
  if (seconds === null) return refused(noTime(String(options.for)));
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const catalog = await ask(api, 'catalog', { signal: context.signal });
  if (!catalog.ok) return refused(catalog.refusal);
  const setting = catalog.body.settings.find((each) => each.id === id);
  // Unknown here, or not of this platform: the agent knows which, and says it.
  const parsed =
    setting === undefined
      ? { ok: true as const, value: values.join(' ') }
      : parseSettingValue(setting, values);
  if (!parsed.ok) return refused(parsed.refusal);
  const body = { setting: id, value: parsed.value, reason, ...(seconds === undefined ? {} : { seconds }) };
  const answer = await ask(api, 'requestOverride', { body, signal: context.signal });
  return outcome(answer, (terminal, { overrides }) => {
    const granted = overrides.find((each) => each.setting === id);
    if (granted === undefined) return terminal.out(`${id} is not overridden: it has ended already.\n`);
    terminal.out(
      `${id} is now ${plainText(showValue(granted.value))} until ${granted.until}; then it returns to ${plainText(showValue(granted.returnsTo))}.\n`,
    );
  });
}

/** `mooring override end <id>` */
export async function endOverride(context: CommandContext, { words }: Invocation): Promise<Outcome> {
  const [id = ''] = words;
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const answer = await ask(api, 'endOverride', { body: { setting: id }, signal: context.signal });
  return outcome(answer, (terminal) => terminal.out(`The override of ${id} has ended.\n`));
}

function outcome(
  answer: Asked<OverridesAnswer>,
  print: (terminal: Terminal, body: OverridesAnswer) => void,
): Outcome {
  if (!answer.ok) return refused(answer.refusal);
  const { body } = answer;
  return { kind: 'done', json: body, print: (terminal) => print(terminal, body) };
}

function printList(terminal: Terminal, { overrides, exceptions }: OverridesAnswer): void {
  if (overrides.length === 0) terminal.out('Nothing is overridden.\n');
  else {
    const rows = overrides.map(({ setting, value, until, returnsTo }) => [
      setting,
      showValue(value),
      until,
      showValue(returnsTo),
    ]);
    terminal.out(renderTable(terminal, ['overridden', 'value', 'until', 'returns to'], rows));
  }
  if (exceptions.length === 0) {
    terminal.out('The policy allows no override.\n');
    return;
  }
  const rows = exceptions.map(({ setting, maxSeconds }) => [setting, durationOf(maxSeconds)]);
  terminal.out(`\n${renderTable(terminal, ['may be overridden', 'for at most'], rows)}`);
}

const NO_REASON: Refusal = {
  code: 'bad_request',
  message: 'An override needs a reason, which the owners of your organization will see.',
  help: 'Give it with --reason "…".',
};

function noTime(text: string): Refusal {
  return {
    code: 'bad_request',
    message: `"${text.slice(0, 40)}" is no time of a minute or more.`,
    help: 'Write it like 45m, 2h or 1d.',
  };
}
