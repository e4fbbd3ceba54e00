import type { Page } from '@playwright/test';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { violationsOf } from '../accessibility.ts';
import { DRIFTED, signInDevice } from './devices.ts';
import { consoleForFile, type OpenConsole, settled, typePassword } from './open-console.ts';

/* A link shows whoever receives it what its sender saw: searched, in order, at the page. For every list of the console. */

const { hub, open } = consoleForFile();

/** More than one page of teams, and a few rows in most other lists. */
async function fill({ api }: OpenConsole): Promise<{ readonly device: string; readonly member: string }> {
  await (await signInDevice(hub, 'designer', 'Dave’s laptop')).report(DRIFTED);
  await (await signInDevice(hub, 'developer', 'Dana’s desk')).report(DRIFTED);
  for (let index = 0; index < 60; index += 1) await api('POST', '/teams', { name: `Crew ${index}` });
  for (const name of ['Western', 'Eastern', 'Northern']) {
    await api('POST', '/policies', { name: `${name} offices`, document: {} });
    await api('POST', '/tokens', { name: `${name} export`, role: 'editor' });
    await api('POST', '/domains', { name: `${name.toLowerCase()}.example` });
    await api('POST', '/connections', { name: `${name} provider`, kind: 'oidc' });
  }
  await api('POST', '/invitations', { emails: ['a.guest@acme.example', 'b.guest@acme.example'] });
  const shape = z.object({
    devices: z.array(z.object({ id: z.string().nullable(), user: z.object({ id: z.string() }) })),
  });
  const { devices } = shape.parse(await api('GET', '/devices?search=laptop'));
  return { device: `compliance/${devices[0]?.id}`, member: `members/${devices[0]?.user.id}` };
}

/** What a page shows of its lists: fields, orders and rows, without what comes with the time. */
const SHOWN = `({
  fields: [...document.querySelectorAll('main search input, main select')].map((each) => [each.getAttribute('aria-label') ?? each.labels[0]?.textContent, each.value]),
  orders: [...document.querySelectorAll('main th[aria-sort]')].map((each) => [each.textContent, each.getAttribute('aria-sort')]),
  rows: [...document.querySelectorAll('main tbody th[scope="row"], main section > header h2, main article h2')].map((each) => each.textContent),
  found: [...document.querySelectorAll('main p[role="status"]')].map((each) => each.textContent),
})`;

/** Waits until no list still shows the answer to what was asked before. */
async function answered(page: Page): Promise<void> {
  await settled(page);
  await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' });
}

/** Turns the order of every table around, and searches every list for a letter. */
async function searchAndSort(page: Page): Promise<void> {
  // Above a list; a field beside that looks for somebody to be added says nothing to others.
  const searches = page.locator('main [class*="_tools_"] > search input');
  for (let index = 0; index < (await searches.count()); index += 1) {
    const before = page.url();
    await searches.nth(index).fill('e');
    await page.waitForURL((url) => url.href !== before);
    await answered(page);
  }
  const tables = page.locator('main table:has(th[aria-sort])');
  for (let index = 0; index < (await tables.count()); index += 1) {
    const heads = tables.nth(index).locator('th[aria-sort]');
    const before = page.url();
    await heads.last().getByRole('button').click();
    await page.waitForURL((url) => url.href !== before);
    await answered(page);
  }
}

