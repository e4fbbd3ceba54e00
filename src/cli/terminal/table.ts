import Table from 'cli-table3';
import stringWidth from 'string-width';
import { plainText } from './plain-text.ts';
import type { Terminal } from './terminal.ts';

/** One cell: text of any origin, and the colour it gets once it is safe. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const GAP = '  ';

/**
 * A table without lines, as wide as the terminal at most: the first column, which names the row, gives way last, the
 * widest of the others first, and what does not fit ends in `…`. Where standard output is no terminal nothing is cut. Ends with a line break.
 */
export function renderTable(
  terminal: Pick<Terminal, 'columns' | 'colors'>,
  head: readonly string[],
  rows: readonly (readonly (string | Cell)[])[],
): string {
  const titles = head.map((title) => terminal.colors.bold(title.toUpperCase()));
  const lines = [titles, ...rows.map((row) => row.map(painted))];
  const natural = head.map((_, column) => Math.max(...lines.map((line) => stringWidth(line[column] ?? ''))));
  const room = terminal.columns === null ? Number.POSITIVE_INFINITY : terminal.columns;
  const table = new Table({
    chars: WITHOUT_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: [...fitWidths(natural, room - GAP.length * (head.length - 1))],
    truncate: '…',
  });
  table.push(...lines);
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

function painted(cell: string | Cell): string {
  if (typeof cell === 'string') return plainText(cell);
  const text = plainText(cell.text);
  return cell.paint && text !== '' ? cell.paint(text) : text;
}

/** What every other column keeps while the first one takes the room it needs. */
const LEAST = 4;

/** Widths that add up to `room` at most. Rows must be told apart, so the first column is cut last. */
function fitWidths(natural: readonly number[], room: number): readonly number[] {
  const [first = 1, ...others] = natural.map((width) => Math.max(width, 1));
  const needed = others.reduce((sum, width) => sum + Math.min(width, LEAST), 0);
  const name = Math.max(1, Math.min(first, room - needed));
  return [name, ...shareWidths(others, room - name)];
}

/** Columns narrower than an equal share keep their width, the others share the rest. */
function shareWidths(widths: readonly number[], room: number): readonly number[] {
  const sorted = [...widths].sort((a, b) => a - b);
  let left = room;
  let cap = Number.POSITIVE_INFINITY;
  for (const [index, width] of sorted.entries()) {
    const share = Math.floor(left / (sorted.length - index));
    if (width > share) {
      cap = share;
      break;
    }
    left -= width;
  }
  return widths.map((width) => Math.max(1, Math.min(width, cap)));
}

const WITHOUT_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
} as const;
