import type { Page } from '@playwright/test';
import { desktopCatalog } from '../../src/shared/settings/desktop-catalog.ts';
import type { StandInAgent } from '../../test/web/stand-in-agent.ts';
import {
  emptyWorld,
  frozenWorld,
  type World,
  walledWorld,
  wholeWorld,
} from '../../test/web/stand-in-world.ts';
import * as worlds from './picture-worlds.ts';

/** One state of one page, and how a person comes to it. */
export interface View {
  readonly name: string;
  readonly world?: () => World;
  /** The page's address after `#/`. */
  readonly place: string;
  /** The whole page, however tall; otherwise what the window shows. */
  readonly full?: boolean;
  /** Few pictures are enough: the page differs from others in its words only. */
  readonly few?: boolean;
  /** Before the page is opened. */
  before?(page: Page): Promise<unknown>;
  act?(page: Page, agent: StandInAgent): Promise<unknown>;
}

const row = (page: Page, id: string) => page.locator(`[data-setting="${id}"]`);
/** Opens "Why is this locked?" of a setting. */
export const explain = (id: string) => async (page: Page) => {
  await row(page, id).locator('button[aria-haspopup="dialog"]').click();
  await page.getByRole('dialog').waitFor();
};
const ask = async (page: Page) => {
  await explain('analyticsEnabled')(page);
  await page.getByRole('dialog').locator('button').nth(1).click();
};
const change = async (page: Page) => {
  await row(page, 'memoryMiB').locator('input').fill('8000');
  await row(page, 'resourceSaver').locator('input').focus();
  await page.keyboard.press('Space');
};
const agentAway = async (page: Page, agent: StandInAgent) => {
  await agent.close();
  agent.dropStreams();
  await page.getByRole('alert').first().waitFor();
};
const neverAnswer = (path: string) => (page: Page) => page.route(path, () => {});
const refuse = (path: string) => (page: Page) => page.route(path, (route) => route.abort());
const search = (words: string) => async (page: Page) => {
  await page.keyboard.press('/');
  await page.keyboard.type(words);
};

const categories: View[] = desktopCatalog.categories.map((category) => ({
  name: `category-${category.toLowerCase().replaceAll(' ', '-')}`,
  world: wholeWorld,
  place: `settings/${encodeURIComponent(category)}`,
  full: true,
  few: true,
}));

const settings: readonly View[] = [
  { name: 'settings', place: 'settings' },
  {
    name: 'settings-managed-only',
    place: 'settings',
    act: (page) => page.locator('input[type=checkbox]:not([role=switch])').first().check(),
  },
  { name: 'settings-search', place: 'settings', act: search('proxy http') },
  { name: 'settings-search-none', place: 'settings', act: search('quantum') },
  { name: 'settings-unmanaged', world: worlds.unmanagedWorld, place: 'settings', few: true },
  { name: 'settings-first-run', world: emptyWorld, place: 'settings' },
  { name: 'settings-dirty', place: 'settings/Resources', act: change },
  {
    name: 'settings-wrong',
    place: 'settings/Resources',
    act: async (page) => {
      await row(page, 'memoryMiB').locator('input').fill('99');
      await row(page, 'swapMiB').locator('input').fill('2048');
    },
  },
  {
    name: 'settings-applied',
    place: 'settings/Resources',
    act: async (page) => {
      await change(page);
      await page.locator('section[aria-label] button').last().click();
      await page.getByRole('status').last().waitFor();
    },
  },
  {
    name: 'settings-json-wrong',
    world: () => ({ ...wholeWorld(), documents: {} }),
    place: 'settings/Docker%20Engine',
    full: true,
    act: (page) => row(page, 'linuxDaemonOptions').locator('textarea').fill('{\n  "debug": tru\n}'),
  },
  {
    name: 'settings-list-editor',
    world: worlds.unmanagedWorld,
    place: 'settings/Docker%20Engine',
    full: true,
    act: async (page) => {
      for (const text of ['https://mirror.gcr.io', 'https://mirror.acme.example']) {
        await row(page, 'engineRegistryMirrors').getByRole('button').last().click();
        await page.keyboard.type(text);
      }
    },
  },
  {
    name: 'settings-directories',
    world: worlds.unmanagedWorld,
    place: 'settings/File%20sharing',
    full: true,
    act: async (page) => {
      for (const id of ['filesharingAllowedDirectories', 'synchronizedFileShares', 'filesharingDirectories'])
        await row(page, id).locator('fieldset > :last-child button').last().click();
    },
  },
  {
    name: 'settings-builders',
    place: 'settings/Builders',
    act: (page) => row(page, 'builders').locator('fieldset > :last-child button').last().click(),
  },
  { name: 'settings-frozen', world: frozenWorld, place: 'settings/Resources' },
  { name: 'settings-broken', world: worlds.brokenWorld, place: 'settings/General' },
  { name: 'settings-offline', world: worlds.offlineWorld, place: 'settings/General' },
  { name: 'settings-overridden', world: worlds.overriddenWorld, place: 'settings/Extensions' },
  { name: 'settings-long', world: worlds.longWorld, place: 'settings/Proxies', full: true },
  {
    name: 'settings-reset-all',
    place: 'settings',
    act: async (page) => {
      await page.locator('main button').first().click();
      await page.getByRole('dialog').waitFor();
    },
  },
];

