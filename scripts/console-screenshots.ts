// `npm run screenshots`: looks at every page of the Admin Console of a real hub with the demo's organizations, in both
// colour schemes, wide and narrow, and at twice the size.
//
//   node scripts/console-screenshots.ts                every view into out/screenshots, and what the docs show into the docs
//   node scripts/console-screenshots.ts --all FOLDER   every view into a folder
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { launchBrowser } from '../test/browser.ts';
import { DRIFTED, signInDevice } from '../test/console/devices.ts';
import { openConsole, startConsoleHub } from '../test/console/open-console.ts';

const root = join(import.meta.dirname, '..');
const all = process.argv.indexOf('--all');
const folder = all === -1 ? join(root, 'out', 'screenshots') : (process.argv[all + 1] ?? '.');
/** What the docs show, wide and only as much as fits a window. */
const KEPT = all === -1 ? ['policy'] : [];
await mkdir(folder, { recursive: true });
const [hub, browser] = await Promise.all([startConsoleHub(), launchBrowser()]);
const laptop = await signInDevice(
  hub,
  'designer',
  'A laptop with a name as long as people sometimes give them',
);
await (await signInDevice(hub, 'developer', 'Dana’s desk')).report();
await laptop.report(DRIFTED);
const { member, device, team } = await places();
const policy = `policies/${hub.said.defaultPolicyId}`;
const connection = `sso/${hub.said.connectionId}`;
const views = Object.entries({
  overview: '',
  policies: 'policies',
  policy: `${policy}?set=1`,
  json: `${policy}/json`,
  compare: `${policy}/compare`,
  history: `${policy}/history`,
  assigned: `${policy}/assigned`,
  simulate: `${policy}/simulate`,
  rollout: `${policy}/rollout`,
  exceptions: `${policy}/exceptions`,
  export: `${policy}/export`,
  compliance: 'compliance',
  'compliance-none': 'compliance?search=nobody-like-that',
  device,
  members: 'members',
  'members-none': 'members?search=nobody-like-that',
  member,
  invitations: 'invitations',
  teams: 'teams',
  team,
  access: 'access',
  domains: 'domains',
  sso: 'sso',
  connection: `${connection}?guide=okta`,
  'connection-sign-in': `${connection}/sign-in`,
  'connection-test': `${connection}/test`,
  'connection-errors': `${connection}/errors`,
  scim: `${connection}/scim`,
  migration: `${connection}/migration`,
  'connection-organizations': `${connection}/organizations`,
  enforcement: 'enforcement',
  'enforcement-mac': 'enforcement?system=mac',
  'enforcement-linux': 'enforcement?system=linux',
  tokens: 'tokens',
  keys: 'keys',
  audit: 'audit',
  organization: 'organization',
  me: 'me',
});
const looks = [
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
  ['dark', 360],
  ['light', 720],
] as const;

/** Pages of one thing, and something for the lists. */
async function places(): Promise<{
  readonly member: string;
  readonly device: string;
  readonly team: string;
}> {
  const { api, close } = await openConsole(browser, hub, 'owner');
  const shape = z.object({
    devices: z.array(z.object({ id: z.string().nullable(), user: z.object({ id: z.string() }) })),
  });
  const { devices } = shape.parse(await api('GET', '/devices?search=laptop'));
  await api('POST', '/invitations', { emails: ['a.person.with.a.rather.long.address@acme.example'] });
  const name = 'Platform engineering, reliability and developer experience (Europe)';
  const { id } = z.object({ id: z.string() }).parse(await api('POST', '/teams', { name }));
  await api('POST', '/tokens', { name: 'Nightly export to the warehouse', role: 'editor' });
  await api('POST', '/policies', { name: 'Contractors of the northern offices', document: {} });
  await close();
  const [first] = devices;
  return { member: `members/${first?.user.id}`, device: `compliance/${first?.id}`, team: `teams/${id}` };
}

try {
  for (const [colorScheme, width] of looks) {
    const { page, go, close } = await openConsole(browser, hub, 'owner', {
      colorScheme,
      viewport: { width, height: 800 },
      deviceScaleFactor: width === 720 ? 2 : 1,
    });
    for (const [name, place] of views) {
      await go(place);
      // Not "networkidle": the page listens for changes as long as it is open.
      await page.locator('[role="status"][aria-label="Loading…"]').first().waitFor({ state: 'detached' });
      await page.evaluate('document.fonts.ready');
      const file = `console-${name}-${colorScheme}${width === 1280 ? '' : `-${width}`}.png`;
      await page.screenshot({ path: join(folder, file), fullPage: true, animations: 'disabled' });
      if (width !== 1280 || !KEPT.includes(name)) continue;
      const path = join(root, 'docs', 'screenshots', file);
      await page.screenshot({ path, animations: 'disabled' });
    }
    await close();
  }
} finally {
  await browser.close();
  await hub.stop();
}
