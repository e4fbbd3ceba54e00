import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

/*
 * The workflows run elsewhere. What can be held here: that they can be read, and that everything of ours that they
 * run is there.
 */
const root = join(import.meta.dirname, '..');
const folder = join(root, '.github', 'workflows');

const workflow = z.object({
  permissions: z.object({ contents: z.literal('read') }),
  jobs: z.record(
    z.string(),
    z.object({
      'runs-on': z.string(),
      'timeout-minutes': z.number(),
      steps: z.array(z.object({ run: z.string().optional(), uses: z.string().optional() })),
    }),
  ),
});
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

const commandsOf = (file: string) => {
  const { jobs } = workflow.parse(parse(readFileSync(join(folder, file), 'utf8')));
  return Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
  );
};

test.each(readdirSync(folder))('%s runs what is there', (file) => {
  const text = commandsOf(file).join('\n');
  const run = [...text.matchAll(/npm (?:run )?(?!ci\b|run\b)([\w:-]+)/g)].map(([, name = '']) => name);
  expect(run.length).toBeGreaterThan(0);
  for (const name of run) expect(Object.keys(scripts)).toContain(name);
  for (const [, path = ''] of text.matchAll(/\bnode ([\w./-]+)/g))
    expect(existsSync(join(root, path)), path).toBe(true);
  for (const [, name = ''] of text.matchAll(/\bnpx ([\w-]+)/g))
    expect(existsSync(join(root, 'node_modules', '.bin', name)), name).toBe(true);
});

test('secrets reach a step by its environment, never by its text', () => {
  for (const file of readdirSync(folder)) expect(commandsOf(file).join('\n')).not.toContain('secrets.');
});
