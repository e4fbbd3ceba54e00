import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSetupLink } from '../organizations/setup-links.ts';
import { PER_ACCOUNT } from './attempts.ts';
import { createBrowser, type Visited } from './test-browser.ts';
import {
  createAccount,
  discover,
  hubForFile,
  PASSWORD,
  startSignIn,
  type TestAccount,
  typeCredentials,
} from './test-hub.ts';

/*
 * Every form of the hub's own pages is answered with a page that has an address of its own: reloading it sends nothing
 * again, and the address gives nothing away.
 */
const { database, hub } = hubForFile();
let ada: TestAccount;

beforeAll(async () => {
  ada = await createAccount(database, 'ada@example.com');
});
beforeEach(async () => {
  await database.pool.query('delete from attempt_counters');
});
afterEach(() => {
  vi.useRealTimers();
});

const WRONG = 'a wrong password 123';
const NOT_RIGHT = 'The e-mail address or the password is not right.';
const COOKIE = 'mooring_answers';

const said = (page: Visited) => /role="alert" id="problem"><p>([^<]*)/.exec(page.body)?.[1];

/** The same page again: as long as it is asked for, and without a try being counted. */
async function expectReloads(browser: ReturnType<typeof createBrowser>, page: Visited): Promise<void> {
  const counted = async () =>
    (await database.pool.query('select sum(count)::int as count from attempt_counters')).rows;
  const before = await counted();
  const again = await browser.get(page.url);
  expect([again.status, said(again), again.body]).toEqual([page.status, said(page), page.body]);
  expect(await counted()).toEqual(before);
}

describe('a page that follows a form', () => {
  it('can be reloaded with what it says, and its address holds neither password nor e-mail address', async () => {
    const browser = createBrowser(hub.url);
    const page = await typeCredentials(browser, '/sign-in?next=%2Faccount', ada.email, WRONG);
    expect([page.status, said(page)]).toEqual([401, NOT_RIGHT]);
    expect(page.url).toMatch(/\/sign-in\?next=%2Faccount&step=[A-Za-z0-9_-]{12}$/);
    expect(page.body).toContain(`value="${ada.email}"`);
    expect(page.body).not.toContain(WRONG);
    await expectReloads(browser, page);
    const done = await browser.submit(page, { password: PASSWORD }, (form) => 'password' in form.fields);
    expect(new URL(done.url).pathname).toBe('/account');
  });

  it('is there for a desktop that asks, with a refused address, and in the confirmation as well', async () => {
    const browser = createBrowser(hub.url);
    const asked = await browser.get((await startSignIn(await discover(hub))).url.href);
    const shape = await browser.submit(
      asked,
      { email: 'nobody', step: 'email' },
      (form) => 'email' in form.fields,
    );
    expect([shape.status, new URL(shape.url).pathname]).toEqual([422, new URL(asked.url).pathname]);
    expect(shape.body).toContain('value="nobody"');
    await expectReloads(browser, shape);
    await typeCredentials(browser, '/sign-in', ada.email);
    const confirm = await browser.get('/sign-in/confirm?next=%2Faccount');
    const wrong = await browser.submit(confirm, { password: WRONG });
    expect([wrong.status, said(wrong), new URL(wrong.url).pathname]).toEqual([
      401,
      NOT_RIGHT,
      '/sign-in/confirm',
    ]);
    await expectReloads(browser, wrong);
  });

  it('says how long to wait, and no longer than that', async () => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const browser = createBrowser(hub.url);
    for (let tries = 0; tries < PER_ACCOUNT.most; tries += 1)
      await typeCredentials(browser, '/sign-in', 'wait@example.com', WRONG);
    const page = await typeCredentials(browser, '/sign-in', 'wait@example.com', WRONG);
    const wait = Number(page.headers.get('retry-after'));
    expect([page.status, wait > 60]).toEqual([429, true]);
    vi.setSystemTime(start + 60_000);
    const later = await browser.get(page.url);
    expect([later.status, Number(later.headers.get('retry-after'))]).toEqual([429, wait - 60]);
    vi.setSystemTime(start + wait * 1000);
    const over = await browser.get(page.url);
    expect([over.status, said(over)]).toEqual([200, undefined]);
  });

  it('is there behind a one-time link, without the password, and at the account', async () => {
    const { url } = await database.db
      .transaction()
      .execute((trx) =>
        createSetupLink(trx, { publicUrl: hub.url, at: new Date(), purpose: 'password', userId: ada.id }),
      );
    const browser = createBrowser(hub.url);
    const short = await browser.submit(await browser.get(url), { password: 'short', repeat: 'short' });
    expect([short.status, said(short)]).toEqual([422, 'The password needs at least 12 characters.']);
    expect(short.url.startsWith(`${url}?step=`)).toBe(true);
    await expectReloads(browser, short);
    await typeCredentials(browser, '/sign-in', ada.email);
    const account = await browser.get('/account');
    const wrong = await browser.submit(account, { current: WRONG, password: WRONG, repeat: WRONG });
    expect([wrong.status, said(wrong)]).toEqual([401, 'The present password is not right.']);
    const again = await browser.get(wrong.url);
    expect([again.status, said(again)]).toEqual([401, said(wrong)]);
  });

  it('is there for the code of a device', async () => {
    const browser = createBrowser(hub.url);
    const page = await browser.submit(await browser.get('/device'), { user_code: 'BBBB-BBBB' });
    expect(said(page)).toBe('There is no such code. Check it at the device and enter it again.');
    const again = await browser.get(page.url);
    expect([said(again), again.body.includes('value="BBBB-BBBB"')]).toEqual([said(page), true]);
    // What is not one of our words says nothing.
    expect(said(await browser.get('/device?again=<b>pay+me'))).toBeUndefined();
  });
});

