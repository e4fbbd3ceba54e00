import { once } from 'node:events';
import { isJsonObject, type JsonObject } from '../../shared/policy/read-settings.ts';
import { PLATFORMS, type Platform } from '../../shared/settings/setting.ts';
import { nearest } from '../../shared/text/nearest.ts';
import { quote } from '../../shared/text/quote.ts';
import { type InputLine, inputLines } from './input-lines.ts';
import { BAD_INPUT, DONE, type PolicyIo } from './policy-io.ts';
import { type ResolveAnswer, type ResolveCase, resolveCase } from './resolve-case.ts';

/**
 * `mooring policy resolve --ndjson`: one case a line in, one answer a line out, in order. A line that is no case is
 * answered with `{ "error", "line" }`, and the next one is read. It never runs ahead of its reader.
 * @returns 2 when a line was no case, or something in a case could not be read at all; otherwise 0
 */
export async function resolveLines(io: PolicyIo, platform: Platform): Promise<number> {
  let exit = DONE;
  let number = 0;
  for await (const line of inputLines(io.stdin)) {
    number += 1;
    const given = readCase(line, platform);
    const resolved = given.ok ? resolveCase(given.case) : null;
    if (resolved?.readable !== true) exit = BAD_INPUT;
    const answer = given.ok
      ? withCaseProblems(resolved?.answer, given.unknown)
      : { error: { code: 'bad_request', message: given.message }, line: number };
    if (!(await write(io, `${JSON.stringify(answer)}\n`))) break;
  }
  return exit;
}

type CaseReading =
  | { readonly ok: true; readonly case: ResolveCase; readonly unknown: readonly string[] }
  | { readonly ok: false; readonly message: string };

const DOCUMENTS = ['profile', 'userPolicy', 'orgPolicy', 'adminSettings', 'choices'] as const;

const KEYS: readonly string[] = ['platform', ...DOCUMENTS];

/** A misspelled key would leave its document out of the case without a word. */
function withCaseProblems(answer: ResolveAnswer | undefined, unknown: readonly string[]) {
  if (answer === undefined || unknown.length === 0) return answer;
  const more = unknown.map((key) => {
    const close = nearest(key, KEYS);
    const meant = close === null ? `It knows ${KEYS.join(', ')}.` : `Did you mean "${close}"?`;
    const message = `A case has no key ${quote(key)}, so it was ignored. ${meant}`;
    return { severity: 'warning', source: 'case', path: key, code: 'unknown_key', message } as const;
  });
  return { ...answer, problems: [...more, ...answer.problems] };
}

function readCase(line: InputLine, platform: Platform): CaseReading {
  if (!line.ok) return line;
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (error) {
    return {
      ok: false,
      message: `The line is not JSON: ${error instanceof Error ? error.message : 'unreadable'}.`,
    };
  }
  if (!isJsonObject(value)) return { ok: false, message: 'A case has to be a JSON object.' };
  const on = ownValue(value, 'platform') ?? platform;
  const known = PLATFORMS.find((each) => each === on);
  if (known === undefined)
    return { ok: false, message: `"platform" has to be one of ${PLATFORMS.join(', ')}.` };
  const documents = DOCUMENTS.map((name) => [name, ownValue(value, name)] as const);
  const unknown = Object.keys(value).filter((key) => !KEYS.includes(key));
  return { ok: true, case: { platform: known, ...Object.fromEntries(documents) }, unknown };
}

/** `null` says, like nothing at all, that there is none. */
function ownValue(value: JsonObject, key: string): unknown {
  return Object.hasOwn(value, key) ? (value[key] ?? undefined) : undefined;
}

/** Writes and waits until there is room for more; `false` when nobody reads any more. */
async function write({ stdout }: PolicyIo, text: string): Promise<boolean> {
  if (!stdout.writable) return false;
  if (stdout.write(text)) return true;
  const left = new AbortController();
  const gone = (): void => left.abort();
  stdout.once('close', gone);
  stdout.once('error', gone);
  try {
    await once(stdout, 'drain', { signal: left.signal });
    return true;
  } catch {
    return false;
  } finally {
    stdout.off('close', gone);
    stdout.off('error', gone);
  }
}