test('whoever opens a link sees the rows, the order and the search of its sender, on every list', async () => {
  const sender = await open('owner');
  const receiver = await open('owner');
  try {
    const { device, member } = await fill(sender);
    const policy = `policies/${hub.said.userPolicyId}`;
    const connection = `sso/${hub.said.connectionId}`;
    const places = [
      ...[
        'policies',
        'members',
        'invitations',
        'teams',
        'compliance',
        'domains',
        'sso',
        'tokens',
        'keys',
        'audit',
      ],
      ...[`${policy}/history`, `${policy}/assigned`, `policies/${hub.said.defaultPolicyId}/exceptions`],
      ...[`${connection}/scim`, `${connection}/errors`, device, member, 'member-jobs'],
    ];
    let sorted = 0;
    for (const place of places) {
      await sender.go(place);
      await answered(sender.page);
      await searchAndSort(sender.page);
      const { href, searchParams } = new URL(sender.page.url());
      if ([...searchParams.keys()].some((each) => each.endsWith('sort'))) sorted += 1;
      await receiver.page.goto(href);
      await answered(receiver.page);
      // Either page may still hear of what happened a moment ago, such as the receiver's own reading.
      await vi.waitFor(
        async () => {
          const [sent, received] = [await sender.page.evaluate(SHOWN), await receiver.page.evaluate(SHOWN)];
          expect({ place, shown: received }).toEqual({ place, shown: sent });
        },
        { timeout: 20_000, interval: 100 },
      );
    }
    // Else nothing was pressed.
    expect(sorted).toBeGreaterThan(10);
    expect([...sender.complaints, ...receiver.complaints]).toEqual([]);
  } finally {
    await sender.close();
    await receiver.close();
  }
}, 600_000);

test('so does whoever has to sign in first, also in the middle of a long list', async () => {
  const sender = await open('owner');
  try {
    await sender.go('teams?search=crew&sort=-name');
    await answered(sender.page);
    await sender.page.getByRole('button', { name: 'Next page' }).click();
    await sender.page.waitForURL('**cursor=**');
    await answered(sender.page);
    const sent = await sender.page.evaluate(SHOWN);
    const context = await sender.context.browser()?.newContext({ locale: 'en-GB', baseURL: hub.said.url });
    if (context === undefined) throw new Error('the browser is gone');
    const page = await context.newPage();
    await page.goto(sender.page.url());
    await page.waitForURL('**/sign-in?*');
    await typePassword(page, hub, 'owner');
    await page.waitForURL('**cursor=**');
    await answered(page);
    expect(page.url()).toBe(sender.page.url());
    expect(await page.evaluate(SHOWN)).toEqual(sent);
    await context.close();
  } finally {
    await sender.close();
  }
});

test('a link that was cut off or changed on the way says so, and leads to the list', async () => {
  const { page, go, close, complaints } = await open('owner');
  try {
    // An order, a filter and a page that there is not; of two lists on a page the one that it is about.
    for (const place of [
      'tokens?sort=nope',
      'domains?state=nope',
      'audit?cursor=x',
      'sso?accepted.cursor=x',
    ]) {
      await go(place);
      await page.getByRole('heading', { name: 'This link cannot be read' }).waitFor();
      expect([place, await page.getByRole('button', { name: 'Try again' }).count()]).toEqual([place, 0]);
      expect([place, await violationsOf(page)]).toEqual([place, []]);
      await page.getByRole('button', { name: 'Show the list without them' }).click();
      await page.getByRole('heading', { name: 'This link cannot be read' }).waitFor({ state: 'detached' });
      await answered(page);
      expect(new URL(page.url()).search).toBe('');
    }
    // What the browser says of each answer that was refused is no fault of the page.
    expect(complaints.filter((each) => !each.includes('400'))).toEqual([]);
  } finally {
    await close();
  }
});

test('rows of the question before are marked as such until the answer is here', async () => {
  const { page, go, close } = await open('owner');
  try {
    await go('policies');
    await answered(page);
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/v1/orgs/acme/policies?*search=*', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('searchbox', { name: 'Search policies' }).fill('nothing-like-that');
    await page.waitForURL('**search=**');
    await page.locator('main [aria-busy="true"]').getByRole('link', { name: 'Everyone' }).waitFor();
    answer();
    await page.getByText('No policy matches').waitFor();
    expect(await page.locator('main [aria-busy="true"]').count()).toBe(0);
  } finally {
    await close();
  }
});
