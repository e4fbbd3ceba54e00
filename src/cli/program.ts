import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { VERSION } from '../shared/version.ts';
import type { CommandSpec, Invocation } from './command.ts';
import { COMMANDS, DESCRIPTION, EXIT_CODES, GROUPS } from './command-tree/command-tree.ts';

/** Where commander writes: help goes out, complaints go to error. */
export interface ProgramOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly columns: number | null;
}

/** Taken wherever it stands; whether it was given is read from the words themselves. */
const JSON_OPTION = 'Print JSON instead of words';

/** Called with the command that was typed. */
export type Chosen = (spec: CommandSpec, invocation: Invocation) => void;

/** The parser, made from the command tree. Throws commander's `CommanderError` where it would exit. */
export function buildProgram(output: ProgramOutput, onChosen: Chosen): Command {
  const program = new Command('mooring')
    .description(DESCRIPTION)
    .version(VERSION, '--version', 'Print the version')
    .helpOption('-h, --help', 'Show help')
    .helpCommand('help [command]', 'Show help for a command')
    .option('--json', JSON_OPTION)
    .exitOverride()
    .configureOutput({
      writeOut: output.out,
      writeErr: output.err,
      getOutHelpWidth: () => output.columns ?? 100,
      getErrHelpWidth: () => output.columns ?? 100,
    })
    .addHelpText(
      'after',
      `\nExit codes:\n${EXIT_CODES.map(([code, meaning]) => `  ${code}  ${meaning}`).join('\n')}`,
    );
  const groups = new Map<string, Command>();
  for (const spec of COMMANDS) {
    const [first = '', second] = spec.path;
    if (second === undefined) addCommand(program, first, spec, onChosen);
    else addCommand(groupOf(program, groups, first), second, spec, onChosen);
  }
  return program;
}

function groupOf(program: Command, groups: Map<string, Command>, name: string): Command {
  const known = groups.get(name);
  if (known) return known;
  const group = program
    .command(name)
    .description(GROUPS[name] ?? '')
    .option('--json', JSON_OPTION);
  groups.set(name, group);
  return group;
}

function addCommand(parent: Command, name: string, spec: CommandSpec, onChosen: Chosen): void {
  const command = parent.command(name).summary(spec.summary);
  command.description([`${spec.summary}.`, ...(spec.details ?? [])].join('\n\n'));
  for (const { name: word, description, optional, variadic } of spec.arguments ?? []) {
    const dots = variadic ? '...' : '';
    command.addArgument(new Argument(optional ? `[${word}${dots}]` : `<${word}${dots}>`, description));
  }
  for (const { name: long, value, description, choices } of spec.options ?? []) {
    const option = new Option(value === undefined ? `--${long}` : `--${long} <${value}>`, description);
    command.addOption(value === undefined ? option : takenOnce(choices ? option.choices(choices) : option));
  }
  command.option('--json', JSON_OPTION);
  if (spec.examples)
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  ${line}`).join('\n')}`);
  command.action(() => onChosen(spec, { words: command.args, options: typedOptions(command) }));
}

/** Of two values one would be dropped without a word. */
function takenOnce(option: Option): Option {
  const { parseArg } = option;
  return option.argParser((value: string, previous: unknown) => {
    if (previous !== undefined) throw new InvalidArgumentError('It was given twice.');
    return parseArg === undefined ? value : parseArg(value, undefined);
  });
}

function typedOptions(command: Command): Invocation['options'] {
  const given: Record<string, string | true> = {};
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    // "--no-browser" is commander's way to say that "browser" is false.
    if (option.negate ? value === false : value === true) given[option.long?.slice(2) ?? ''] = true;
    else if (typeof value === 'string') given[option.long?.slice(2) ?? ''] = value;
  }
  return given;
}
