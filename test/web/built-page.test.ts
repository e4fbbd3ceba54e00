import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { themeStyleSheet } from '../../src/shared-ui/theme-style-sheet.ts';
import { type BuiltDashboard, buildDashboard } from './build-dashboard.ts';

describe('the built page', () => {
  let built: BuiltDashboard;

  beforeAll(async () => {
    built = await buildDashboard();
  });
  afterAll(() => built.remove());

  const files = async () =>
    (await readdir(built.folder, { recursive: true })).filter((name) => /\.\w+$/.test(name));

  test('weighs at most 350 KiB when compressed, and is split by page', async () => {
    const scripts = (await files()).filter((name) => /\.(js|css|html|svg)$/.test(name));
    const sizes = await Promise.all(
      scripts.map(async (name) => gzipSync(await readFile(join(built.folder, name))).length),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(50 * 1024);
    process.stdout.write(`dashboard: ${(total / 1024).toFixed(1)} KiB of 350\n`);
    expect(total).toBeLessThanOrEqual(350 * 1024);
    // Settings are where people arrive, and come with the first file.
    for (const page of ['PolicyPage', 'AccountPage', 'DiagnosticsPage', 'SignInWall']) {
      expect(
        scripts.some((name) => name.includes(`${page}-`) && name.endsWith('.js')),
        page,
      ).toBe(true);
    }
  });

  test('carries React for people, not the one for development with its warnings', async () => {
    const scripts = (await files()).filter((name) => name.endsWith('.js'));
    const texts = await Promise.all(scripts.map((name) => readFile(join(built.folder, name), 'utf8')));
    // Where React is for people it says its errors by number and address, and has no words for them.
    expect(texts.filter((text) => text.includes('https://react.dev/errors/'))).not.toEqual([]);
    for (const words of ['Invalid hook call', 'Each child in a list should have a unique'])
      expect(texts.filter((text) => text.includes(words))).toEqual([]);
  });

  test('holds no inline script or style, and no address that is not its own', async () => {
    const html = await readFile(join(built.folder, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i);
    for (const [script] of html.matchAll(/<script[^>]*>[^<]*/g))
      expect(script).toMatch(/^<script[^>]+src="\.\/[^"]+"[^>]*>$/);
    for (const [, address] of html.matchAll(/(?:src|href)="([^"]+)"/g)) expect(address).toMatch(/^\.\//);
  });

  test('carries the theme as it is written in theme.ts', async () => {
    const committed = new URL('../../src/shared-ui/theme-variables.css', import.meta.url);
    // The formatter lays the committed file out in its own way.
    const bare = (css: string) => css.replaceAll(/\s+/g, '');
    expect(bare(await readFile(committed, 'utf8'))).toBe(bare(themeStyleSheet()));
  });
});