describe('what is kept for the page', () => {
  it('is shown in this browser only, at its own address only, and for a quarter of an hour', async () => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    const browser = createBrowser(hub.url);
    const page = await typeCredentials(browser, '/sign-in', ada.email, WRONG);
    const kept = browser.cookies.get(COOKIE);
    if (kept === undefined) throw new Error('nothing was kept');
    expect(Buffer.from(kept.value, 'base64url').toString('latin1')).not.toContain('ada');
    // Carried to another browser, as a cookie that somebody plants would be.
    const other = createBrowser(hub.url);
    await other.get('/sign-in');
    other.cookies.set(COOKIE, kept);
    expect((await other.get(page.url)).body).not.toContain(ada.email);
    const step = new URL(page.url).searchParams.get('step') ?? '';
    const desktop = new URL((await browser.get((await startSignIn(await discover(hub))).url.href)).url);
    for (const address of ['/account', '/setup/none', '/sign-in/confirm', desktop.pathname])
      expect((await browser.get(`${address}?step=${step}`)).body).not.toContain(ada.email);
    for (const value of ['', 'x', 'AAAA'.repeat(40), kept.value.slice(0, -4)]) {
      other.cookies.set(COOKIE, { value, path: '/' });
      expect((await other.get(page.url)).status).toBe(200);
    }
    vi.setSystemTime(start + 15 * 60_000);
    const late = await browser.get(page.url);
    expect([late.status, late.body.includes(ada.email)]).toEqual([200, false]);
  });

  it('fits a cookie, whatever was typed, and keeps the pages of a few tabs apart', async () => {
    const browser = createBrowser(hub.url);
    const pages: Visited[] = [];
    for (const name of ['a', 'b', 'c']) {
      const first = await browser.get('/sign-in');
      pages.push(await browser.submit(first, { email: `${name}@example.com`, step: 'email' }));
    }
    for (const [index, name] of ['a', 'b', 'c'].entries())
      expect((await browser.get(pages[index]?.url ?? '')).body).toContain(`${name}@example.com`);
    for (let times = 0; times < 5; times += 1) {
      const long = await browser.submit(await browser.get('/sign-in'), { email: '€'.repeat(1999) });
      expect([long.status, browser.cookies.get(COOKIE)?.value.length ?? 0]).toSatisfy(
        ([status, length]: number[]) => status === 422 && (length ?? 0) > 0 && (length ?? 0) < 3800,
      );
    }
  });
});
