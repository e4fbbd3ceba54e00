import type { ManagedBy, SettingState } from '../../shared/contracts/local-api.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { ask } from '../local-client.ts';
import { plainText } from '../terminal/plain-text.ts';
import { type Cell, renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { bareValue, showValue } from './setting-value.ts';
import { stateOf } from './settings-list.ts';

/** `mooring settings get <id>`: the bare value, for scripts. */
export async function getSetting(context: CommandContext, invocation: Invocation): Promise<Outcome> {
  return withSetting(context, invocation, (state) => (terminal) => {
    const value = bareValue(state.value);
    // Into a pipe goes the value byte for byte; a terminal must not be steered by it.
    terminal.out(`${terminal.columns === null ? value : plainText(value, { lines: true })}\n`);
  });
}

/** `mooring settings explain <id>`: who decided it, and what everybody else said. */
export async function explainSetting(context: CommandContext, invocation: Invocation): Promise<Outcome> {
  return withSetting(context, invocation, (state) => (terminal) => explain(terminal, state));
}

async function withSetting(
  context: CommandContext,
  { words }: Invocation,
  printer: (state: SettingState) => (terminal: Terminal) => void,
): Promise<Outcome> {
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const setting = await ask(api, 'setting', { id: words[0] ?? '', signal: context.signal });
  if (!setting.ok) return refused(setting.refusal);
  return { kind: 'done', json: setting.body, print: printer(setting.body) };
}

function explain(terminal: Terminal, state: SettingState): void {
  const { colors } = terminal;
  const { text, paint = (same: string) => same } = stateOf(state, colors);
  terminal.out(`${colors.bold(state.id)} = ${plainText(showValue(state.value))}  ${paint(text)}\n`);
  if (state.managedBy) terminal.out(`${managedLine(state.managedBy, state.locked)}\n`);
  if (state.managedBy?.override) {
    const { until, returnsTo } = state.managedBy.override;
    terminal.out(
      `Overridden until ${plainText(until)}; then it returns to ${plainText(showValue(returnsTo))}.\n`,
    );
  }
  if (state.frozen) terminal.out(`${FROZEN[state.frozen]}\n`);
  if (!state.locked) {
    terminal.out(
      `"mooring settings reset ${state.id}" brings back: ${plainText(showValue(state.suggestion))}\n`,
    );
  }
  if (state.choice !== undefined && state.locked) {
    terminal.out(`Your own choice, kept for when the lock goes: ${plainText(showValue(state.choice))}\n`);
  }
  const rows = state.contributions.map((contribution) => [
    contribution.source,
    showValue(contribution.value),
    contribution.locked ? 'yes' : 'no',
    outcomeCell(contribution.outcome, terminal),
    contribution.reason,
  ]);
  if (rows.length > 0) {
    terminal.out(`\n${renderTable(terminal, ['source', 'value', 'locked', 'outcome', 'reason'], rows)}`);
  }
}

/** "Locked by Engineering default (acme), revision 3, since 2026-01-02 10:00, from https://…" */
function managedLine(by: ManagedBy, locked: boolean): string {
  const parts = [
    `${locked ? 'Locked' : 'Suggested'} by ${by.label}`,
    by.revision === undefined ? null : `revision ${by.revision}`,
    by.since === undefined ? null : `since ${by.since}`,
    by.location === undefined ? null : `from ${by.location}`,
  ];
  return plainText(parts.filter((part) => part !== null).join(', '));
}

function outcomeCell(outcome: 'wins' | 'overridden' | 'ignored', { colors }: Terminal): Cell {
  return { text: outcome, paint: outcome === 'wins' ? colors.green : colors.dim };
}

const FROZEN = {
  policy_source_broken:
    'Held at this value: a policy source cannot be read. "mooring status --verbose" names it and says how to mend it.',
  policy_stale: 'Held at this value: the policy is too old. "mooring sync" fetches it anew.',
} as const;
