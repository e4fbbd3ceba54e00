import { readFile } from 'node:fs/promises';
import type { verify } from '@node-rs/argon2';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSetupLink } from '../organizations/setup-links.ts';
import { verifyDomain } from '../sso/test-sso-hub.ts';
import { createAttempts, LINKS, PER_ACCOUNT, PER_ADDRESS } from './attempts.ts';
import { html } from './pages/html.ts';
import { createPasswordCheck } from './password-check.ts';
import { createPasswords, passwordProblem } from './passwords.ts';
import { createBrowser, formsOf, type Visited } from './test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  discover,
  hubForFile,
  PASSWORD,
  signInDesktop,
  startSignIn,
  startTestHub,
  type TestAccount,
  typeCredentials,
} from './test-hub.ts';

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

const SESSION = 'mooring_session';
const ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'`&';

/** A page that holds an attack holds it as text only. */
function expectHarmless(page: Visited): void {
  expect(page.body).not.toContain('<script');
  expect(page.body).not.toContain('<img src=x');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  // Where the browser was sent on to the program there is no page.
  if (page.body !== '') expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
}

async function whoami(browser: ReturnType<typeof createBrowser>): Promise<number> {
  return (await browser.get('/v1/whoami')).status;
}

describe('pages', () => {
  it('every value in a template is escaped, and lists of values too', () => {
    const made = html`<a title="${ATTACK}">${[ATTACK, html`<b>${ATTACK}</b>`]}${null}${false}${undefined}${0}</a>`;
    expect(made.markup).not.toMatch(/<script|<img|"><|`/);
    expect(made.markup).toContain('<b>');
    expect(made.markup.endsWith('0</a>')).toBe(true);
  });

  it('are what a person gets at an address with nothing, or one that cannot be read; a program gets JSON', async () => {
    const browser = createBrowser(hub.url);
    const unknown = [
      '/sign-in/nothing',
      '/account/nothing',
      `/${encodeURIComponent(ATTACK)}`,
      '/a'.repeat(2000),
    ];
    for (const path of unknown) {
      const page = await browser.get(path);
      expect(page.status).toBe(404);
      expectHarmless(page);
      expect(page.body).toContain('There is nothing at this address');
      expect(page.body).toContain('href="/account"');
      const answer = await fetch(new URL(path, hub.url), { headers: { accept: '*/*' } });
      expect(await answer.json()).toMatchObject({ error: { code: 'not_found' } });
    }
    expect(await browser.post('/account/nothing', { some: 'form' })).toMatchObject({
      status: 404,
      body: expect.stringContaining('There is nothing at this address'),
    });
    const broken = await fetch(`${hub.url}/sign-in/%zz`, { headers: { accept: 'text/html' } });
    expect(broken.status).toBe(400);
    expect(await broken.text()).toContain('The address cannot be read');
    // The API answers programs, even where a person opens it.
    expect(JSON.parse((await browser.get('/v1/nothing')).body)).toMatchObject({
      error: { code: 'not_found' },
    });
  });

  it('carry no script and no inline style, and are framed by nobody', async () => {
    const page = await createBrowser(hub.url).get('/sign-in');
    expectHarmless(page);
    expect(page.body).not.toMatch(/ style=|<style| on[a-z]+=/);
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    // The back button shows it again; a page with a link's secret is never kept.
    expect(page.headers.get('cache-control')).toBe('private, no-cache');
    const link = await createBrowser(hub.url).get('/setup/none');
    expect(link.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const sheet = /href="(\/sign-in\/style[^"]+)"/.exec(page.body)?.[1] ?? '';
    const style = await fetch(new URL(sheet, hub.url));
    expect(style.headers.get('content-type')).toContain('text/css');
    expect(await style.text()).toContain('prefers-color-scheme: dark');
    expect((await fetch(new URL('/sign-in/mark.svg', hub.url))).headers.get('content-type')).toContain(
      'image/svg+xml',
    );
  });

  it('show the one mark of Mooring', async () => {
    const served = await (await fetch(`${hub.url}/sign-in/mark.svg`)).text();
    expect(served).toBe(await readFile(new URL('../../../assets/mark.svg', import.meta.url), 'utf8'));
  });

  it('label every field and announce what is wrong', async () => {
    const browser = createBrowser(hub.url);
    const page = await browser.submit(await browser.get('/sign-in'), { email: 'nobody' });
    expect(page.status).toBe(422);
    expect(page.body).toContain('<label for="email">');
    expect(page.body).toMatch(
      /<input id="email"[^>]*aria-describedby="problem"[^>]*aria-invalid="true"[^>]*autofocus/,
    );
    expect(page.body).toContain('role="alert" id="problem"');
    expect(page.body).toMatch(/<title>That did not work: /);
  });

  it('reflect nothing as markup', async () => {
    const browser = createBrowser(hub.url);
    const first = await browser.get(`/sign-in?next=${encodeURIComponent(`/${ATTACK}`)}`);
    expectHarmless(first);
    expectHarmless(await browser.submit(first, { email: ATTACK }));
    expectHarmless(await browser.submit(first, { email: ATTACK, step: 'password', next: ATTACK }));
    expectHarmless(await browser.get(`/device?user_code=${encodeURIComponent(ATTACK)}`));
    const device = await browser.get('/device');
    expectHarmless(await browser.submit(device, { user_code: ATTACK }));
    expectHarmless(await browser.get(`/setup/${encodeURIComponent(ATTACK)}`));
    const config = await discover(hub);
    const names = [
      'client_id',
      'redirect_uri',
      'scope',
      'state',
      'response_type',
      'prompt',
      'login_hint',
      'response_mode',
      'device_name',
      'max_age',
      'nonce',
      'ui_locales',
    ];
    for (const name of names) {
      const { url } = await startSignIn(config, { [name]: ATTACK });
      expectHarmless({ ...(await createBrowser(hub.url).get(url.href)) });
    }
    const { url } = await startSignIn(config, { [ATTACK]: ATTACK, error: ATTACK, error_description: ATTACK });
    expectHarmless(await createBrowser(hub.url).get(url.href));
  });

  it('a device that calls itself an attack is shown as text', async () => {
    const { url } = await startSignIn(await discover(hub), { device_name: ATTACK, login_hint: ATTACK });
    const page = await createBrowser(hub.url).get(url.href);
    expectHarmless(page);
    expect(page.body).toContain('&lt;script&gt;');
  });
});

