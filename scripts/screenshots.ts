// `npm run screenshots`: looks at every page of the dashboard as a person would, in both colour schemes and several
// widths, against an agent that stands in for a computer of a large organization.
//
//   node scripts/screenshots.ts                        every view into out/screenshots, and what the docs show into the docs
//   node scripts/screenshots.ts --all FOLDER [NAME]    every view, or those of one name, into a folder
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import { launchBrowser } from '../test/browser.ts';
import { buildDashboard } from '../test/web/build-dashboard.ts';
import { type StandInAgent, startStandInAgent } from '../test/web/stand-in-agent.ts';
import {
  emptyWorld,
  frozenWorld,
  managedWorld,
  type World,
  walledWorld,
} from '../test/web/stand-in-world.ts';

interface View {
  readonly name: string;
  readonly world: () => World;
  readonly place: string;
  readonly width: number;
  readonly height?: number;
  readonly scheme: 'light' | 'dark';
  /** The schemes in which the documentation shows it. */
  readonly kept?: readonly View['scheme'][];
  readonly full?: boolean;
  readonly rtl?: boolean;
  readonly locale?: string;
  act?(page: Page, agent: StandInAgent): Promise<void>;
}

const explainProxy = async (page: Page) => {
  await page.locator('[data-setting="analyticsEnabled"] button[aria-haspopup="dialog"]').click();
  await page.getByRole('dialog').waitFor();
};

const changeTwo = async (page: Page) => {
  await page.locator('[data-setting="memoryMiB"] input').fill('99');
  await page.locator('[data-setting="resourceSaver"] input').focus();
  await page.keyboard.press('Space');
};

const bothSchemes = (view: Omit<View, 'scheme'>): View[] => [
  { ...view, scheme: 'light' },
  { ...view, scheme: 'dark' },
];

