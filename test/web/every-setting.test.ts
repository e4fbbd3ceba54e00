import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { desktopCatalog } from '../../src/shared/settings/desktop-catalog.ts';
import type { Setting } from '../../src/shared/settings/setting.ts';
import { launchBrowser } from '../browser.ts';
import { type BuiltDashboard, buildDashboard } from './build-dashboard.ts';
import { GROUNDS, type OpenDashboard, openDashboard } from './open-dashboard.ts';
import { documentOf, sampleValue } from './sample-settings.ts';
import { type World, wholeWorld } from './stand-in-world.ts';

// The complaint of users everywhere: one control forgot the lock. So every setting is drawn, locked and not.

const rowSchema = z.object({
  id: z.string(),
  controls: z.int(),
  enabled: z.int(),
  padlocks: z.int(),
  reset: z.int(),
  /** Buttons that change a list. */
  listButtons: z.int(),
  explains: z.array(z.string()),
  fieldsets: z.int(),
  enabledFieldsets: z.int(),
  named: z.boolean(),
  /** What a screen reader says of it after its name. */
  described: z.string(),
});

const READ_ROWS = `[...document.querySelectorAll('[data-setting]')].map((row) => {
  const controls = [...row.querySelectorAll('input, select, textarea')];
  const fieldsets = [...row.querySelectorAll('fieldset')];
  return {
    id: row.dataset.setting,
    controls: controls.length,
    enabled: controls.filter((control) => !control.matches(':disabled')).length,
    padlocks: row.querySelectorAll('[data-padlock]').length,
    reset: row.querySelectorAll('[data-reset]').length,
    listButtons: row.querySelectorAll('fieldset button').length,
    explains: [...row.querySelectorAll('button[aria-haspopup="dialog"]')].map((button) => button.getAttribute('aria-label') ?? ''),
    fieldsets: fieldsets.length,
    enabledFieldsets: fieldsets.filter((fieldset) => !fieldset.matches(':disabled')).length,
    named: [...controls, ...fieldsets].every((control) => control.labels?.length > 0 || control.hasAttribute('aria-labelledby') || control.hasAttribute('aria-label')),
    described: ((fieldsets[0] ?? controls[0]).getAttribute('aria-describedby') ?? '').split(' ')
      .map((id) => document.getElementById(id)).map((it) => it?.getAttribute('aria-label') ?? it?.textContent ?? '').join(' '),
  };
})`;

let browser: Browser;
let built: BuiltDashboard;

beforeAll(async () => {
  [browser, built] = await Promise.all([launchBrowser(), buildDashboard()]);
});
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});

describe.each(GROUNDS)('every setting of the catalog, %s,', (ground) => {
  const { settings } = desktopCatalog;

  /** With every setting on one page, also those of other systems. */
  function world(locked: boolean | null): World {
    return {
      ...wholeWorld(),
      documents: locked === null ? {} : { 'user-policy': documentOf(settings, locked) },
      // A choice for each, so that every one of them could be reset.
      choices: new Map(settings.map((setting: Setting) => [setting.id, sampleValue(setting)])),
    };
  }

  async function rowsOf(dashboard: OpenDashboard) {
    const expected = settings.map((setting) => setting.id).sort();
    expect(expected).toHaveLength(106);
    await expect.poll(() => dashboard.page.locator('[data-setting]').count()).toBe(expected.length);
    const rows = z.array(rowSchema).parse(await dashboard.page.evaluate(READ_ROWS));
    expect(rows.map((row) => row.id).sort()).toEqual(expected);
    return rows;
  }

  test('is disabled, with padlock and reason, while locked', async () => {
    const dashboard = await openDashboard(browser, built.folder, world(true), { ground });
    try {
      for (const row of await rowsOf(dashboard)) {
        expect(row, row.id).toMatchObject({
          enabled: 0,
          padlocks: 1,
          reset: 0,
          listButtons: 0,
          enabledFieldsets: 0,
          named: true,
        });
        expect(row.controls + row.fieldsets, row.id).toBeGreaterThan(0);
        const { label } = desktopCatalog.byId.get(row.id) ?? { label: '' };
        const why = `Managed by Engineering workstations (Acme Corporation): why is “${label}” locked?`;
        expect(row.explains, row.id).toEqual([why]);
        expect(row.described, row.id).toContain(why);
      }
      expect(dashboard.complaints).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });

  test.each([
    ['suggested', false],
    ['left alone', null],
  ] as const)('is enabled, without padlock, while %s', async (_, locked) => {
    const dashboard = await openDashboard(browser, built.folder, world(locked), { ground });
    try {
      for (const row of await rowsOf(dashboard)) {
        expect(row, row.id).toMatchObject({ padlocks: 0, reset: 1, named: true });
        expect(row.enabled, row.id).toBe(row.controls);
        expect(row.enabledFieldsets, row.id).toBe(row.fieldsets);
        const suggested = locked === false && desktopCatalog.byId.get(row.id)?.lockPath !== null;
        expect(row.explains.length, row.id).toBe(suggested ? 1 : 0);
      }
      expect(dashboard.complaints).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });

  test('is disabled while settings are frozen, and says so', async () => {
    const frozen = {
      ...world(null),
      freeze: { code: 'policy_stale', source: 'user-policy' },
    } as const;
    const dashboard = await openDashboard(browser, built.folder, frozen, { ground });
    try {
      for (const row of await rowsOf(dashboard)) {
        expect(row, row.id).toMatchObject({ enabled: 0, enabledFieldsets: 0, reset: 0, padlocks: 0 });
        expect(row.described, row.id).toContain('Held at its present value');
      }
      const held = dashboard.page.getByText('Held at its present value');
      expect(await held.count()).toBe(settings.length);
    } finally {
      await dashboard.close();
    }
  });
});
