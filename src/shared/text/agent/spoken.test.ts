import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';
import { labelsDe } from '../de/setting-labels.ts';
import { createRetell } from '../retell.ts';
import { spokenDe } from './de/spoken.ts';
import { spoken } from './spoken.ts';

const retell = createRetell(spoken, spokenDe, labelsDe);

/** Where sentences for people are written that reach the dashboard. The diagnostics name theirs themselves. */
const PLACES = [
  'src/agent',
  'src/shared/policy',
  'src/shared/settings/check-value.ts',
  'src/main/bridge',
  'src/main/agent',
  // The hub's words to whoever asks for an override, which the agent hands on.
  'src/hub/overrides/judge-override.ts',
];
const ELSEWHERE = [
  // Said by the checks, which give key and values.
  'src/agent/diagnostics/',
  'src/agent/testing/',
  // What another program reads, or a browser without the dashboard.
  'src/agent/delivery/pac-functions.ts',
  'src/agent/local-api/dashboard-files.ts',
  'src/agent/sources/test-registry.ts',
  // The command line's.
  'src/shared/policy/explain.ts',
  'src/shared/policy/json-schema.ts',
  'src/shared/policy/precedence.ts',
];
/** Sentences of the log, of the command line, or that no page shows. */
const NOT_SHOWN = new Set([
  // Reports to the hub, and the log.
  'Something in the user’s own settings file is not right.',
  'Reporting failed inside the agent.',
  'The hub did not take a report.',
  // A fault of ours, which the log tells.
  'A resolution cannot be changed; resolve again.',
]);

function filesIn(path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => {
      const inside = `${path}/${entry.name}`;
      if (entry.isDirectory()) return filesIn(inside);
      return inside.endsWith('.ts') && !inside.endsWith('.test.ts') ? [inside] : [];
    })
    .filter((file) => !ELSEWHERE.some((other) => file.startsWith(other)));
}

/** Sentences written in a file, each as the pieces around its values. */
function sentencesOf(file: string): (readonly string[])[] {
  const found: (readonly string[])[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) visit(each);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const of: Readonly<Record<string, unknown>> = { ...node };
    if (of.type === 'Literal' && typeof of.value === 'string') found.push([of.value]);
    if (of.type === 'TemplateLiteral' && Array.isArray(of.quasis))
      found.push(of.quasis.map((quasi: { value: { cooked: string } }) => quasi.value.cooked));
    for (const each of Object.values(of)) visit(each);
  };
  visit(parseSync(file, readFileSync(join(process.cwd(), file), 'utf8')).program);
  return found.filter(
    (pieces) => /^[A-Z“"{]|^$/.test(pieces[0] ?? '') && /[a-z] [a-z].*[.?:~]$/s.test(pieces.join('~')),
  );
}

const SAMPLES = [
  'zzz',
  '“Label” (some.id)',
  '7',
  '"zzz"',
  'mac',
  'The file zzz',
  'The keychain',
  'Zzz.',
  ': zzz zzz.',
  '.',
  '',
  'Another program',
  ' (required by zzz)',
  'through the managed proxy zzz: zzz',
  'keys are not known and are',
];

/** True where a person reads none of the sentence's own words in English, whatever its values are. */
function isKnown(pieces: readonly string[]): boolean {
  const count = pieces.length - 1;
  for (let combination = 0; combination < SAMPLES.length ** count; combination += 1) {
    const values = Array.from(
      { length: count },
      (_, index) => SAMPLES[Math.floor(combination / SAMPLES.length ** index) % SAMPLES.length] ?? '',
    );
    const text = pieces.map((piece, index) => `${piece}${values[index] ?? ''}`).join('');
    const left = retell(text.trim()).filter((told) => told.left);
    if (left.every((told) => /^(zzz|[\s.":])*$/i.test(told.text))) return true;
  }
  return false;
}

test('every sentence that the agent writes for a person is in the catalog of what it says', () => {
  const unknown = PLACES.flatMap(filesIn).flatMap((file) =>
    sentencesOf(file)
      .filter((pieces) => !NOT_SHOWN.has(pieces.join('{}')) && !isKnown(pieces))
      .map((pieces) => `${file}: ${pieces.join('{}')}`),
  );
  expect(unknown).toEqual([]);
});
