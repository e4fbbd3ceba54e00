import { parseArgs } from 'node:util';
import { PLATFORMS, type Platform } from '../../shared/settings/setting.ts';
import { readInputFile } from './input-file.ts';
import { BAD_INPUT, DONE, type PolicyIo, refuse } from './policy-io.ts';
import { type ResolveCase, resolveCase } from './resolve-case.ts';

const HELP = '"mooring policy resolve --help" shows the options.';

const OPTIONS = {
  platform: { type: 'string' },
  'user-policy': { type: 'string' },
  'org-policy': { type: 'string' },
  'admin-settings': { type: 'string' },
  profile: { type: 'string' },
  choices: { type: 'string' },
  ndjson: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** Options that name a file, with the part of the case that the file holds. */
const FILES = [
  ['profile', 'profile'],
  ['user-policy', 'userPolicy'],
  ['org-policy', 'orgPolicy'],
  ['admin-settings', 'adminSettings'],
  ['choices', 'choices'],
] as const;

/**
 * `mooring policy resolve`: what documents and choices lead to, without agent and hub.
 * @returns the exit code: 2 for a wrong command line, a file that cannot be read, or a broken source; otherwise 0
 */
export async function runResolve(args: readonly string[], io: PolicyIo): Promise<number> {
  const parsed = parse(args);
  const json = args.includes('--json');
  if (!parsed.ok) return refuse(io, json, parsed.message, HELP);
  const { values } = parsed;
  const platform =
    values.platform === undefined ? io.platform : PLATFORMS.find((each) => each === values.platform);
  if (platform === undefined) {
    return refuse(
      io,
      json,
      `There is no platform ${values.platform}.`,
      `Use one of ${PLATFORMS.join(', ')}.`,
    );
  }
  if (values.ndjson === true) {
    const file = FILES.find(([option]) => values[option] !== undefined)?.[0];
    if (file !== undefined) {
      return refuse(
        io,
        json,
        `--${file} and --ndjson do not go together.`,
        'With --ndjson each line holds its documents.',
      );
    }
    const { resolveLines } = await import('./resolve-lines.ts');
    return resolveLines(io, platform);
  }
  const files = readFiles(values, platform);
  if (!files.ok) return refuse(io, json, files.message, 'Check the path, or leave the option out.');
  const { answer, readable } = resolveCase(files.case);
  if (json) io.terminal.out(`${JSON.stringify(answer, null, 2)}\n`);
  else {
    // Loaded late: a program that reads JSON should not wait for tables.
    const { printAnswer } = await import('./resolve-table.ts');
    printAnswer(io.terminal, answer);
  }
  return readable ? DONE : BAD_INPUT;
}

type Values = { readonly [Name in Exclude<keyof typeof OPTIONS, 'ndjson' | 'json'>]?: string | undefined } & {
  readonly ndjson?: boolean | undefined;
};

function parse(args: readonly string[]): { ok: true; values: Values } | { ok: false; message: string } {
  try {
    return { ok: true, values: parseArgs({ args: [...args], options: OPTIONS, strict: true }).values };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function readFiles(
  values: Values,
  platform: Platform,
): { readonly ok: true; readonly case: ResolveCase } | { readonly ok: false; readonly message: string } {
  const contents: { [part in (typeof FILES)[number][1]]?: Uint8Array } = {};
  for (const [option, part] of FILES) {
    const path = values[option];
    if (path === undefined) continue;
    const file = readInputFile(path);
    if (!file.ok) return file;
    contents[part] = file.bytes;
  }
  return { ok: true, case: { platform, ...contents } };
}
