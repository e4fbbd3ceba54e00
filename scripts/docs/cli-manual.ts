import type { ArgumentSpec, CommandSpec, OptionSpec } from '../../src/cli/command.ts';
import { COMMANDS, DESCRIPTION, EXIT_CODES } from '../../src/cli/command-tree/command-tree.ts';

/** The manual of `mooring`, made from the command tree. */
export function cliManual(): string {
  return [
    '# `mooring`, command by command',
    DESCRIPTION,
    'Commands work whether or not an agent runs: a running one answers them, and without one they do the work themselves. Every command takes `--json`, which prints one JSON document for programs, and `--help`. From a checkout every command runs as `npm run --silent mooring -- …`.',
    '## Exit codes',
    table(
      ['code', 'meaning'],
      EXIT_CODES.map(([code, meaning]) => [String(code), meaning]),
    ),
    'A refusal is printed on standard error as what happened, why, and what to do, with its code; with `--json` it is `{ "error": { "code", "message", … } }` on standard output. A command that a signal ends has the exit code 128 plus the number of the signal.',
    '## Output',
    'Tables are cut to the width of the terminal, with `…` where something is missing; in a pipe and with `--json` nothing is cut. Colour is used on a terminal only; `NO_COLOR` turns it off and `FORCE_COLOR` on.',
    '## Commands',
    ...COMMANDS.flatMap(section),
  ].join('\n\n');
}

function section(spec: CommandSpec): readonly string[] {
  const options = [...(spec.options ?? []), JSON_OPTION];
  return [
    `### \`mooring ${spec.path.join(' ')}\``,
    `${spec.summary}.`,
    `\`\`\`text\nmooring ${[...spec.path, ...(spec.arguments ?? []).map(argumentWord), '[options]'].join(' ')}\n\`\`\``,
    ...(spec.details ?? []),
    ...(spec.arguments
      ? [
          table(
            ['argument', 'meaning'],
            spec.arguments.map((one) => [`\`${argumentWord(one)}\``, one.description]),
          ),
        ]
      : []),
    table(
      ['option', 'meaning'],
      options.map((one) => [`\`${optionWord(one)}\``, `${one.description}${choices(one)}`]),
    ),
    ...(spec.examples ? [`\`\`\`sh\n${spec.examples.join('\n')}\n\`\`\``] : []),
  ];
}

const JSON_OPTION: OptionSpec = { name: 'json', description: 'Print JSON instead of words' };

function argumentWord({ name, optional, variadic }: ArgumentSpec): string {
  const word = variadic ? `${name}…` : name;
  return optional ? `[${word}]` : `<${word}>`;
}

function optionWord({ name, value }: OptionSpec): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function choices({ choices: list }: OptionSpec): string {
  return list ? ` (${list.join(', ')})` : '';
}

/** A Markdown table; bars in cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
