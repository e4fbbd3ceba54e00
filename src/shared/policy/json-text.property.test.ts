import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import { lineFinder, scanJson } from './json-scan.ts';
import { accountsFor } from './json-tally.ts';
import { readJson } from './json-text.ts';
import { interpretDocument, readDocument } from './read-document.ts';
import { interpretProfile, readProfile } from './read-profile.ts';

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

  it('finds a key that comes twice in a policy document, and suspects nothing else', () => {
    const flat = (value: unknown, trail: readonly string[]): (readonly string[])[] =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? []
        : Object.entries(value).flatMap(([key, member]) => [
            [...trail, key],
            ...flat(member, [...trail, key]),
          ]);
    /** The text of `value`, where the member at `path` is written a second time, in front. */
    const twice = (value: unknown, path: readonly string[], extra: string): string => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
      const members = Object.entries(value).map(
        ([key, member]) =>
          `${JSON.stringify(key)}:${twice(member, key === path[0] ? path.slice(1) : [], extra)}`,
      );
      const [key = ''] = path;
      return `{${[...(path.length === 1 ? [`${JSON.stringify(key)}:${extra}`] : []), ...members].join(',')}}`;
    };
    const document = {
      configurationFileVersion: 2,
      cpus: { locked: true, value: 4, 'no:te': 'a:b' },
      proxy: {
        locked: 'yes',
        mode: 'manual',
        http: 'http://p:1',
        exclude: ['[::1]', 'a'],
        'x:': { 'y:': [':'] },
      },
      linuxVM: { vpnkitCIDR: { value: 'fd00::/8' }, other: { a: ':' } },
      enhancedContainerIsolation: { locked: false, dockerSocketMount: { imageList: { images: ['a:*'] } } },
      filesharingAllowedDirectories: [{ path: 'C:\\work', 'odd:field': { z: ':' } }],
      scout: 'not: an object',
      kubernetes: { enabled: { value: ':' }, nodesCount: 3 },
      theme: ['not', 'an:', { entry: ':' }],
      '__proto__:': { ':': ':' },
    };
    const profile = {
      allowedOrgs: 'a;b',
      hubUrl: 'https://hub:1',
      overrideProxyHTTP: 'http://p:2',
      settings: document,
      'odd:': ':',
    };
    const readers = [
      [document, (text: string) => readDocument(text, 'user-policy', desktopCatalog).problems],
      [profile, (text: string) => readProfile(text, desktopCatalog).layer.problems],
    ] as const;
    for (const [value, read] of readers) {
      const codes = (text: string) =>
        read(text)
          .filter(({ code }) => code === 'duplicate_key')
          .map(({ path }) => path);
      expect(codes(JSON.stringify(value))).toEqual([]);
      const paths = flat(value, []);
      expect(paths.length).toBeGreaterThan(25);
      for (const path of paths) {
        for (const extra of ['1', '":"', '{":":[]}', 'true']) {
          expect(codes(twice(value, path, extra))).toEqual([path.join('.')]);
        }
      }
    }
    for (const [value, tally] of [
      [document, interpretDocument(document, desktopCatalog).tally],
      [profile, interpretProfile(profile, desktopCatalog).tally],
    ] as const) {
      expect(accountsFor(tally, JSON.stringify(value))).toBe(true);
    }
  });

  it('counts lines and columns from one', () => {
    const find = lineFinder('ab\ncd\n');
    expect([0, 2, 3, 5, 6].map(find)).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 3 },
      { line: 2, column: 1 },
      { line: 2, column: 3 },
      { line: 3, column: 1 },
    ]);
    expect(lineFinder('')(0)).toEqual({ line: 1, column: 1 });
  });
});
