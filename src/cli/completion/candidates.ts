import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import type { Setting } from '../../shared/settings/setting.ts';
import type { CommandSpec, Completion, OptionSpec } from '../command.ts';
import { COMMANDS, GROUPS } from '../command-tree/command-tree.ts';
import { SHELLS } from './shells.ts';

/** Something that could stand at the cursor. */
interface Candidate {
  readonly word: string;
  /** One line, for shells that show it. */
  readonly about: string;
}

/** What could stand at the cursor; `file`: a path, which the shell completes itself. */
export type Candidates = readonly Candidate[] | 'file';

const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'json', description: 'Print JSON instead of words' },
  { name: 'help', description: 'Show help' },
];

/**
 * What a shell can offer for `current`, the word at the cursor, after the words before it (without the program's
 * name). One place for all shells: each shell's script only asks it.
 */
export function candidates(before: readonly string[], current: string): Candidates {
  const typed = readWords(before);
  const offered = typed.awaiting ? valuesOf(typed.awaiting) : offer(typed, current);
  return offered === 'file' ? offered : offered.filter(({ word }) => word.startsWith(current));
}

interface Typed {
  readonly words: readonly string[];
  readonly given: readonly string[];
  /** The option whose value stands at the cursor. */
  readonly awaiting: OptionSpec | null;
  /** After `--` every word is an argument. */
  readonly onlyArguments: boolean;
}

function readWords(before: readonly string[]): Typed {
  const words: string[] = [];
  const given: string[] = [];
  let awaiting: OptionSpec | null = null;
  let onlyArguments = false;
  for (const word of before) {
    if (awaiting) awaiting = null;
    else if (onlyArguments || !word.startsWith('-')) words.push(word);
    else if (word === '--') onlyArguments = true;
    else {
      given.push(word);
      awaiting =
        optionsOf(commandOf(words)).find(({ name, value }) => value !== undefined && word === `--${name}`) ??
        null;
    }
  }
  return { words, given, awaiting, onlyArguments };
}

function offer(typed: Typed, current: string): Candidates {
  const command = commandOf(typed.words);
  if (current.startsWith('-') && !typed.onlyArguments) {
    return optionsOf(command)
      .filter(({ name }) => !typed.given.includes(`--${name}`))
      .map(({ name, description }) => ({ word: `--${name}`, about: description }));
  }
  if (command === null) return namesAfter(typed.words);
  const position = typed.words.length - command.path.length;
  const list = command.arguments ?? [];
  const last = list.at(-1);
  const argument = list[position] ?? (last?.variadic ? last : undefined);
  return argument?.completes ? valuesFor(argument.completes, typed.words.slice(command.path.length)) : [];
}

function commandOf(words: readonly string[]): CommandSpec | null {
  return COMMANDS.find(({ path }) => path.every((name, index) => words[index] === name)) ?? null;
}

function optionsOf(command: CommandSpec | null): readonly OptionSpec[] {
  return [...(command?.options ?? []), ...COMMON_OPTIONS.slice(command === null ? 1 : 0)];
}

/** The names that may follow: commands and groups at first, then the commands of the group. */
function namesAfter(words: readonly string[]): readonly Candidate[] {
  const following = COMMANDS.filter(({ path }) => words.every((word, index) => path[index] === word));
  const names = new Map<string, string>();
  for (const { path, summary } of following) {
    const name = path[words.length];
    if (name === undefined) continue;
    names.set(name, path.length > words.length + 1 ? (GROUPS[name] ?? '') : summary);
  }
  return [...names].map(([word, about]) => ({ word, about }));
}

function valuesOf(option: OptionSpec): Candidates {
  if (option.choices) return option.choices.map((word) => ({ word, about: '' }));
  return option.completes ? valuesFor(option.completes, []) : [];
}

function valuesFor(kind: Completion, words: readonly string[]): Candidates {
  switch (kind) {
    case 'file':
      return 'file';
    case 'shell':
      return SHELLS.map((word) => ({ word, about: '' }));
    case 'category':
      return desktopCatalog.categories.map((word) => ({ word, about: '' }));
    case 'setting':
      return desktopCatalog.settings
        .filter(({ id }) => !words.includes(id))
        .map(({ id, label }) => ({ word: id, about: label }));
    case 'value':
      return settingValues(desktopCatalog.byId.get(words[0] ?? ''));
  }
}

function settingValues(setting: Setting | undefined): readonly Candidate[] {
  const values = setting?.type === 'boolean' ? ['true', 'false'] : (setting?.choices ?? []);
  return values.map((word) => ({ word, about: word === setting?.default ? 'default' : '' }));
}

/** The answer to a shell's script: one candidate a line, a tab before what it is about; `:file` asks for paths. */
export function renderCandidates(found: Candidates): string {
  if (found === 'file') return ':file\n';
  return found.map(({ word, about }) => (about === '' ? `${word}\n` : `${word}\t${about}\n`)).join('');
}
