import type { Browser, BrowserContextOptions, Locator, Page, Route } from '@playwright/test';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { coloursWrongOn, movingOn } from '../accessibility.ts';
import { launchBrowser } from '../browser.ts';
import { handsOn } from '../console/keyboard-hands.ts';
import { type BuiltDashboard, buildDashboard } from './build-dashboard.ts';
import { hostileWorld } from './hostile-world.ts';
import { breakDiagnostics, type OpenDashboard, openDashboard, PLANTED_FAULT } from './open-dashboard.ts';
import { labelOf } from './sample-settings.ts';
import { emptyWorld, frozenWorld, managedWorld, type World, walledWorld } from './stand-in-world.ts';

interface Case {
  readonly name: string;
  readonly world: () => World;
  readonly place: string;
  /** The reader's language; English where left out. */
  readonly locale?: string;
  act?(page: Page, agent: OpenDashboard['agent']): Promise<void>;
}

const AXE_OPTIONS = JSON.stringify({
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  // One element of what passes: to write all of them down takes as long as the rules do.
  resultTypes: ['violations'],
});

const axeResult = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
    }),
  ),
  passes: z.array(z.unknown()),
});

const SIZES = [
  { size: '1280 px at 200 %', width: 640, height: 400 },
  { size: '1280 px at 400 %', width: 320, height: 256 },
  { size: '320 px wide', width: 320, height: 640 },
  { size: '1920 px wide', width: 1920, height: 1080 },
];

async function axeFindings(page: Page): Promise<readonly string[]> {
  const { violations, passes } = axeResult.parse(await page.evaluate(`axe.run(document, ${AXE_OPTIONS})`));
  expect(passes.length).toBeGreaterThan(15);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
  );
}

/** Each lock inside a field: which kind of field, and whether it stands in the half where lines end. */
const FIELD_LOCKS = `[...document.querySelectorAll('main input, main select')].flatMap((field) => {
  const lock = field.parentElement.querySelector('[data-position] svg.lucide-lock');
  // Settings that are not shown are drawn all the same, and have no place.
  if (lock === null || !lock.checkVisibility()) return [];
  const middle = ({ left, width }) => left + width / 2;
  return [{ kind: field.type, atEnd: middle(lock.getBoundingClientRect()) < middle(field.getBoundingClientRect()) }];
})`;

const openWhy = async (page: Page) => {
  await page.locator('[data-setting="analyticsEnabled"] button[aria-haspopup="dialog"]').click();
  await page.getByRole('dialog', { name: 'Why is this locked?' }).waitFor();
};

const mayOverride = (): World => ({
  ...managedWorld(),
  overrides: { overrides: [], exceptions: [{ setting: 'analyticsEnabled', maxSeconds: 3_600 }] },
});

/** A lock of more entries than there is room for. */
const longList = (): World => {
  const exclude = Array.from({ length: 24 }, (_, zone) => `*.zone-${zone}.acme.example`);
  const proxy = { locked: true, mode: 'manual', exclude };
  return { ...managedWorld(), documents: { 'user-policy': { configurationFileVersion: 2, proxy } } };
};

const overridden = (): World => ({
  ...managedWorld(),
  overrides: {
    overrides: [
      {
        ...{ id: 'ovr_1', setting: 'extensionsEnabled', value: true, returnsTo: false, reason: 'A demo.' },
        ...{ since: new Date(0).toISOString(), until: '2100-01-01T00:00:00.000Z' },
      },
    ],
    exceptions: [{ setting: 'analyticsEnabled', maxSeconds: 3_600 }],
  },
});

/** Opens the page again, where requests go as `route` says, and waits for what it shows then. */
const again =
  (path: string, route: (route: Route) => Promise<void>, shown: string | RegExp) =>
  async (page: Page): Promise<void> => {
    await page.route(path, route);
    await page.reload();
    await page.getByRole('heading', { level: 1, name: shown }).waitFor();
  };
const unanswered = async (): Promise<void> => undefined;

