import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page, Route } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { movingOn, violationsInBothSchemes } from '../accessibility.ts';
import { launchBrowser } from '../browser.ts';
import { DRIFTED, signInDevice } from './devices.ts';
import { type ConsoleHub, type OpenConsole, openConsole, startConsoleHub } from './open-console.ts';

const LONG_TEAM = 'Platform engineering, reliability and developer experience (Europe)';

let hub: ConsoleHub;
let browser: Browser;
beforeAll(async () => {
  [hub, browser] = await Promise.all([startConsoleHub(), launchBrowser()]);
  await (await signInDevice(hub, 'designer', 'Dave’s laptop')).report(DRIFTED);
  const { api, close } = await openConsole(browser, hub, 'owner');
  await api('POST', '/teams', { name: LONG_TEAM });
  await api('POST', '/tokens', { name: 'Nightly export', role: 'editor' });
  await api('POST', '/invitations', { emails: ['somebody.with.a.rather.long.address@acme.example'] });
  await close();
});
afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

/** Every page, by what follows the organization in its address. */
function places(): readonly string[] {
  const policy = `policies/${hub.said.defaultPolicyId}`;
  const connection = `sso/${hub.said.connectionId}`;
  return [
    '',
    'policies',
    `${policy}?set=1`,
    `${policy}?category=Docker%20Engine`,
    `${policy}/json`,
    `${policy}/compare`,
    `${policy}/history`,
    `${policy}/assigned`,
    `${policy}/simulate`,
    `${policy}/rollout`,
    `${policy}/exceptions`,
    `${policy}/export`,
    'members',
    'members?search=nobody-like-that',
    'member-jobs',
    'invitations',
    'teams',
    'access',
    'compliance',
    'compliance?search=nobody-like-that',
    'domains',
    'sso',
    `${connection}?guide=okta`,
    `${connection}?guide=entra`,
    `${connection}/sign-in`,
    `${connection}/test`,
    `${connection}/errors`,
    `${connection}/scim`,
    `${connection}/migration`,
    `${connection}/organizations`,
    'enforcement',
    'enforcement?system=mac',
    'enforcement?system=linux',
    'keys',
    'tokens',
    'audit',
    'organization',
    'me',
    'nothing-here',
  ];
}

const THINGS = ['compliance/device', 'members/member', 'teams/team'] as const;

/** Pages of one thing: a device, the member it is of, a team. */
async function placesOfThings(api: OpenConsole['api']): Promise<readonly string[]> {
  const shape = z.object({
    devices: z.array(z.object({ id: z.string().nullable(), user: z.object({ id: z.string() }) })),
  });
  const { devices } = shape.parse(await api('GET', '/devices'));
  const reported = devices.find(({ id }) => id !== null);
  if (reported === undefined) throw new Error('no device has reported');
  const { teams } = z
    .object({ teams: z.array(z.object({ id: z.string() })) })
    .parse(await api('GET', '/teams'));
  return [
    `compliance/${reported.id}`,
    `members/${reported.user.id}`,
    ...teams.map(({ id }) => `teams/${id}`),
  ];
}

const TWICE_THE_SIZE = { width: 640, height: 400 };
/** 1280 at four times the size (WCAG 1.4.10). */
const NARROW = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 720 };

/** Run by the page: what can have the focus where nobody sees it. */
const UNSEEN = `[...document.querySelectorAll('main :is(a[href], button, select, summary, input, textarea)')]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .filter((each) => {
    for (let at = each.parentElement; at !== null; at = at.parentElement)
      if (getComputedStyle(at).clipPath === 'inset(50%)') return true;
    return false;
  })
  .map((each) => each.outerHTML.slice(0, 120))`;

/**
 * Run by the page: links of one name that lead to different places, and buttons of one name, in one part of the page.
 * Nobody who only hears them can tell them apart.
 */
const ALIKE = `['a[href]', 'button:not([aria-hidden])'].flatMap((kind) => Object.entries(Object.groupBy(
  [...document.querySelectorAll('main ' + kind)].filter((each) => each.checkVisibility()),
  (each) => (each.getAttribute('aria-label') ?? each.textContent).trim() + ' in ' +
    (each.closest('section[aria-labelledby]')?.getAttribute('aria-labelledby') ?? 'the page'),
)).flatMap(([name, found]) => new Set(found.map((each, index) => each.href ?? index)).size > 1 ? [name] : []))`;

