import type { Browser } from '@playwright/test';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { launchBrowser } from '../browser.ts';
import { DRIFTED, signInDevice } from './devices.ts';
import { type ConsoleHub, type OpenConsole, openConsole, startConsoleHub } from './open-console.ts';

const AXE_OPTIONS = JSON.stringify({
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
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

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('axe finds nothing on any page, nothing breaks the content security policy, nothing scrolls sideways', async () => {
    const { page, go, api, complaints, close } = await openConsole(browser, hub, 'owner', { colorScheme });
    const found: string[] = [];
    try {
      for (const place of [...places(), ...(await placesOfThings(api))]) {
        await go(place);
        // Evaluated rather than added as a script, which the page's policy would refuse.
        await page.evaluate(axe.source);
        const { violations, passes } = axeResult.parse(
          await page.evaluate(`axe.run(document, ${AXE_OPTIONS})`),
        );
        expect(passes.length, place).toBeGreaterThan(15);
        for (const { id, nodes } of violations)
          found.push(...nodes.map((node) => `${place}: ${id}: ${node.html} ${node.failureSummary}`));
        await page.setViewportSize({ width: 360, height: 740 });
        expect(await page.evaluate('document.documentElement.scrollWidth'), place).toBe(360);
        await page.setViewportSize({ width: 1280, height: 720 });
      }
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await close();
    }
  }, 180_000);
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
