// Part of `npm run screenshots`: looks at every page of the dashboard, in every state, as a person would: in both colour
// schemes, several widths, enlarged, from right to left and in German, against an agent that stands in for a computer
// of a large organization.
//
//   node scripts/screenshots.ts                        every view into out/screenshots, and what the docs show into the docs
//   node scripts/screenshots.ts --docs                 only what the docs show
//   node scripts/screenshots.ts --all FOLDER [NAME]    every view, or those whose names begin so, into a folder
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { violationsInBothSchemes } from '../test/accessibility.ts';
import { launchBrowser } from '../test/browser.ts';
import { buildDashboard } from '../test/web/build-dashboard.ts';
import { PAGE_TITLE } from '../test/web/open-dashboard.ts';
import { startStandInAgent } from '../test/web/stand-in-agent.ts';
import { managedWorld } from '../test/web/stand-in-world.ts';
import { DASHBOARD_VIEWS, type View } from './screenshots/dashboard-views.ts';
import { DOCUMENTED, type DocumentedView } from './screenshots/documented-views.ts';

/** How a page is looked at once it is there. */
interface Look {
  readonly name: string;
  readonly width: number;
  readonly scheme: 'light' | 'dark';
  readonly rtl?: boolean;
}

const FEW: readonly Look[] = [
  { name: 'light', width: 1280, scheme: 'light' },
  { name: 'dark', width: 1280, scheme: 'dark' },
  { name: '320-light', width: 320, scheme: 'light' },
];
const ALL: readonly Look[] = [
  ...FEW,
  { name: '320-dark', width: 320, scheme: 'dark' },
  { name: '720-light', width: 720, scheme: 'light' },
  { name: '720-dark', width: 720, scheme: 'dark' },
  { name: 'rtl', width: 1280, scheme: 'light', rtl: true },
  { name: 'rtl-320', width: 320, scheme: 'dark', rtl: true },
];
const GERMAN: readonly Look[] = [
  { name: 'de', width: 1280, scheme: 'dark' },
  { name: 'de-320', width: 320, scheme: 'light' },
];
/** A window of 1280 × 800, enlarged to 200 %. */
const ENLARGED: readonly Look[] = [{ name: 'zoom', width: 640, scheme: 'light' }];

/** The same page is looked at from all sides, so that it has to be opened and brought into its state only once. */
function sittings({ few = false }: View): readonly (readonly [readonly Look[], BrowserContextOptions])[] {
  const english = { viewport: { width: 1280, height: 800 }, locale: 'en-GB' };
  if (few) return [[FEW, english]];
  return [
    [ALL, english],
    [GERMAN, { ...english, locale: 'de' }],
    [ENLARGED, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2, locale: 'en-GB' }],
  ];
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [wish, wantedFolder, wantedName = ''] = process.argv.slice(2);
if (wish !== undefined && wish !== '--docs' && (wish !== '--all' || wantedFolder === undefined))
  throw new Error('Give nothing, --docs, or --all FOLDER [NAME].');
const folder = wantedFolder ?? join(root, 'out', 'screenshots');
await mkdir(folder, { recursive: true });
const built = await buildDashboard();
const browser = await launchBrowser();
/** What axe finds wrong with what was looked at, in either scheme. */
const wrong: string[] = [];
try {
  const left = wish === '--docs' ? [] : DASHBOARD_VIEWS.filter(({ name }) => name.startsWith(wantedName));
  const work = async () => {
    for (let view = left.shift(); view !== undefined; view = left.shift()) await shoot(browser, view);
  };
  await Promise.all([work(), work()]);
  if (wish !== '--all') for (const view of DOCUMENTED) await keep(browser, view);
} finally {
  await browser.close();
  await built.remove();
}
for (const each of wrong) process.stderr.write(`axe: ${each}\n`);
if (wrong.length > 0) process.exitCode = 1;

async function shoot(browser: Browser, view: View): Promise<void> {
  for (const [looks, options] of sittings(view)) {
    await open(browser, view, options, async (page) => {
      for (const look of looks) {
        await turn(page, look, view.full === true);
        await page.screenshot({
          path: join(folder, `${view.name}.${look.name}.png`),
          animations: 'disabled',
        });
      }
      // Once in each language: the sittings differ in nothing else that axe can see.
      if (looks === ENLARGED) return;
      await turn(page, { name: 'axe', width: 1280, scheme: 'light' }, view.full === true);
      const found = await violationsInBothSchemes(page);
      wrong.push(...found.map((each) => `${view.name}, ${options.locale}: ${each}`));
    });
  }
}

async function keep(browser: Browser, view: DocumentedView): Promise<void> {
  const { file, width, height, scale, scheme } = view;
  const options = {
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: scheme,
    locale: 'en-GB',
  };
  await open(browser, { ...view, name: file }, options, async (page) => {
    await page.screenshot({ path: join(root, 'docs', 'screenshots', file), animations: 'disabled' });
  });
}

/** Opens a page, brings it into its state, and closes it when it was looked at. */
async function open(
  browser: Browser,
  view: View,
  options: BrowserContextOptions,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const world = view.world?.() ?? managedWorld();
  // Whoever chose a theme sees that one; here the picture does.
  world.choices.delete('theme');
  const agent = startStandInAgent({ world, dashboardFolder: built.folder });
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  try {
    const page = await context.newPage();
    await view.before?.(page);
    await page.goto(await agent.address());
    await page.locator('main').waitFor();
    if (view.place !== '') await page.evaluate(`location.hash = '#/${view.place}'`);
    if (view.before === undefined) await page.locator(PAGE_TITLE).waitFor();
    await page.evaluate('document.fonts.ready');
    await view.act?.(page, agent);
    await look(page);
  } catch (error) {
    throw new Error(`The view "${view.name}" cannot be shown.`, { cause: error });
  } finally {
    await context.close();
    await agent.close();
  }
}

async function turn(page: Page, { width, scheme, rtl = false }: Look, full: boolean): Promise<void> {
  const height = width === 1280 ? 800 : width === 640 ? 400 : 640;
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  await page.evaluate(`document.dir = '${rtl ? 'rtl' : 'ltr'}'`);
  // A window as tall as its page: what lies outside the window is not drawn.
  while (full) {
    const tall: number = await page.evaluate('document.documentElement.scrollHeight');
    if (tall <= (page.viewportSize()?.height ?? tall)) break;
    await page.setViewportSize({ width, height: tall });
  }
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
}