/** Run by the page: text whose end is cut off; a field scrolls what is typed, and the navigation its row. */
const CUT_OFF = `[...document.querySelectorAll('main *, header *')].filter((each) => {
  if (each.closest('input, select, textarea, nav, svg, .visually-hidden') !== null) return false;
  const { overflowX, overflowY, clipPath } = getComputedStyle(each);
  const hides = (overflow) => ['hidden', 'clip'].includes(overflow);
  return clipPath === 'none' && each.checkVisibility({ visibilityProperty: true }) &&
    ((hides(overflowX) && each.scrollWidth > each.clientWidth + 1) || (hides(overflowY) && each.scrollHeight > each.clientHeight + 1));
}).map((each) => each.outerHTML.slice(0, 160))`;

/** What is wrong with what the page shows: for axe in both schemes, and at each width. */
async function wrongWith(page: Page, name: string): Promise<readonly string[]> {
  const found = [...(await violationsInBothSchemes(page))];
  const alike = z.array(z.string()).parse(await page.evaluate(ALIKE));
  found.push(...alike.map((each) => `several are named ${each}`));
  for (const size of [TWICE_THE_SIZE, NARROW]) {
    await page.setViewportSize(size);
    const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
    if (width !== size.width) found.push(`scrolls sideways: ${width} of ${size.width}`);
    const unseen = z.array(z.string()).parse(await page.evaluate(UNSEEN));
    found.push(...unseen.map((each) => `has the focus unseen at ${size.width}: ${each}`));
    const cut = z.array(z.string()).parse(await page.evaluate(CUT_OFF));
    found.push(...cut.map((each) => `is cut off at ${size.width}: ${each}`));
  }
  await page.setViewportSize(WIDE);
  return found.map((each) => `${name}: ${each}`);
}

const SOURCES = join(import.meta.dirname, '..', '..', 'src', 'console');
const partsIn = (file: string) => {
  const [, list = ''] = /const PARTS = \[(.*?)\]/s.exec(readFileSync(join(SOURCES, file), 'utf8')) ?? [];
  return [...list.matchAll(/'([^']*)'/g)].map(([, part = '']) => part);
};