const CASES: readonly Case[] = [
  { name: 'all settings', world: managedWorld, place: 'settings' },
  { name: 'why locked', world: managedWorld, place: 'settings/General', act: openWhy },
  {
    name: 'an override without its reason',
    world: mayOverride,
    place: 'settings/General',
    act: async (page) => {
      await openWhy(page);
      await page.getByRole('button', { name: 'Override for a while…' }).click();
      await page.getByRole('button', { name: 'Override for 15 minutes' }).click();
      await page.getByRole('form').locator('[aria-invalid="true"]').waitFor();
    },
  },
  {
    name: 'reset all',
    world: managedWorld,
    place: 'settings/General',
    act: async (page) => {
      await page.getByRole('button', { name: 'Reset all' }).click();
      await page.getByRole('dialog', { name: 'Reset all settings?' }).waitFor();
    },
  },
  {
    name: 'an unsaved change that needs mending',
    world: managedWorld,
    place: 'settings/Resources',
    act: async (page) => page.locator('[data-setting="memoryMiB"] input').fill('1'),
  },
  {
    name: 'a search',
    world: managedWorld,
    place: 'settings',
    act: async (page) => page.getByLabel('Search settings').fill('proxy'),
  },
  {
    name: 'nothing found',
    world: managedWorld,
    place: 'settings',
    act: async (page) => page.getByLabel('Search settings').fill('quantum'),
  },
  {
    name: 'policy',
    world: managedWorld,
    place: 'policy',
    act: async (page) => page.locator('summary').first().click(),
  },
  { name: 'account', world: managedWorld, place: 'account' },
  {
    name: 'signing out',
    world: managedWorld,
    place: 'account',
    act: async (page) => page.getByRole('button', { name: 'Sign out' }).click(),
  },
  { name: 'diagnostics', world: managedWorld, place: 'diagnostics' },
  { name: 'nothing managed', world: emptyWorld, place: 'settings' },
  { name: 'empty policy', world: emptyWorld, place: 'policy' },
  { name: 'signed out', world: emptyWorld, place: 'account' },
  {
    name: 'another key of the hub',
    world: emptyWorld,
    place: 'account',
    act: async (page, agent) => {
      await page.getByRole('button', { name: 'Sign in with the browser' }).click();
      await page.getByText('Continue in your browser').waitFor();
      const details = { pinned: ['SHA256:old'], offered: ['SHA256:new'] };
      agent.endLogin({ state: 'failed', error: { code: 'conflict', message: 'Another key.', details } });
      await page.getByRole('checkbox', { name: /^I compared/ }).waitFor();
    },
  },
  { name: 'wall', world: walledWorld, place: 'sign-in' },
  {
    name: 'wall with a code',
    world: walledWorld,
    place: 'sign-in',
    act: async (page) => {
      await page.getByRole('button', { name: 'Use another device' }).click();
      await page.getByText('BDWP-HQPK').waitFor();
    },
  },
  { name: 'proxy behind the wall', world: walledWorld, place: 'proxy' },
  { name: 'frozen', world: frozenWorld, place: 'settings/Resources' },
  { name: 'hostile policy', world: hostileWorld, place: 'policy' },
  { name: 'all settings in German', world: managedWorld, place: 'settings', locale: 'de' },
  { name: 'overrides', world: overridden, place: 'policy' },
  {
    name: 'why locked: a list that scrolls',
    world: longList,
    place: 'settings/Proxies',
    act: async (page) => {
      await page.locator('[data-setting="proxyExclude"] button[aria-haspopup="dialog"]').click();
      await page.getByRole('dialog').getByText('*.zone-23.acme.example').first().waitFor();
    },
  },
  {
    name: 'everything is being read',
    world: managedWorld,
    place: 'settings',
    act: again('**/v1/{status,settings}', unanswered, 'Loading…'),
  },
  {
    name: 'a page is being read',
    world: managedWorld,
    place: 'diagnostics',
    act: again('**/v1/doctor', unanswered, 'Loading…'),
  },
  {
    name: 'a page could not be read',
    world: managedWorld,
    place: 'policy',
    act: again('**/v1/policy', (route) => route.fulfill({ json: {} }), 'This could not be read'),
  },
  {
    name: 'a page could not be loaded',
    world: managedWorld,
    place: 'settings',
    act: async (page) => {
      await page.route('**/PolicyPage-*.js', (route) => route.abort());
      await page.getByRole('link', { name: 'Policy' }).click();
      await page.getByRole('heading', { level: 1, name: 'This page could not be loaded' }).waitFor();
    },
  },
  {
    name: 'a page that broke',
    world: managedWorld,
    place: 'settings',
    act: async (page) => {
      await breakDiagnostics(page);
      await page.getByRole('link', { name: 'Diagnostics' }).click();
      await page.getByRole('heading', { level: 1, name: 'This page met a fault of its own' }).waitFor();
    },
  },
  {
    name: 'the agent is away',
    world: managedWorld,
    place: 'settings',
    act: again('**/v1/{status,settings,events}', (route) => route.abort(), 'The agent is not answering'),
  },
  {
    name: 'the session has ended',
    world: managedWorld,
    place: 'policy',
    act: again(
      '**/v1/policy',
      (route) =>
        route.fulfill({ status: 401, json: { error: { code: 'unauthenticated', message: 'Over.' } } }),
      'This page’s session has ended',
    ),
  },
];

