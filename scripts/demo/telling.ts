import { styleText } from 'node:util';

const width = Math.min(process.stdout.columns ?? 100, 110);
const colored = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const style = (format: 'bold' | 'dim' | 'green' | 'red' | 'cyan', text: string) =>
  colored ? styleText(format, text) : text;

/** Tells a story on the terminal: numbered steps, plain sentences, what was typed and what came back. */
export interface Telling {
  step(title: string): void;
  say(text: string): void;
  /** A command as a person would type it. */
  typed(command: string): void;
  /** What a command or file showed, indented. */
  shown(text: string): void;
  /** One thing that was checked. A false one ends the story with an error. */
  check(claim: string, holds: boolean): void;
  table(rows: readonly (readonly string[])[]): void;
  /** How many checks held. */
  checks(): number;
}

export function tell(): Telling {
  let steps = 0;
  let held = 0;
  const write = (line: string) => process.stdout.write(`${line}\n`);
  return {
    step: (title) => {
      steps += 1;
      write(`\n${style('bold', `${steps}. ${title}`)}`);
    },
    say: (text) => {
      for (const line of wrapped(text, width - 3)) write(`   ${line}`);
    },
    typed: (command) => write(`   ${style('cyan', `$ ${command}`)}`),
    shown: (text) => {
      for (const line of text.trimEnd().split('\n')) write(style('dim', `     ${line}`));
    },
    check: (claim, holds) => {
      write(`   ${holds ? style('green', '✓') : style('red', '✗')} ${claim}`);
      if (!holds) throw new Error(`This did not hold: ${claim}`);
      held += 1;
    },
    table: (rows) => {
      const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map((row) => (row[column] ?? '').length)),
      );
      for (const [index, row] of rows.entries()) {
        const line = row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd();
        write(`     ${index === 0 ? style('bold', line) : line}`);
      }
    },
    checks: () => held,
  };
}

function wrapped(text: string, limit: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= limit)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
