import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { desktopCatalog } from '../../src/shared/settings/desktop-catalog.ts';
import { catalogDe } from '../../src/shared/text/de/catalog.ts';
import { de } from '../../src/shared/text/de/de.ts';
import { en } from '../../src/shared/text/en.ts';
import type { Message } from '../../src/shared/text/text.ts';
import { launchBrowser } from '../browser.ts';
import { type BuiltDashboard, buildDashboard } from './build-dashboard.ts';
import { openDashboard } from './open-dashboard.ts';
import { managedWorld, walledWorld } from './stand-in-world.ts';

/** Whole texts of the English catalog that read otherwise in German: none of them may be left on a page. */
const translations: Readonly<Record<string, Message>> = de;
const untranslated = new Set([
  ...Object.entries<Message>(en).flatMap(([key, text]) =>
    typeof text === 'string' && !text.includes('{') && translations[key] !== text ? [text] : [],
  ),
  'Shared by default',
  'Host path',
  ...desktopCatalog.settings.flatMap(({ id, label, description, category, items = [] }) => [
    ...items.map((field) => field.description),
    ...(catalogDe.labels[id] === label ? [] : [label]),
    ...(description.includes('`') ? [] : [description]),
    ...(catalogDe.categories[category] === category ? [] : [category]),
  ]),
]);

const READ_TEXTS = `(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode.data.trim());
  for (const each of document.querySelectorAll('[aria-label], [placeholder], [title]'))
    for (const name of ['aria-label', 'placeholder', 'title']) texts.push(each.getAttribute(name) ?? '');
  return texts;
})()`;

/** Buttons whose words are cut, and parts that stick out of a window of 320 px. */
const CUT = `(() => {
  for (const row of document.querySelectorAll('[data-setting]')) row.style.contentVisibility = 'visible';
  const words = [...document.querySelectorAll('main button span')].filter((it) => it.childElementCount === 0 && it.textContent !== '' && it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).display !== 'inline');
  const wide = [...document.querySelectorAll('main *')].filter((it) => it.getBoundingClientRect().right > 321 && !it.closest('nav, pre'));
  return [...words, ...wide].map((it) => it.tagName + ' ' + it.textContent.slice(0, 60));
})()`;

describe('the dashboard in another language', () => {
  let browser: Browser;
  let built: BuiltDashboard;

  beforeAll(async () => {
    [browser, built] = await Promise.all([launchBrowser(), buildDashboard()]);
  });
  afterAll(async () => {
    await browser.close();
    await built.remove();
  });

  test('a German browser is shown German, whole, and at every width', async () => {
    const dashboard = await openDashboard(browser, built.folder, managedWorld(), { locale: 'de-AT' });
    const { page } = dashboard;
    try {
      expect(await page.evaluate('document.documentElement.lang')).toBe('de-AT');
      await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
      for (const place of ['settings', 'policy', 'account', 'diagnostics']) {
        await page.evaluate(`location.hash = '#/${place}'`);
        await page.locator(`nav a[aria-current="page"][href="#/${place}"]`).first().waitFor();
        await page.getByRole('status', { name: 'Wird geladen…' }).waitFor({ state: 'detached' });
        const texts = z.array(z.string()).parse(await page.evaluate(READ_TEXTS));
        expect(texts.length).toBeGreaterThan(20);
        const left = texts.filter((text) => untranslated.has(text));
        expect([place, left]).toEqual([place, []]);
        await page.setViewportSize({ width: 320, height: 700 });
        expect([place, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([place, 320]);
        expect([place, await page.evaluate(CUT)]).toEqual([place, []]);
        await page.setViewportSize({ width: 1280, height: 800 });
      }
      await page.evaluate(`location.hash = '#/settings/File%20sharing'`);
      await page.getByRole('heading', { level: 2, name: 'Dateifreigabe' }).waitFor();
      await page.getByRole('searchbox').first().fill('dateifreigabe');
      await page.locator('[data-setting="filesharingDirectories"]').waitFor();
      expect(dashboard.complaints).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });

  test('what the agent says in English only is marked as English', async () => {
    const dashboard = await openDashboard(browser, built.folder, managedWorld(), { locale: 'de' });
    const { page } = dashboard;
    try {
      await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
      await page.evaluate(`location.hash = '#/diagnostics'`);
      await page.getByRole('heading', { name: 'Der Hub antwortet' }).waitFor();
      // The keychain's own words, and a check that only a newer page knows.
      for (const words of ['The keychain is locked and did not answer.', 'The moon is up', 'It shines.'])
        await page.locator('main [lang="en"]', { hasText: words }).waitFor();
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('button', { name: 'Bericht kopieren' }).click();
      const copied = async () => String(await page.evaluate('navigator.clipboard.readText()'));
      await expect.poll(copied).toMatch(/^Mooring \S+, \w+, Anordnung mooring\n\n\[/);
      const report = await copied();
      expect(report).toMatch(/^\[\S.*\] Der Hub antwortet: /m);
      expect(report).not.toMatch(/\[(?:ok|OK|warning|Warning|failed|Failed|skipped|Not checked)\]/);
      expect(report).toContain('The moon is up');
      expect(dashboard.complaints).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });

  test('the wall has room for German at 320 px', async () => {
    const viewport = { width: 320, height: 700 };
    const dashboard = await openDashboard(browser, built.folder, walledWorld(), { locale: 'de', viewport });
    try {
      await dashboard.page.getByRole('button', { name: 'Ein anderes Gerät benutzen' }).waitFor();
      expect(await dashboard.page.evaluate(CUT)).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });

  test('a language that is not there is shown in English', async () => {
    const dashboard = await openDashboard(browser, built.folder, managedWorld(), { locale: 'fr-FR' });
    try {
      expect(await dashboard.page.evaluate('document.documentElement.lang')).toBe('en');
      await dashboard.page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
      expect(dashboard.complaints).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });
});
