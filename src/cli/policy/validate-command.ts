import { parseArgs } from 'node:util';
import type { Layer } from '../../shared/policy/model.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { plainText } from '../terminal/plain-text.ts';
import { readInput, readInputFile } from './input-file.ts';
import { BAD_INPUT, DONE, type PolicyIo, refuse } from './policy-io.ts';
import { countProblems, printProblems } from './print-problems.ts';

const HELP = '"mooring policy validate --help" shows how to use it.';

/**
 * `mooring policy validate FILE`: every problem of a document, with its line and how to mend it.
 * @returns the exit code: 2 for a wrong command line, a file that cannot be read, or any error in it; otherwise 0
 */
export async function runValidate(args: readonly string[], io: PolicyIo): Promise<number> {
  const json = args.includes('--json');
  const parsed = parse(args);
  if (!parsed.ok) return refuse(io, json, parsed.message, HELP);
  const { path } = parsed;
  const file = path === '-' ? { ok: true as const, bytes: await readInput(io.stdin) } : readInputFile(path);
  if (!file.ok) return refuse(io, json, file.message, 'Check the path.');
  const layer = readDocument(file.bytes, 'admin-settings', desktopCatalog);
  const valid = layer.problems.every(({ severity }) => severity !== 'error');
  if (json) {
    // Which layer the file will be is not known here, so the problems are not said to be of one.
    const problems = layer.problems.map(({ source: _, ...problem }) => problem);
    io.terminal.out(`${JSON.stringify({ file: path, valid, problems }, null, 2)}\n`);
  } else print(io, path, layer, valid);
  return valid ? DONE : BAD_INPUT;
}

function parse(args: readonly string[]): { ok: true; path: string } | { ok: false; message: string } {
  try {
    const { positionals } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
      strict: true,
    });
    const [path, more] = positionals;
    if (path === undefined) return { ok: false, message: 'The file to check is missing.' };
    return more === undefined
      ? { ok: true, path }
      : { ok: false, message: 'Only one file is checked at a time.' };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function print({ terminal }: PolicyIo, path: string, layer: Layer, valid: boolean): void {
  const name = plainText(path);
  printProblems(
    terminal,
    layer.problems.map((problem) => ({ ...problem, source: name })),
  );
  const locked = [...layer.mentions.values()].filter((mention) => mention.locked).length;
  const { size } = layer.mentions;
  const decided = `It decides ${size} ${size === 1 ? 'setting' : 'settings'}, ${locked} locked.`;
  const count = countProblems(layer.problems);
  if (!valid)
    terminal.out(`${name}: ${count}. It cannot be saved or installed before its errors are mended.\n`);
  else terminal.out(`${name}: ${layer.problems.length === 0 ? 'no problems' : count}. ${decided}\n`);
}