const VIEWS: readonly View[] = [
  ...bothSchemes({
    name: 'settings',
    world: managedWorld,
    place: 'settings',
    width: 1280,
    kept: ['light', 'dark'],
  }),
  ...bothSchemes({
    name: 'why-locked',
    world: managedWorld,
    place: 'settings/General',
    width: 1280,
    kept: ['light'],
    act: explainProxy,
  }),
  ...bothSchemes({ name: 'policy', world: managedWorld, place: 'policy', width: 1280, full: true }),
  ...bothSchemes({ name: 'account', world: managedWorld, place: 'account', width: 1280 }),
  ...bothSchemes({ name: 'diagnostics', world: managedWorld, place: 'diagnostics', width: 1280 }),
  ...bothSchemes({ name: 'wall', world: walledWorld, place: 'sign-in', width: 1280 }),
  ...bothSchemes({ name: 'wall-proxy', world: walledWorld, place: 'proxy', width: 1280 }),
  ...bothSchemes({
    name: 'offline',
    world: managedWorld,
    place: 'policy',
    width: 1280,
    act: async (page, agent) => {
      await agent.close();
      agent.dropStreams();
      await page.getByRole('button', { name: 'Try again' }).first().waitFor();
    },
  }),
  ...bothSchemes({ name: 'frozen', world: frozenWorld, place: 'settings/Resources', width: 1280 }),
  ...bothSchemes({ name: 'empty-account', world: emptyWorld, place: 'account', width: 1280 }),
  ...bothSchemes({
    name: 'dirty',
    world: managedWorld,
    place: 'settings/Resources',
    width: 1280,
    act: changeTwo,
  }),
  ...bothSchemes({
    name: 'proxies',
    world: managedWorld,
    place: 'settings/Proxies',
    width: 1280,
    full: true,
  }),
  {
    name: 'policy-page',
    world: managedWorld,
    place: 'policy',
    width: 1280,
    scheme: 'light',
    kept: ['light'],
  },
  {
    name: 'filesharing',
    world: managedWorld,
    place: 'settings/File%20sharing',
    width: 1280,
    scheme: 'light',
    full: true,
  },
  {
    name: 'engine',
    world: managedWorld,
    place: 'settings/Docker%20Engine',
    width: 1280,
    scheme: 'dark',
    full: true,
  },
  {
    name: 'builders',
    world: managedWorld,
    place: 'settings/Builders',
    width: 900,
    scheme: 'light',
    act: async (page) => page.getByRole('button', { name: /Add entry/ }).click(),
  },
  {
    name: 'search',
    world: managedWorld,
    place: 'settings',
    width: 1280,
    scheme: 'light',
    act: async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('proxy http');
    },
  },
  {
    name: 'search-none',
    world: managedWorld,
    place: 'settings',
    width: 1280,
    scheme: 'dark',
    act: async (page) => page.getByLabel('Search settings').fill('quantum'),
  },
  {
    name: 'settings-320',
    world: managedWorld,
    place: 'settings/Resources',
    width: 320,
    height: 640,
    scheme: 'light',
    full: true,
  },
  {
    name: 'settings-320',
    world: managedWorld,
    place: 'settings/General',
    width: 320,
    height: 640,
    scheme: 'dark',
    kept: ['dark'],
  },
  {
    name: 'policy-320',
    world: managedWorld,
    place: 'policy',
    width: 320,
    height: 640,
    scheme: 'light',
    full: true,
  },
  {
    name: 'account-320',
    world: managedWorld,
    place: 'account',
    width: 320,
    height: 640,
    scheme: 'light',
    full: true,
  },
  {
    name: 'diagnostics-320',
    world: managedWorld,
    place: 'diagnostics',
    width: 320,
    height: 640,
    scheme: 'dark',
    full: true,
  },
  {
    name: 'wall-320',
    world: walledWorld,
    place: 'sign-in',
    width: 320,
    height: 640,
    scheme: 'light',
    full: true,
  },
  {
    name: 'why-320',
    world: managedWorld,
    place: 'settings/General',
    width: 320,
    height: 640,
    scheme: 'light',
    act: explainProxy,
  },
  { name: 'settings-768', world: managedWorld, place: 'settings', width: 768, scheme: 'light' },
  { name: 'policy-768', world: managedWorld, place: 'policy', width: 768, scheme: 'dark', full: true },
  {
    name: 'settings-1920',
    world: managedWorld,
    place: 'settings/Kubernetes',
    width: 1920,
    height: 1000,
    scheme: 'light',
  },
  { name: 'rtl', world: managedWorld, place: 'settings/Proxies', width: 1280, scheme: 'light', rtl: true },
  {
    name: 'rtl-policy',
    world: managedWorld,
    place: 'policy',
    width: 1280,
    scheme: 'light',
    rtl: true,
    full: true,
  },
  {
    name: 'settings-de-320',
    world: managedWorld,
    place: 'settings/Resources',
    width: 320,
    height: 640,
    scheme: 'dark',
    locale: 'de',
    full: true,
  },
  {
    name: 'policy-de',
    world: managedWorld,
    place: 'policy',
    width: 1024,
    scheme: 'dark',
    locale: 'de',
    full: true,
  },
  {
    name: 'diagnostics-de',
    world: managedWorld,
    place: 'diagnostics',
    width: 320,
    scheme: 'light',
    locale: 'de',
    full: true,
  },
  {
    name: 'device',
    world: walledWorld,
    place: 'sign-in',
    width: 1280,
    scheme: 'light',
    act: async (page) => {
      await page.getByRole('button', { name: 'Use another device' }).click();
      await page.getByText('BDWP-HQPK').waitFor();
    },
  },
  {
    name: 'signout',
    world: managedWorld,
    place: 'account',
    width: 1280,
    scheme: 'dark',
    act: async (page) => page.getByRole('button', { name: 'Sign out' }).click(),
  },
];

async function shoot(browser: Browser, dashboardFolder: string, view: View, folder: string): Promise<void> {
  const world = view.world();
  // Whoever chose a theme chose the one that is shown.
  if (world.choices.has('theme')) world.choices.set('theme', view.scheme);
  const agent = startStandInAgent({ world, dashboardFolder });
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height ?? 800 },
    colorScheme: view.scheme,
    reducedMotion: 'reduce',
    locale: view.locale ?? 'en-GB',
  });
  try {
    const page = await context.newPage();
    await page.goto(await agent.address());
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.evaluate(
      `location.hash = '#/${view.place}'; document.dir = '${view.rtl === true ? 'rtl' : 'ltr'}'`,
    );
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.evaluate('document.fonts.ready');
    await view.act?.(page, agent);
    await page.screenshot({
      path: join(folder, `${view.name}-${view.scheme}.png`),
      fullPage: view.full === true,
      animations: 'disabled',
    });
  } finally {
    await context.close();
    await agent.close();
  }
}

const all = process.argv.indexOf('--all');
const only = all === -1 ? undefined : process.argv[all + 2];
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const docs = join(root, 'docs', 'screenshots');
const unkept = join(root, 'out', 'screenshots');
const views = VIEWS.filter((view) => only === undefined || view.name === only);
/** Where a view goes. */
function folderOf(view: View): string {
  if (all !== -1) return process.argv[all + 1] ?? unkept;
  return view.kept?.includes(view.scheme) === true ? docs : unkept;
}
for (const folder of new Set(views.map(folderOf))) await mkdir(folder, { recursive: true });
const built = await buildDashboard();
const browser = await launchBrowser();
try {
  for (const view of views) await shoot(browser, built.folder, view, folderOf(view));
} finally {
  await browser.close();
  await built.remove();
}
