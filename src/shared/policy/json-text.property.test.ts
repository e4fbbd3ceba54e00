import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineAndColumn, scanJson } from './json-scan.ts';
import { readJson } from './json-text.ts';

describe('reading JSON text', () => {
  it('gives what JSON.parse gives, by either way', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        const parsed: unknown = JSON.parse(text);
        expect(readJson(text)).toMatchObject({ ok: true });
        const scan = scanJson(text);
        expect(scan.ok && JSON.stringify(scan.value)).toBe(JSON.stringify(parsed));
        expect(scan.ok && [scan.lenientAt, scan.duplicates]).toEqual([null, []]);
      }),
    );
  });

  it('agrees with JSON.parse on what is JSON, but for comments and trailing commas', () => {
    const part = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\u0062"',
      '1',
      '-0.5e3',
      '01',
      'true',
      'nul',
      ' ',
      '\n',
      '\u00a0',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        const scan = scanJson(text);
        if (isJson) expect(scan.ok).toBe(true);
        else expect(scan.ok && scan.lenientAt === null).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds a key that comes twice, however it is written and whatever stands around it', () => {
    const escaped = (key: string) =>
      [...key].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    const key = fc.constantFrom('a', 'a:b', ':', '\\"', '__proto__', 'locked');
    fc.assert(
      fc.property(
        key,
        fc.json(),
        fc.json(),
        fc.boolean(),
        fc.nat(4),
        (name, first, second, asEscape, depth) => {
          const again = asEscape ? `"${escaped(name)}"` : JSON.stringify(name);
          const inner = `{${JSON.stringify(name)}:${first},${again}:${second}}`;
          const text = `${'{"x":['.repeat(depth)}${inner}${']}'.repeat(depth)}`;
          const codes = (input: string) => {
            const json = readJson(input);
            return json.drafts.map(({ code }) => code);
          };
          expect(codes(text)).toEqual(['duplicate_key']);
          expect(
            codes(`${'{"x":['.repeat(depth)}{${JSON.stringify(name)}:${first}}${']}'.repeat(depth)}`),
          ).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('counts lines and columns from one', () => {
    expect(lineAndColumn('ab\ncd', 0)).toEqual({ line: 1, column: 1 });
    expect(lineAndColumn('ab\ncd', 2)).toEqual({ line: 1, column: 3 });
    expect(lineAndColumn('ab\ncd', 3)).toEqual({ line: 2, column: 1 });
    expect(lineAndColumn('ab\ncd', 5)).toEqual({ line: 2, column: 3 });
  });
});
