import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from 'vitest';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { COMPLETION_SCRIPTS } from './scripts.ts';

/*
 * PowerShell cannot be had on every machine of ours, so the script is parsed by a grammar of the language. That finds what
 * PowerShell would refuse to read; what the script then does is not seen here.
 */

const file = createRequire(import.meta.url).resolve;
let parser: Parser;
beforeAll(async () => {
  await Parser.init({ locateFile: () => file('web-tree-sitter/web-tree-sitter.wasm') });
  parser = new Parser();
  parser.setLanguage(await Language.load(file('tree-sitter-powershell/tree-sitter-powershell.wasm')));
});

function tree(script: string): Node {
  const parsed = parser.parse(script);
  if (parsed === null) throw new Error('the parser gave nothing');
  return parsed.rootNode;
}

/** Where the grammar finds something that it cannot read, or misses something: lines, from 1. */
function faults(script: string): readonly string[] {
  const below = (node: Node): readonly Node[] => [
    node,
    ...node.children.flatMap((each) => (each === null ? [] : below(each))),
  ];
  return below(tree(script))
    .filter((node) => node.isError || node.isMissing)
    .map((node) => `line ${node.startPosition.row + 1}`);
}

const script = COMPLETION_SCRIPTS.powershell;

test('PowerShell can read the script', () => {
  expect(faults(script)).toEqual([]);
  expect(tree(script).hasError).toBe(false);
});

test('it registers one completer for one native command, with the three parameters that PowerShell passes', () => {
  const commands = tree(script)
    .descendantsOfType('command_name')
    .map((node) => node?.text);
  expect(commands.filter((name) => name === 'Register-ArgumentCompleter')).toHaveLength(1);
  const parameters = tree(script)
    .descendantsOfType('script_parameter')
    .map((node) => node?.text);
  expect(parameters).toEqual(['$wordToComplete', '$commandAst', '$cursorPosition']);
});

describe('the grammar refuses', () => {
  test.each([
    ['a brace too few', script.trimEnd().slice(0, -1)],
    ['a brace too many', `${script}}\n`],
    ['a pipe that leads nowhere', script.replace('ForEach-Object {\n', '\n')],
    ['a quote too few', script.replace("':file'", "':file")],
    [
      'a condition without its bracket',
      script.replace("if ($word -ne ':file') {", "if ($word -ne ':file' {"),
    ],
    ['an assignment of nothing', `${script}$text =\n`],
    ['the script of another shell', COMPLETION_SCRIPTS.fish],
  ])('%s', (_what, broken) => {
    expect(broken).not.toBe(script);
    expect(faults(broken)).not.toEqual([]);
  });
});
