import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import { showValue } from '../commands/setting-value.ts';
import { type Cell, renderTable } from '../terminal/table.ts';
import type { Colors, Terminal } from '../terminal/terminal.ts';
import { printProblems } from './print-problems.ts';
import type { ResolveAnswer } from './resolve-case.ts';

/** Prints an answer for people: what anybody spoke of, who won and why; then the problems. */
export function printAnswer(
  terminal: Terminal,
  { platform, frozen, settings, problems }: ResolveAnswer,
): void {
  const all = Object.entries(settings);
  const spoken = all.filter(([, { contributions }]) => contributions.length > 0);
  if (spoken.length > 0) {
    const rows = spoken.map(([id, { value, locked, source, contributions }]) => [
      id,
      maskUserInfo(showValue(value)),
      lockCell(locked, terminal.colors),
      source,
      contributions.find(({ outcome }) => outcome === 'wins')?.reason ??
        'Nothing that was said of it counts.',
    ]);
    terminal.out(renderTable(terminal, ['setting', 'value', 'lock', 'source', 'why'], rows));
    terminal.out('\n');
  }
  const rest = all.length - spoken.length;
  terminal.out(
    `${rest} ${rest === 1 ? 'setting has' : 'settings have'} the built-in default on ${platform}.\n`,
  );
  if (problems.length > 0) {
    terminal.out('\n');
    printProblems(terminal, problems);
  }
  if (frozen === true) {
    terminal.err(
      'A source cannot be read and was left out here. A device would freeze its settings until it is mended.\n',
    );
  }
}

function lockCell(locked: boolean, colors: Colors): Cell {
  return locked ? { text: 'locked', paint: colors.yellow } : { text: 'open', paint: colors.dim };
}
