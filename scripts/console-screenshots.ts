// Part of `npm run screenshots`: looks at every page of the Admin Console of a real hub with the demo's organizations, at its
// dialogs and states, at a hub that was just installed, and at the pages that a hub serves without the console, in both
// colour schemes, wide and narrow, and at twice the size.
//
//   node scripts/console-screenshots.ts                every view into out/screenshots, and what the docs show into the docs
//   node scripts/console-screenshots.ts --docs         only what the docs show
//   node scripts/console-screenshots.ts --all FOLDER   every view into a folder
//   node scripts/console-screenshots.ts --only PART    one part: pages, policies, people, identity, hub, first, bare
import { join } from 'node:path';
import { launchBrowser } from '../test/browser.ts';
import { openConsole, startConsoleHub } from '../test/console/open-console.ts';
import { openAlbum } from './console-shots/album.ts';
import { takeFirstRun } from './console-shots/first-run.ts';
import { takeHubPages } from './console-shots/hub-pages.ts';
import { takeHubStates } from './console-shots/hub-states.ts';
import { takeIdentityStates } from './console-shots/identity-states.ts';
import { takePages } from './console-shots/pages.ts';
import { takePeopleStates } from './console-shots/people-states.ts';
import { takePolicyStates } from './console-shots/policy-states.ts';
import { fillOrganization } from './console-shots/world.ts';

const root = join(import.meta.dirname, '..');
const argument = (name: string) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
};
const all = argument('--all');
const only = argument('--only');
const docs = process.argv.includes('--docs');
/** What the docs show, wide and only as much as fits a window. */
const KEPT = 'policy';
const keeps = docs || (all === undefined && only === undefined);
const album = await openAlbum(
  all ?? join(root, 'out', 'screenshots'),
  async (page, name, file) => {
    if (!keeps || name !== KEPT) return;
    await page.screenshot({ path: join(root, 'docs', 'screenshots', file), animations: 'disabled' });
  },
  docs ? KEPT : undefined,
);
const browser = await launchBrowser();

async function takeConsole(): Promise<void> {
  const hub = await startConsoleHub(['--idp-network', '127.0.0.0/8']);
  try {
    const things = await fillOrganization(browser, hub);
    const opened = await openConsole(browser, hub, 'owner', { colorScheme: 'light' });
    const parts = {
      pages: () => takePages(album, hub, opened, things),
      policies: () => takePolicyStates(album, hub, opened),
      people: () => takePeopleStates(album, hub, opened),
      identity: () => takeIdentityStates(album, browser, hub, opened),
      hub: () => takeHubStates(album, opened),
    };
    const chosen = docs ? 'pages' : only;
    for (const [name, take] of Object.entries(parts))
      if (chosen === undefined || chosen === name) await take();
    await opened.close();
  } finally {
    await hub.stop();
  }
}

try {
  if (!docs && (only === undefined || only === 'first')) await takeFirstRun(album, browser);
  if (!docs && (only === undefined || only === 'bare')) await takeHubPages(album, browser);
  if (only !== 'first' && only !== 'bare') await takeConsole();
} finally {
  await browser.close();
}
for (const each of album.missed) process.stderr.write(`not reached: ${each}\n`);
for (const each of album.wrong) process.stderr.write(`axe: ${each}\n`);
if (album.missed.length + album.wrong.length > 0) process.exitCode = 1;
