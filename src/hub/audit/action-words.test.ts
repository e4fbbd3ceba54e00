import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { enAuditActions } from '../../shared/text/console/audit-actions.en.ts';

// Actions are strings of the places that record them, so the sources are asked.
const KINDS =
  'access|account|connection|device|domain|invitation|member|migration|organization|override|policy|rollout|scim|signing_key|team|token';
const ACTION = new RegExp(`'((?:${KINDS})(?:\\.[a-z_-]+)+)'`, 'g');

function recorded(): readonly string[] {
  const root = join(import.meta.dirname, '..');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.test\.ts$|(^|[/\\])test-/.test(file),
  );
  const found = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(ACTION)].map(([, action = '']) => action),
  );
  return [...new Set(found)].sort();
}

test('what the hub records has words for people, and no words stand for what nobody records', () => {
  const words = Object.keys(enAuditActions).map((key) => key.replace('audit.did.', ''));
  expect(recorded()).toEqual(words.sort());
});
