import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HUB_PAGES, showHubPage } from '../scripts/console-shots/hub-pages.ts';
import { coloursWrongOn, violationsOf } from './accessibility.ts';
import { launchBrowser } from './browser.ts';

/* Every page that a hub serves without the console, as the pictures show it: for axe in both schemes, and at 320 pixels. */

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

const ROOT = join(import.meta.dirname, '..');

test('each page of the sources is among them', () => {
  const made = readdirSync(join(ROOT, 'src', 'hub'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /-pages?\.ts$/.test(file))
    .flatMap((file) => [
      ...readFileSync(join(ROOT, 'src', 'hub', file), 'utf8').matchAll(
        /export function (\w+Page)\([\s\S]*?\): Page\b/g,
      ),
    ])
    .map(([, name = '']) => name);
  expect(made.length).toBeGreaterThan(20);
  const shown = readFileSync(join(ROOT, 'scripts', 'console-shots', 'hub-pages.ts'), 'utf8');
  expect(made.filter((name) => !shown.includes(`: ${name}(`))).toEqual([]);
});

test('axe finds nothing on any of them in either scheme, and none scrolls to the side', async () => {
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    viewport: { width: 320, height: 640 },
  });
  const page = await context.newPage();
  const found: string[] = [];
  for (const [name, shown] of Object.entries(HUB_PAGES)) {
    await page.emulateMedia({ colorScheme: 'light' });
    await showHubPage(page, shown);
    const wrong = [...(await violationsOf(page))];
    await page.emulateMedia({ colorScheme: 'dark' });
    wrong.push(...(await coloursWrongOn(page)).map((each) => `dark: ${each}`));
    found.push(...wrong.map((each) => `${name}: ${each}`));
    const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
    if (width !== 320) found.push(`${name} is ${width} wide`);
    await page.unrouteAll();
  }
  expect(found).toEqual([]);
  await context.close();
}, 120_000);