describe('the dashboard for everybody', () => {
  let browser: Browser;
  let built: BuiltDashboard;

  beforeAll(async () => {
    [browser, built] = await Promise.all([launchBrowser(), buildDashboard()]);
  });
  afterAll(async () => {
    await browser.close();
    await built.remove();
  });

  async function visit(
    each: Pick<Case, 'world' | 'place' | 'act'>,
    options: Pick<BrowserContextOptions, 'locale' | 'reducedMotion'>,
    look: (dashboard: OpenDashboard) => Promise<void>,
  ): Promise<void> {
    const world = each.world();
    // Both schemes are looked at, so the setting must not decide.
    world.choices.set('theme', 'system');
    const dashboard = await openDashboard(browser, built.folder, world, options);
    try {
      await dashboard.go(each.place);
      await each.act?.(dashboard.page, dashboard.agent);
      await look(dashboard);
      expect(dashboard.complaints.filter((each) => !each.includes(PLANTED_FAULT))).toEqual([]);
    } finally {
      await dashboard.close();
    }
  }

  test.each(CASES)(
    'axe finds nothing in either scheme, and nothing is cut off at any width, nor mirrored: $name',
    async (each) => {
      await visit(each, each.locale === undefined ? {} : { locale: each.locale }, async ({ page }) => {
        // Evaluated rather than added as a script, which the page's policy would refuse.
        await page.evaluate(axe.source);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
          // The same document in other colours.
          const found = await (colorScheme === 'light' ? axeFindings(page) : coloursWrongOn(page));
          expect(found, colorScheme).toEqual([]);
        }
        for (const { size, width, height } of SIZES) {
          await page.setViewportSize({ width, height });
          expect(await page.evaluate('document.documentElement.scrollWidth'), size).toBe(width);
          expect(await page.evaluate(CUT_OFF), size).toEqual([]);
        }
        await page.evaluate(`document.dir = 'rtl'`);
        for (const { size, width, height } of SIZES) {
          await page.setViewportSize({ width, height });
          expect(await page.evaluate('document.documentElement.scrollWidth'), `${size}, mirrored`).toBe(
            width,
          );
          expect(await page.evaluate(CUT_OFF), `${size}, mirrored`).toEqual([]);
        }
      });
    },
  );

  test('from right to left the lock of every kind of field stands at its end', async () => {
    await visit({ world: managedWorld, place: 'settings/Proxies' }, {}, async ({ page }) => {
      await page.evaluate(`document.dir = 'rtl'`);
      const ends = z
        .array(z.object({ kind: z.string(), atEnd: z.boolean() }))
        .parse(await page.evaluate(FIELD_LOCKS));
      expect(new Set(ends.map(({ kind }) => kind))).toEqual(new Set(['select-one', 'text']));
      expect(ends.filter(({ atEnd }) => !atEnd)).toEqual([]);
    });
  });

  test('the keyboard reaches everything: pages, categories, search, controls, reasons, dialog and back', async () => {
    await visit({ world: managedWorld, place: 'settings' }, {}, async ({ page }) => {
      await page.evaluate('document.activeElement.blur()');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to content');
      await page.keyboard.press('Enter');
      await page.locator('main:focus').waitFor();
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Reset all');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Search settings');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('All settings');
      for (let step = 0; step < 3; step += 1) await page.keyboard.press('Tab');
      expect(await focused(page)).toContain('File sharing');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 2, name: 'File sharing' }).waitFor();
      await expect.poll(() => page.getByRole('heading', { level: 2 }).count()).toBe(1);
      const why = `why is “${labelOf('filesharingAllowedDirectories')}” locked`;
      const reason = page.getByRole('button', { name: why });
      await tabTo(page, why);
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Why is this locked?' });
      await dialog.waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate(`document.activeElement.closest('[role="dialog"]') !== null`)).toBe(true);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await reason.and(page.locator(':focus')).waitFor();
    });
  });

  test('what goes away with a press leaves the keyboard where it was', async () => {
    await visit({ world: mayOverride, place: 'settings/Docker%20Engine' }, {}, async ({ page, go }) => {
      const button = (name: string | RegExp) => page.getByRole('button', { name });
      const press = async (target: Locator) => {
        await target.focus();
        await page.keyboard.press('Enter');
      };
      const { holdsFocus } = handsOn(page);
      await press(button(`Remove entry 1 from ${labelOf('engineRegistryMirrors')}`));
      await holdsFocus(page.locator('main'));
      await press(button('Apply'));
      await press(button('Close'));
      await holdsFocus(page.locator('main'));
      await go('settings/General');
      await press(button(/^Managed by .*usage data/));
      await press(button('Override for a while…'));
      await holdsFocus(page.getByRole('form'));
      await press(button('Override for 15 minutes'));
      await holdsFocus(page.getByLabel('Reason'));
      await press(page.getByRole('form').getByRole('button', { name: 'Cancel' }));
      await holdsFocus(button('Override for a while…'));
    });
  });

  test('what has the focus can be seen', async () => {
    await visit({ world: managedWorld, place: 'settings/General' }, {}, async ({ page }) => {
      const unseen: unknown[] = [];
      for (let step = 0; step < 40; step += 1) {
        await page.keyboard.press('Tab');
        const seen = await page.evaluate(FOCUS_IS_SEEN);
        if (seen !== true) unseen.push(seen);
      }
      expect(unseen).toEqual([]);
    });
  });

  test('moving things keep still for those who asked for it, also while a sync is under way', async () => {
    await visit({ world: managedWorld, place: 'settings' }, { reducedMotion: 'reduce' }, async ({ page }) => {
      expect(await movingOn(page)).toEqual([]);
      await page.route('**/v1/sync', () => undefined);
      const sync = page.getByRole('button', { name: 'Sync now' });
      await sync.click();
      await expect.poll(() => sync.isDisabled()).toBe(true);
      expect(await movingOn(page)).toEqual([]);
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    });
  });
});