const why: readonly View[] = [
  { name: 'why-locked', place: 'settings/General', act: explain('analyticsEnabled') },
  { name: 'why-suggested', place: 'settings/Resources', act: explain('memoryMiB') },
  { name: 'why-long', world: worlds.longWorld, place: 'settings/Proxies', act: explain('proxyExclude') },
  {
    name: 'why-exception',
    world: worlds.overriddenWorld,
    place: 'settings/General',
    act: explain('analyticsEnabled'),
  },
  { name: 'why-override-form', world: worlds.overriddenWorld, place: 'settings/General', act: ask },
  {
    name: 'why-overridden',
    world: worlds.overriddenWorld,
    place: 'settings/Extensions',
    act: explain('extensionsEnabled'),
  },
];

const policy: readonly View[] = [
  { name: 'policy', place: 'policy', full: true },
  { name: 'policy-broken', world: worlds.brokenWorld, place: 'policy', full: true },
  { name: 'policy-overrides', world: worlds.overriddenWorld, place: 'policy' },
  { name: 'policy-long', world: worlds.longWorld, place: 'policy', full: true },
  { name: 'policy-empty', world: emptyWorld, place: 'policy', full: true },
  {
    name: 'policy-raw',
    place: 'policy',
    full: true,
    act: async (page) => {
      for (const summary of await page.locator('main summary').all()) await summary.click();
    },
  },
  {
    name: 'policy-filter',
    place: 'policy',
    full: true,
    act: async (page) => {
      await page
        .locator('main input[type=search], main input[role=searchbox], main input')
        .last()
        .fill('engine');
    },
  },
  {
    name: 'policy-filter-none',
    place: 'policy',
    full: true,
    act: async (page) => {
      await page
        .locator('main input[type=search], main input[role=searchbox], main input')
        .last()
        .fill('quantum');
    },
  },
  {
    name: 'policy-synced',
    place: 'policy',
    act: async (page) => {
      await page.locator('main button').nth(3).click();
      await page
        .locator('main [aria-live], main [role=status], main [role=alert]')
        .filter({ hasText: /current policy|aktuelle Richtlinie/ })
        .first()
        .waitFor();
    },
  },
];

const account: readonly View[] = [
  { name: 'account', place: 'account' },
  { name: 'account-long', world: worlds.longWorld, place: 'account', full: true },
  { name: 'account-first-run', world: emptyWorld, place: 'account' },
  { name: 'account-again', world: frozenWorld, place: 'account', full: true },
  {
    name: 'account-sign-out',
    place: 'account',
    act: async (page) => {
      await page.locator('main button').first().click();
      await page.getByRole('dialog').waitFor();
    },
  },
];

const diagnostics: readonly View[] = [
  { name: 'diagnostics', place: 'diagnostics', full: true },
  { name: 'diagnostics-good', world: emptyWorld, place: 'diagnostics', few: true },
];

const wall: readonly View[] = [
  ...(['registry-key', 'profile', 'plist', 'registry-json'] as const).map((method) => ({
    name: `wall-${method}`,
    world: () => worlds.walledBy(method),
    place: 'sign-in',
    few: method !== 'profile',
  })),
  { name: 'wall-broken', world: worlds.brokenWallWorld, place: 'sign-in' },
  { name: 'wall-proxy', world: walledWorld, place: 'proxy', full: true },
  ...(['browser', 'device'] as const).map((method, index) => ({
    name: `wall-waiting-${method}`,
    world: walledWorld,
    place: 'sign-in',
    act: async (page: Page) => {
      await page.locator('main button').nth(index).click();
      await page.getByRole('status').locator('strong').waitFor();
    },
  })),
];

const states: readonly View[] = [
  { name: 'state-loading', place: 'settings', before: neverAnswer('**/v1/status') },
  { name: 'state-page-loading', place: 'diagnostics', before: neverAnswer('**/v1/doctor') },
  { name: 'state-agent-away', place: 'settings', before: refuse('**/v1/{status,settings,catalog,events}*') },
  { name: 'state-agent-lost', place: 'policy', act: agentAway },
  {
    name: 'state-page-failed',
    place: 'policy',
    before: (page) => page.route('**/v1/policy', (route) => route.fulfill({ status: 200, body: '{"a":1}' })),
  },
  {
    name: 'state-no-session',
    place: '',
    before: (page) => page.addInitScript('history.replaceState(null, "", "/")'),
  },
  { name: 'state-session-ended', place: '', before: refuseSession },
  { name: 'state-session-unreachable', place: '', before: refuse('**/v1/session') },
];

function refuseSession(page: Page): Promise<unknown> {
  const error = { code: 'unauthenticated', message: 'This address was used before.' };
  return page.route('**/v1/session', (route) =>
    route.fulfill({ status: 401, contentType: 'application/json', body: JSON.stringify({ error }) }),
  );
}

/** Every page of the dashboard in every state that somebody may see it in. */
export const DASHBOARD_VIEWS: readonly View[] = [
  ...categories,
  ...settings,
  ...why,
  ...policy,
  ...account,
  ...diagnostics,
  ...wall,
  ...states,
];