test('every page of the sources, and every part of one, is among those that are looked at', () => {
  const app = readFileSync(join(SOURCES, 'App.tsx'), 'utf8');
  const routes = [...app.matchAll(/path=\{(?:base|`\$\{base\}\/?([^`]*)`)\}/g)].map(
    ([, route = '']) => route,
  );
  expect(routes.length).toBeGreaterThan(20);
  const looked = [...places(), ...THINGS].map((place) => place.split('?')[0] ?? '');
  const wanted = new Set(
    routes.flatMap((route) => {
      if (!route.endsWith('/:part?')) return [route.replace(':id', '[^/]+')];
      const parts = partsIn(route.startsWith('sso') ? 'sso/ConnectionPage.tsx' : 'policies/PolicyPage.tsx');
      expect(parts.length).toBeGreaterThan(5);
      return parts.map(
        (part) => `${route.split('/')[0]}/[^/]+${['', 'set-up'].includes(part) ? '' : `/${part}`}`,
      );
    }),
  );
  const missing = [...wanted].filter((each) => !looked.some((place) => new RegExp(`^${each}$`).test(place)));
  expect(missing).toEqual([]);
});

test('in both schemes axe finds nothing on any page, nothing breaks the content security policy, nothing scrolls sideways', async () => {
  const { page, go, api, complaints, close } = await openConsole(browser, hub, 'owner', {
    colorScheme: 'light',
  });
  const found: string[] = [];
  try {
    for (const place of [...places(), ...(await placesOfThings(api))]) {
      await go(place);
      found.push(...(await wrongWith(page, place)));
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
}, 600_000);

test('so it is with what a simulation found, a running roll-out, and a hub that fails', async () => {
  const { page, go, api, close } = await openConsole(browser, hub, 'owner', { colorScheme: 'light' });
  const found: string[] = [];
  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' }).first();
  try {
    const policy = `policies/${hub.said.defaultPolicyId}`;
    await go(policy);
    await page.locator('[data-setting="memoryMiB"] select').selectOption('locked');
    await page.locator('[data-setting="memoryMiB"] input').fill('4096');
    found.push(...(await wrongWith(page, 'unsaved')));
    await page.getByRole('link', { name: 'Simulate first' }).click();
    await button('Simulate').click();
    await page.getByRole('table', { name: 'By device' }).waitFor();
    found.push(...(await wrongWith(page, 'simulated')));
    await page.getByRole('link', { name: 'Roll-out' }).click();
    await page.getByLabel('Share of the members').fill('50');
    await button('Start the roll-out').click();
    await button('Pause').click();
    await page.getByText('nobody new gets it').waitFor();
    found.push(...(await wrongWith(page, 'rolled out')));
    await api('POST', `/${policy}/rollback`, { reason: 'over' }, { 'if-match': '*' });

    for (const place of ['policies', 'members', 'compliance', 'audit']) {
      await page.route('**/v1/orgs/acme/**', (route) =>
        route.fulfill({
          status: 500,
          json: { error: { code: 'internal', message: 'The hub met a fault of its own (reference 7F3A).' } },
        }),
      );
      await go(place);
      await page.getByText('reference 7F3A').first().waitFor();
      found.push(...(await wrongWith(page, `${place} failed`)));
      await page.unroute('**/v1/orgs/acme/**');
      await page.route('**/v1/orgs/acme/**', (route) => route.abort());
      await go(place);
      await page.getByText('The hub cannot be reached.').first().waitFor();
      found.push(...(await wrongWith(page, `${place} unreachable`)));
      await page.unroute('**/v1/orgs/acme/**');
    }
    expect(found).toEqual([]);
  } finally {
    await close();
  }
}, 600_000);

test('whoever asked for less motion sees none: while a page is read, in a dialog, and while something is sent', async () => {
  const { page, go, close } = await openConsole(browser, hub, 'owner');
  const held = (route: Route) => (route.request().method() === 'POST' ? undefined : route.fallback());
  try {
    await page.route('**/v1/orgs/acme/overview*', () => undefined);
    await page.goto('/o/acme');
    await page.getByRole('status', { name: 'Loading…' }).waitFor();
    expect(await movingOn(page)).toEqual([]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.route('**/v1/orgs/acme/teams*', held);
    await go('teams');
    await page.getByRole('button', { name: 'New team' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Sent for ever');
    await page.getByRole('dialog').getByRole('button', { name: 'New team' }).click();
    await page.locator('button[data-loading]').waitFor();
    expect(await movingOn(page)).toEqual([]);
  } finally {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await close();
  }
});

/** Run by the page: what has the focus, where all of it that the window shows lies under something else (WCAG 2.4.11). */
const HIDDEN = `(() => {
  const at = document.activeElement;
  const { left, right, top, bottom } = at.getBoundingClientRect();
  const points = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [left + x * (right - left), top + y * (bottom - top)]));
  const shown = points.some(([x, y]) => {
    const there = document.elementFromPoint(x, y);
    return there !== null && (at.contains(there) || there.contains(at) || there.closest('label')?.control === at || there.parentElement === at.parentElement);
  });
  return shown ? null : at.outerHTML.slice(0, 120);
})()`;

test('on a phone what has the focus is not under the bar that saves', async () => {
  const { page, go, close } = await openConsole(browser, hub, 'owner', {
    viewport: { width: 360, height: 640 },
  });
  try {
    await go(`policies/${hub.said.defaultPolicyId}?category=Resources`);
    await page.locator('[data-setting="memoryMiB"] select').selectOption('locked');
    await page.locator('[data-setting="memoryMiB"] input').fill('12');
    await page.getByRole('button', { name: 'Discard' }).waitFor();
    await page.locator('main').focus();
    const hidden: unknown[] = [];
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      hidden.push(await page.evaluate(HIDDEN));
    }
    expect(hidden.filter((each) => each !== null)).toEqual([]);
  } finally {
    await close();
  }
});

test('by keyboard alone: skip to the content, find a member, open them', async () => {
  const { page, go, close } = await openConsole(browser, hub, 'owner');
  try {
    await go('members');
    await page.getByRole('table', { name: 'Members' }).waitFor();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('main:focus').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('dana');
    await page.getByText('1 member', { exact: true }).waitFor();
    const link = page.getByRole('link', { name: 'Dana Developer' });
    for (let step = 0; step < 30 && (await link.and(page.locator(':focus')).count()) === 0; step += 1)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Dana Developer' }).waitFor();
  } finally {
    await close();
  }
});

test('the document may not be framed or carry scripts, its files are kept for good, and nothing lies beside them', async () => {
  const { url } = hub.said;
  const page = await fetch(url);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).not.toContain('unsafe');
  expect(policy).toContain("frame-ancestors 'none'");
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const script = /src="(\/console\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
  const file = await fetch(url + script, { headers: { 'accept-encoding': 'br' } });
  expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(file.headers.get('content-encoding')).toBe('br');
  expect(file.headers.get('content-type')).toContain('javascript');
  for (const outside of [
    '/console/',
    '/console/..%2f..%2fpackage.json',
    '/console/%2e%2e/package.json',
    '/console/assets',
  ]) {
    const answer = await fetch(url + outside);
    expect(answer.status, outside).toBeGreaterThanOrEqual(400);
  }
});

test('the first page needs at most 300 KiB over the wire', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const sizes: number[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.startsWith('/console/'))
      sizes.push(Number(response.headers()['content-length'] ?? Number.NaN));
  });
  await page.goto(hub.said.url);
  await page.waitForURL('**/sign-in?*');
  expect(sizes.length).toBeGreaterThan(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300 * 1024);
  await context.close();
});
