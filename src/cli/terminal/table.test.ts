import pc from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderTable } from './table.ts';

const colors = pc.createColors(false);
const head = ['setting', 'value', 'lock', 'source', 'why'];
const rows = [
  [
    'proxyMode',
    'manual',
    'locked',
    'user-policy',
    "The user's policy is the strongest that mentions it, and locks it.",
  ],
  ['proxyHttp', 'http://proxy.example.com:3128', 'open', 'user-policy', 'It is not locked.'],
  ['proxyEnableKerberosNtlm', 'false', 'open', 'user-policy', 'It is not locked.'],
];

describe('a table', () => {
  it.each([40, 60, 80, 120])('of %d columns fits and tells its rows apart', (columns) => {
    const lines = renderTable({ columns, colors }, head, rows).trimEnd().split('\n');
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    const names = lines.slice(1).map((line) => line.split(/\s/)[0]);
    expect(new Set(names).size).toBe(rows.length);
    expect(names.slice(0, 2)).toEqual(['proxyMode', 'proxyHttp']);
  });

  it('is not cut in a pipe', () => {
    const text = renderTable({ columns: null, colors }, head, rows);
    for (const cell of rows.flat()) expect(text).toContain(cell);
  });
});