describe('hostile input', () => {
  it('is answered with a page, never a stack or a fault', async () => {
    const send = (path: string, type: string, body: string) =>
      fetch(`${hub.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
        redirect: 'manual',
      });
    const form = 'application/x-www-form-urlencoded';
    const { url } = await startSignIn(await discover(hub));
    const interaction = new URL((await createBrowser(hub.url).get(url.href)).url).pathname;
    for (const path of ['/sign-in', '/sign-out', interaction, '/setup/x']) {
      for (const [type, body] of [
        ['application/json', '"text"'],
        ['application/json', 'null'],
        ['application/json', '[1]'],
        ['application/json', '{"__proto__":{"step":"password"},"step":["a"],"email":{"a":1}}'],
        ['application/json', '{broken'],
        [form, 'step=password&step=email&email[]=a&email=b&form_token=%00'],
        [form, '%E0%A4%A=%ff&step=%00'],
        [form, `email=${'a'.repeat(40_000)}`],
        ['text/xml', '<a/>'],
      ] as const) {
        const answer = await send(path, type, body);
        const text = await answer.text();
        expect(answer.status, `${path} ${body.slice(0, 40)}`).toBeGreaterThanOrEqual(400);
        expect(answer.status, `${path} ${body.slice(0, 40)}`).toBeLessThan(500);
        expect(answer.headers.get('content-type'), `${path} ${body.slice(0, 40)}`).toContain('text/html');
        expect(text).not.toMatch(/\bat .+:\d+:\d+/);
      }
    }
  });

  it('in a device name is shown and stored without what could deceive', async () => {
    for (const [name, shown] of [
      ['lap\0top\n7', 'lap top 7'],
      ['\u202egnp.exe', 'gnp.exe'],
      ['x'.repeat(500), 'x'.repeat(200)],
    ] as const) {
      const { url } = await startSignIn(await discover(hub), { device_name: name });
      const browser = createBrowser(hub.url);
      await typeCredentials(browser, url.href, ada.email);
      expect(browser.left()?.searchParams.get('code')).toBeTypeOf('string');
      const { rows } = await database.pool.query(
        'select device_name from device_sessions where device_name = $1',
        [shown],
      );
      expect(rows).toHaveLength(1);
    }
    for (const nothing of ['', '\0', ' \n ']) {
      const { url } = await startSignIn(await discover(hub), { device_name: nothing });
      expect((await createBrowser(hub.url).get(url.href)).body).toContain(
        'Mooring Desktop asks you to sign in',
      );
    }
  });

  it('with NUL in address or password is just wrong', async () => {
    const browser = createBrowser(hub.url);
    const page = await browser.get('/sign-in');
    const answer = await browser.post('/sign-in', {
      ...formsOf(page.body)[0]?.fields,
      email: 'ada@example.com\0',
      step: 'password',
      password: 'a\0b',
    });
    expect(answer.status).toBe(401);
  });
});

describe('signing in at the hub', () => {
  it('goes to where the person wanted, on this hub only', async () => {
    for (const [next, expected] of [
      ['/v1/whoami?x=1', '/v1/whoami?x=1'],
      ['//evil.example/', '/signed-in'],
      ['/\\evil.example', '/signed-in'],
      ['https://evil.example/', '/signed-in'],
      ['/.//evil.example', '/signed-in'],
      ['javascript:alert(1)', '/signed-in'],
      ['', '/signed-in'],
    ] as const) {
      const browser = createBrowser(hub.url);
      const page = await typeCredentials(browser, `/sign-in?next=${encodeURIComponent(next)}`, ada.email);
      expect(browser.left(), next).toBeUndefined();
      expect(new URL(page.url).pathname + new URL(page.url).search, next).toBe(expected);
      // Who is signed in already is sent on at once.
      const sent = await browser.get(`${hub.url}/sign-in?next=${encodeURIComponent(next)}`);
      expect(browser.left(), next).toBeUndefined();
      expect(new URL(sent.url).pathname + new URL(sent.url).search, next).toBe(expected);
    }
  });

  it('gives a session that a browser keeps to itself, for a day, and that can be ended', async () => {
    const browser = createBrowser(hub.url);
    const page = await typeCredentials(browser, '/sign-in', ada.email);
    expect(page.body).toContain('Signed in as');
    expect(await whoami(browser)).toBe(200);
    const cookie = browser.cookies.get(SESSION);
    const out = await browser.submit(page, {}, ({ action }) => action === '/sign-out');
    expect(out.body).toContain('You are signed out');
    expect(browser.cookies.get(SESSION)).toBeUndefined();
    if (cookie !== undefined) browser.cookies.set(SESSION, cookie);
    expect(await whoami(browser)).toBe(401);
  });

  it('a session ends after 24 hours, and with its account', async () => {
    const browser = createBrowser(hub.url);
    await typeCredentials(browser, '/sign-in', ada.email);
    expect(await whoami(browser)).toBe(200);
    await database.db
      .updateTable('users')
      .set({ disabled_at: new Date() })
      .where('id', '=', ada.id)
      .execute();
    expect(await whoami(browser)).toBe(401);
    await database.db.updateTable('users').set({ disabled_at: null }).where('id', '=', ada.id).execute();
    expect(await whoami(browser)).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 24 * 3_600_000 + 1000);
    expect(await whoami(browser)).toBe(401);
  });

  it('sets cookies that scripts and other sites do not get, with the prefix on https', async () => {
    const plain = await fetch(`${hub.url}/sign-in`);
    expect(plain.headers.get('set-cookie')).toMatch(/^mooring_form=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
    const secure = await startTestHub(database, { publicUrl: 'https://hub.example.com' });
    try {
      const page = await fetch(`${secure.url}/sign-in`);
      expect(page.headers.get('set-cookie')).toMatch(
        /^__Host-mooring_form=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      expect(await answerCookie(hub.url)).toMatch(
        /^mooring_answers=[^;]+; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/,
      );
      expect(await answerCookie(secure.url)).toMatch(
        /^__Host-mooring_answers=[^;]+; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      const device = await fetch(`${secure.url}/device`);
      expect(device.headers.getSetCookie()[0]).toMatch(
        /^__Host-mooring_op=[^;]+; path=\/; samesite=lax; secure; httponly/,
      );
    } finally {
      await secure.stop();
    }
  });

  it('begins a new session id at each sign-in: one planted before is worth nothing', async () => {
    const attacker = createBrowser(hub.url);
    await typeCredentials(attacker, '/sign-in', (await createAccount(database, 'mallory@example.com')).email);
    const planted = attacker.cookies.get(SESSION);
    if (planted === undefined) throw new Error('no session');
    const victim = createBrowser(hub.url);
    victim.cookies.set(SESSION, planted);
    const page = await victim.get(`/sign-in`);
    expect(page.body).toContain('mallory@example.com');
    const config = await discover(hub);
    const started = await startSignIn(config);
    const offered = await victim.get(started.url.href);
    const other = await victim.submit(offered, {}, ({ fields }) => fields.step === 'other');
    const typed = await victim.submit(other, { email: ada.email });
    await victim.submit(typed, { password: PASSWORD });
    expect(victim.cookies.get(SESSION)?.value).not.toBe(planted.value);
    // The planted one does not become the victim's, and has ended.
    expect(await whoami(attacker)).toBe(401);
  });

  it('takes no form from elsewhere: nobody is signed in to a stranger account', async () => {
    const own = createBrowser(hub.url);
    const ownPage = await own.get('/sign-in');
    const fields = { step: 'password', email: ada.email, password: PASSWORD };
    const foreign = await createBrowser(hub.url).post('/sign-in', fields);
    expect(foreign.status).toBe(403);
    // A token of another browser does not fit either.
    const stolen = formsOf(ownPage.body)[0]?.fields.form_token ?? '';
    const other = createBrowser(hub.url);
    await other.get('/sign-in');
    expect((await other.post('/sign-in', { ...fields, form_token: stolen })).status).toBe(403);
    expect(other.cookies.has(SESSION)).toBe(false);
    // And one that fits is refused when the browser says that another site sent it.
    const cross = await own.post(
      '/sign-in',
      { ...fields, form_token: stolen },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(cross.status).toBe(403);
    expect((await own.post('/sign-out', {})).status).toBe(403);
  });

  it('an interaction cannot be finished by another browser', async () => {
    const { url } = await startSignIn(await discover(hub));
    const attacker = createBrowser(hub.url);
    const page = await attacker.get(url.href);
    const victim = createBrowser(hub.url);
    await typeCredentials(victim, '/sign-in', ada.email);
    expect((await victim.get(page.url)).status).toBe(400);
  });
});

describe('passwords', () => {
  it('an unknown account, one without a password and a wrong password take the same path and look the same', async () => {
    await database.db
      .insertInto('users')
      .values({ email: 'no-password@example.com', username: 'nopassword', name: 'x', password_hash: null })
      .execute();
    const bodies: string[] = [];
    for (const [email, password] of [
      ['ada@example.com', 'wrong'],
      ['nobody@example.com', 'wrong'],
      ['no-password@example.com', 'wrong'],
    ] as const) {
      const page = await typeCredentials(createBrowser(hub.url), '/sign-in', email, password);
      expect(page.status).toBe(401);
      bodies.push(page.body.replaceAll(email, '').replaceAll(/value="[A-Za-z0-9_-]{43}"/g, ''));
    }
    expect(new Set(bodies).size).toBe(1);
  });

  it('each check does the work of one hash, whoever is asked for', async () => {
    const asked: string[] = [];
    const counting: typeof verify = async (hash) => {
      asked.push(String(hash).split('$').slice(0, 4).join('$'));
      return true; // as if everything fitted: who has no hash is still let in by nothing
    };
    const passwords = await createPasswords(counting);
    const real = await passwords.hash('a password');
    expect(await passwords.verify(real, 'a password')).toBe(true);
    expect(await passwords.verify(null, 'a password')).toBe(false);
    expect(await passwords.verify(undefined, 'a password')).toBe(false);
    expect(asked).toEqual(Array(3).fill('$argon2id$v=19$m=19456,t=2,p=1'));
  });

  it('an account that is not there is asked for as much', async () => {
    const asked: unknown[] = [];
    const store = { db: database.db, secret: hub.secret, now: () => new Date() };
    const check = createPasswordCheck({
      store,
      attempts: createAttempts(store),
      passwords: {
        hash: async () => '',
        verify: async (hash) => {
          asked.push(hash);
          return false;
        },
      },
    });
    for (const email of ['nowhere@example.com', 'with\0nul@example.com'])
      expect(await check({ email, password: 'x', address: '192.0.2.77' })).toEqual({ kind: 'wrong' });
    expect(asked).toEqual([undefined, undefined]);
  });

  it('every password that is accepted can be used, whatever its letters', async () => {
    const passwords = await createPasswords();
    for (const password of [
      `${'\u{1f9ed}'.repeat(8)}abcd`,
      `${'\u{1f9ed}é'.repeat(300)}abcdefgh`,
      `${'e\u0301'.repeat(20)}abc`,
      'a b\tc\u0000d e f g',
    ]) {
      expect(passwordProblem(password, [])).toBeNull();
      expect(await passwords.verify(await passwords.hash(password), password)).toBe(true);
    }
    const composed = await passwords.hash(`${'\u00e9'.repeat(4)}abcdefgh`);
    expect(await passwords.verify(composed, `${'e\u0301'.repeat(4)}abcdefgh`)).toBe(true);
    expect(passwordProblem('ab\u{1f9ed}c'.repeat(300), [])).toBe('too_long');
  });

  it('a disabled account is told so only with the right password', async () => {
    await database.db
      .updateTable('users')
      .set({ disabled_at: new Date() })
      .where('id', '=', ada.id)
      .execute();
    try {
      expect((await typeCredentials(createBrowser(hub.url), '/sign-in', ada.email, 'wrong')).body).toContain(
        'is not right',
      );
      expect((await typeCredentials(createBrowser(hub.url), '/sign-in', ada.email)).body).toContain(
        'is disabled',
      );
    } finally {
      await database.db.updateTable('users').set({ disabled_at: null }).where('id', '=', ada.id).execute();
    }
  });

  it('the e-mail address is found whatever its case', async () => {
    const page = await typeCredentials(createBrowser(hub.url), '/sign-in', 'ADA@Example.COM');
    expect(page.body).toContain('ada@example.com');
  });

  it('guesses at one account are limited, also all at once, and the limit ends by itself', async () => {
    const browser = createBrowser(hub.url);
    const first = await browser.get('/sign-in');
    const page = { ...formsOf(first.body)[0]?.fields, step: 'password', email: ada.email };
    const send = (password: string) => browser.post('/sign-in', { ...page, password });
    const answers = await Promise.all(Array.from({ length: PER_ACCOUNT.most + 5 }, () => send('wrong')));
    expect(PER_ACCOUNT).toMatchObject({ most: 10, windowSeconds: 15 * 60 });
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(5);
    const right = await send(PASSWORD);
    expect(right.status).toBe(429);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(800);
    expect(right.body).toContain('Too many attempts. Try again in 15 minutes.');
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + PER_ACCOUNT.windowSeconds * 1000 + 1000);
    expect((await send(PASSWORD)).status).toBe(200);
  });

  it('guesses from one address are limited over all accounts; a success does not count', async () => {
    expect(PER_ADDRESS).toMatchObject({ most: 100, windowSeconds: 15 * 60 });
    for (let round = 0; round < 3; round += 1)
      await typeCredentials(createBrowser(hub.url), '/sign-in', ada.email);
    const { rows } = await database.pool.query('select count from attempt_counters');
    expect(rows).toEqual([{ count: 0 }]);
    await database.pool.query('update attempt_counters set count = $1', [PER_ADDRESS.most]);
    expect((await typeCredentials(createBrowser(hub.url), '/sign-in', ada.email)).status).toBe(429);
  });
});

describe('one-time links', () => {
  const link = async (wanted: { readonly owner: string } | { readonly password: string }) =>
    database.db.transaction().execute((trx) => {
      const common = { publicUrl: hub.url, at: new Date() };
      return 'owner' in wanted
        ? createSetupLink(trx, { ...common, purpose: 'owner', organizationId: wanted.owner })
        : createSetupLink(trx, { ...common, purpose: 'password', userId: wanted.password });
    });
  const chosen = { password: 'a long new password', repeat: 'a long new password' };

  it('the first owner names themselves, once', async () => {
    const organization = await createTestOrganization(database, 'setup-once', []);
    const { url } = await link({ owner: organization.id });
    const browser = createBrowser(hub.url);
    // Looking does not use it up.
    await browser.get(url);
    const page = await browser.get(url);
    expect(page.body).toContain('SETUP-ONCE');
    const done = await browser.submit(page, { email: 'owner@example.com', name: 'Olive Owner', ...chosen });
    expect(done.body).toContain('owner@example.com');
    expect(await whoami(browser)).toBe(200);
    const { rows } = await database.pool.query(
      "select m.role, u.name from memberships m join users u on u.id = m.user_id where u.email = 'owner@example.com'",
    );
    expect(rows).toEqual([{ role: 'owner', name: 'Olive Owner' }]);
    const again = await createBrowser(hub.url).get(url);
    expect(again.status).toBe(404);
    expect(again.body).toContain('This link is not valid');
    const login = createBrowser(hub.url);
    await typeCredentials(login, '/sign-in', 'owner@example.com', chosen.password);
    expect(await whoami(login)).toBe(200);
  });

  it('works for one of two who send it at the same time', async () => {
    const organization = await createTestOrganization(database, 'setup-race', []);
    const { url } = await link({ owner: organization.id });
    const browsers = [createBrowser(hub.url), createBrowser(hub.url)];
    const pages = await Promise.all(browsers.map((browser) => browser.get(url)));
    const answers = await Promise.all(
      browsers.map(async (browser, index) => {
        const page = pages[index];
        if (page === undefined) throw new Error('no page');
        return browser.submit(page, { email: `racer${index}@example.com`, name: 'Racer', ...chosen });
      }),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 404]);
  });

  it('does not take over an account that exists', async () => {
    const organization = await createTestOrganization(database, 'setup-taken', []);
    const { url } = await link({ owner: organization.id });
    const browser = createBrowser(hub.url);
    const answer = await browser.submit(await browser.get(url), { email: ada.email, name: 'Eve', ...chosen });
    expect(answer.status).toBe(409);
    expect((await typeCredentials(createBrowser(hub.url), '/sign-in', ada.email)).body).toContain(
      'Signed in as',
    );
    // The link is still good for another address.
    expect(
      (await browser.submit(await browser.get(url), { email: 'eve@example.com', name: 'Eve', ...chosen }))
        .status,
    ).toBe(200);
  });

  it('are no way into a domain that another organization has verified, nor when it was verified since', async () => {
    const holder = await createTestOrganization(database, 'setup-holder', []);
    const other = await createTestOrganization(database, 'setup-other', []);
    const browser = createBrowser(hub.url);
    const { url } = await link({ owner: other.id });
    const page = await browser.get(url);
    const kim = await createAccount(database, 'kim@setup-held.example');
    const ours = { publicUrl: hub.url, at: new Date(), purpose: 'password', userId: kim.id } as const;
    const links = await database.db.transaction().execute(async (trx) => ({
      other: await createSetupLink(trx, { ...ours, organizationId: other.id }),
      holder: await createSetupLink(trx, { ...ours, organizationId: holder.id }),
    }));
    const begun = await browser.get(links.other.url);
    expect(begun.status).toBe(200);
    await verifyDomain(database, holder.id, 'setup-held.example');
    const named = { email: 'eve@setup-held.example', name: 'Eve', ...chosen };
    const owner = await browser.submit(page, named);
    expect([owner.status, owner.body]).toEqual([409, expect.stringContaining('domain of another')]);
    expect((await browser.submit(begun, chosen)).status).toBe(404);
    expect((await browser.get(links.other.url)).status).toBe(404);
    expect((await browser.submit(await browser.get(links.holder.url), chosen)).status).toBe(200);
  });

  it('says what is wrong with a choice, and keeps what was typed', async () => {
    const organization = await createTestOrganization(database, 'setup-wrong', []);
    const { url } = await link({ owner: organization.id });
    const browser = createBrowser(hub.url);
    const page = await browser.get(url);
    const typed = { email: 'w@example.com', name: 'W', ...chosen };
    for (const [change, text] of [
      [{ email: 'w' }, 'Enter an e-mail address'],
      [{ name: ' ' }, 'Enter your name'],
      [{ password: 'short', repeat: 'short' }, 'at least 12 characters'],
      [{ password: 'aaaaaaaaaaaaaa', repeat: 'aaaaaaaaaaaaaa' }, 'too easy to guess'],
      [{ repeat: 'another password' }, 'not the same'],
    ] as const) {
      const answer = await browser.submit(page, { ...typed, ...change });
      expect(answer.status).toBe(422);
      expect(answer.body).toContain(text);
      expect(answer.body).not.toContain(chosen.password);
    }
    expect((await createBrowser(hub.url).post(url, typed)).status).toBe(403);
  });

  it('open nothing of an account that was disabled since, and say no more than of one that never was', async () => {
    const account = await createAccount(database, 'gone@example.com');
    const { url } = await link({ password: account.id });
    const browser = createBrowser(hub.url);
    const page = await browser.get(url);
    await database.pool.query('update users set disabled_at = now() where id = $1', [account.id]);
    const looked = await browser.get(url);
    expect([looked.status, looked.body]).toEqual([404, (await browser.get('/setup/none')).body]);
    expect((await browser.submit(page, chosen)).status).toBe(404);
  });

  it('are not guessed without end from one address, and good ones do not count', async () => {
    const account = await createAccount(database, 'guessed@example.com');
    const { url } = await link({ password: account.id });
    await database.pool.query('delete from attempt_counters');
    const browser = createBrowser(hub.url);
    for (let looked = 0; looked < 3; looked += 1) expect((await browser.get(url)).status).toBe(200);
    expect((await browser.get('/setup/guess')).status).toBe(404);
    const { rowCount } = await database.pool.query('update attempt_counters set count = $1 where count = 1', [
      LINKS.most,
    ]);
    expect(rowCount).toBe(1);
    for (const address of ['/setup/guess', url]) {
      const answer = await browser.get(address);
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await database.pool.query('delete from attempt_counters');
  });

  it('a new password ends every session that the old one opened, and older links', async () => {
    const account = await createAccount(database, 'reset@example.com');
    const { tokens, browser } = await signInDesktop(hub, account.email);
    const older = await link({ password: account.id });
    const { url } = await link({ password: account.id });
    const fresh = createBrowser(hub.url);
    const done = await fresh.submit(await fresh.get(url), chosen);
    expect(done.body).toContain('reset@example.com');
    expect(await whoami(browser)).toBe(401);
    const device = () =>
      fetch(`${hub.url}/v1/agent/account`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    await expect.poll(async () => (await device()).status).toBe(401);
    expect((await fresh.get(older.url)).status).toBe(404);
    expect((await typeCredentials(createBrowser(hub.url), '/sign-in', account.email)).status).toBe(401);
  });

  it('ends with its time', async () => {
    const organization = await createTestOrganization(database, 'setup-late', []);
    const { url } = await link({ owner: organization.id });
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 73 * 3_600_000);
    expect((await createBrowser(hub.url).get(url)).status).toBe(404);
  });
});

/** The cookie that a form with a wrong password is answered with. */
async function answerCookie(url: string): Promise<string | undefined> {
  const shown = await fetch(`${url}/sign-in`);
  const [cookie = ''] = (shown.headers.get('set-cookie') ?? '').split(';');
  const hidden = [...(await shown.text()).matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  const fields = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
  const body = new URLSearchParams({
    ...fields,
    email: 'nobody@example.com',
    password: 'wrong password 123',
  });
  const answer = await fetch(`${url}/sign-in`, {
    ...{ method: 'POST', body, redirect: 'manual' },
    headers: { cookie },
  });
  return answer.headers.getSetCookie().find((each) => each.includes('mooring_answers'));
}