/** Accessible name of what has the focus, as far as a label, `aria-label` or text gives it. */
async function focused(page: Page): Promise<string> {
  return String(
    await page.evaluate(
      `(() => { const it = document.activeElement; return it.getAttribute('aria-label') ?? it.labels?.[0]?.textContent ?? it.textContent; })()`,
    ),
  );
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    if ((await focused(page)).includes(name)) return;
  }
  throw new Error(`Tab never reached ${name}`);
}

/** Text that sticks out of the window to the side, outside of parts that scroll by themselves. */
const CUT_OFF = `[...document.querySelectorAll('main *, header *')].filter((it) => {
  const box = it.getBoundingClientRect();
  if (box.width === 0 || it.closest('nav, pre, .visually-hidden, [role="dialog"]')) return false;
  return box.right > document.documentElement.clientWidth + 1 || box.left < -1;
}).map((it) => it.tagName + ' ' + it.textContent.slice(0, 60))`;

/** True where the focused element, or the part drawn in its place, has an outline. */
const FOCUS_IS_SEEN = `(() => {
  const it = document.activeElement;
  const drawn = [it, it.nextElementSibling, it.parentElement].filter(Boolean);
  const seen = drawn.some((each) => { const style = getComputedStyle(each); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; });
  return seen || it === document.body ? true : it.outerHTML.slice(0, 200);
})()`;
