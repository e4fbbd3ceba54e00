import { generate } from 'otplib';
import { describe, expect, it } from 'vitest';
import type { Role } from '../database/schema.ts';
import { endSessionsOf } from '../identity/session-ends.ts';
import { type Browser, createBrowser, type Visited } from '../identity/test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  hubForFile,
  OPERATOR,
  PASSWORD,
  typeCredentials,
} from '../identity/test-hub.ts';
import { changeRole, joinOrganization } from '../organizations/member-service.ts';
import { changeSignInSettings } from '../sso/sign-in-settings.ts';
import { whoIs } from '../sso/test-sso-hub.ts';
import { createSecondFactor } from './second-factor.ts';

const { database, hub } = hubForFile();

const secretOn = (page: Visited) =>
  (/<p class="code-shown">(.*)<\/p>/.exec(page.body)?.[1] ?? '').replaceAll(/<[^>]*>/g, '');
const code = (secret: string) => generate({ secret });
const enter = (browser: Browser, page: Visited, value: string) =>
  browser.submit(page, { code: value }, (form) => 'code' in form.fields);
const typeIn = async (email: string) => {
  const browser = createBrowser(hub.url);
  return { browser, page: await typeCredentials(browser, `${hub.url}/sign-in`, email) };
};

type Account = Awaited<ReturnType<typeof createAccount>>;

async function owner(name: string) {
  const account = await createAccount(database, `${name}@local.example`);
  const organization = await createTestOrganization(database, name, [account]);
  await database.db
    .updateTable('memberships')
    .set({ role: 'owner' })
    .where('user_id', '=', account.id)
    .execute();
  return { account, organization };
}

/** Sets an app up at will; answers its secret and the recovery codes. */
async function enrolled(name: string) {
  const { account } = await owner(name);
  const { browser } = await typeIn(account.email);
  const page = await browser.get(`${hub.url}/account/second-factor`);
  const secret = secretOn(page);
  const shown = await enter(browser, page, await code(secret));
  // The tests sign in within the same half minute: its code is to count again.
  await database.db
    .updateTable('second_factors')
    .set({ last_step: 0 })
    .where('user_id', '=', account.id)
    .execute();
  const codes = [...shown.body.matchAll(/([a-z0-9]{5}-[a-z0-9]{5})<br>/g)].map(([, each = '']) => each);
  return { account, secret, codes };
}

describe('a second factor', () => {
  it('is asked for after the password, and opens with the code of the app, each once', async () => {
    const { account, secret, codes } = await enrolled('app');
    expect(new Set(codes).size).toBe(10);
    const { browser, page } = await typeIn(account.email);
    expect(page.body).toContain('Confirm your sign-in');
    expect(await whoIs({ hub }, browser)).toBeNull();
    const good = await code(secret);
    await enter(browser, page, good);
    expect(await whoIs({ hub }, browser)).toBe(account.email);
    const again = await typeIn(account.email);
    expect((await enter(again.browser, again.page, good)).status).toBe(401);
    expect(await whoIs({ hub }, again.browser)).toBeNull();
  });

  it('that was only begun opens nothing, and one that is there is not confirmed a second time', async () => {
    const now = { at: Date.now() };
    const factor = createSecondFactor({ db: database.db, secret: hub.secret, now: () => new Date(now.at) });
    const account = await createAccount(database, 'begun@local.example');
    const { secret } = await factor.enrol(account);
    const codeNow = () => generate({ secret, epoch: Math.floor(now.at / 1000) });
    expect(await factor.check(account.id, await codeNow(), OPERATOR)).toBe(false);
    expect(await factor.confirm(account.id, await codeNow(), OPERATOR)).toHaveLength(10);
    now.at += 60_000;
    expect(await factor.confirm(account.id, await codeNow(), OPERATOR)).toBeNull();
    expect(await factor.check(account.id, await codeNow(), OPERATOR)).toBe(true);
    expect(await factor.check(account.id, await codeNow(), OPERATOR)).toBe(false);
  });

  it('is not reached by a password that was right before the sessions of the account were ended', async () => {
    const factor = createSecondFactor({ db: database.db, secret: hub.secret, now: () => new Date() });
    const { id, email } = await createAccount(database, 'ended@local.example');
    const proof = await factor.remember({ userId: id, epoch: 0 });
    expect(await factor.remembered(proof)).toEqual({ id, email, epoch: 0 });
    await database.db
      .transaction()
      .execute((trx) => endSessionsOf(trx, id, { reason: 'password_changed', at: new Date() }));
    expect(await factor.remembered(proof)).toBeNull();
  });

  it('opens with a recovery code, once, however it is typed', async () => {
    const { account, codes } = await enrolled('codes');
    const [first = ''] = codes;
    const one = await typeIn(account.email);
    await enter(one.browser, one.page, ` ${first.toUpperCase().replace('-', ' ')}`);
    expect(await whoIs({ hub }, one.browser)).toBe(account.email);
    const two = await typeIn(account.email);
    expect((await enter(two.browser, two.page, first)).status).toBe(401);
  });

  it('cannot be guessed: after ten tries it is quiet for a while, with a new password form as well', async () => {
    const { account, secret } = await enrolled('guess');
    const { browser, page } = await typeIn(account.email);
    const statuses = [];
    for (let guess = 0; guess < 11; guess += 1) statuses.push((await enter(browser, page, '000000')).status);
    expect(statuses.slice(0, 10).every((status) => status === 401)).toBe(true);
    expect(statuses[10]).toBe(429);
    const again = await typeIn(account.email);
    expect((await enter(again.browser, again.page, await code(secret))).status).toBe(429);
  });

  it('is worth nothing without the password before it, and its proof nothing at another account', async () => {
    const { secret } = await enrolled('proof');
    const browser = createBrowser(hub.url);
    const page = await browser.get(`${hub.url}/sign-in`);
    const token = /name="form_token" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
    const answer = await browser.post(`${hub.url}/sign-in`, {
      form_token: token,
      step: 'code',
      proof: 'made up',
      code: await code(secret),
    });
    expect(answer.status).toBe(403);
    expect(await whoIs({ hub }, browser)).toBeNull();
  });

  it('is set up at sign-in where the organization asks its owners for one', async () => {
    const { account, organization } = await owner('needs');
    await typeIn(account.email);
    await changeSignInSettings(database.db, OPERATOR, organization.id, { ownersNeedSecondFactor: true });
    const session = database.db.selectFrom('browser_sessions').where('user_id', '=', account.id);
    // Whoever was signed in before is asked as well, before the next change that opens doors.
    expect(await session.select('proved_at').execute()).toEqual([{ proved_at: new Date(0) }]);
    const { browser, page } = await typeIn(account.email);
    const secret = secretOn(page);
    expect(secret).not.toBe('');
    expect(await whoIs({ hub }, browser)).toBeNull();
    const wrong = await enter(browser, page, '000000');
    expect([wrong.status, secretOn(wrong)]).toEqual([401, secret]);
    await enter(browser, wrong, await code(secret));
    expect(await whoIs({ hub }, browser)).toBe(account.email);
    const next = await typeIn(account.email);
    expect(next.page.body).toContain('Confirm your sign-in');
  });

  it('is set up before the first change that opens doors, by an owner who was signed in when it was asked for', async () => {
    const { organization } = await owner('asked');
    await changeSignInSettings(database.db, OPERATOR, organization.id, { ownersNeedSecondFactor: true });
    const [promoted, added] = [
      await createAccount(database, 'promoted@local.example'),
      await createAccount(database, 'added@local.example'),
    ];
    const { account: guarded } = await enrolled('guarded');
    const join = (account: Account, role: Role) =>
      database.db.transaction().execute((trx) =>
        joinOrganization(trx, OPERATOR, {
          ...{ organizationId: organization.id, account, role, origin: 'manual' },
        }),
      );
    await join(promoted, 'member');
    const { browser } = await typeIn(promoted.email);
    await typeIn(added.email);
    const people = [promoted.id, added.id, guarded.id];
    const lapsed = async () => {
      const rows = await database.db
        .selectFrom('browser_sessions')
        .select('user_id')
        .where('user_id', 'in', people)
        .where('proved_at', '<=', new Date(0))
        .execute();
      return rows.map(({ user_id: id }) => people.indexOf(id)).sort();
    };
    expect(await lapsed()).toEqual([]);
    await changeRole(database.db, OPERATOR, organization.id, { userId: promoted.id, role: 'owner' });
    await join(added, 'owner');
    await join(guarded, 'owner');
    // Whoever has a factor proved it.
    expect(await lapsed()).toEqual([0, 1]);
    expect(await whoIs({ hub }, browser)).toBe(promoted.email);
    const asked = await browser.get(`${hub.url}/sign-in/confirm`);
    const page = await browser.submit(asked, { password: PASSWORD }, (form) => 'password' in form.fields);
    const done = await enter(browser, page, await code(secretOn(page)));
    expect(done.body).toContain('Keep your recovery codes');
    expect(await lapsed()).toEqual([1]);
  });

  it('is not set up with a key that somebody saw long before', async () => {
    const { account, organization } = await owner('seen');
    await changeSignInSettings(database.db, OPERATOR, organization.id, { ownersNeedSecondFactor: true });
    const seen = secretOn((await typeIn(account.email)).page);
    expect(secretOn((await typeIn(account.email)).page)).toBe(seen);
    await database.db
      .updateTable('second_factors')
      .set({ created_at: new Date(Date.now() - 11 * 60_000) })
      .where('user_id', '=', account.id)
      .execute();
    const { browser, page } = await typeIn(account.email);
    expect(secretOn(page)).not.toBe(seen);
    expect((await enter(browser, page, await code(seen))).status).toBe(401);
    await enter(browser, page, await code(secretOn(page)));
    expect(await whoIs({ hub }, browser)).toBe(account.email);
  });

  it('needs a proof of the password that is new, unused, and of this account', async () => {
    const { account, codes } = await enrolled('fresh');
    const [first = '', second = '', third = ''] = codes;
    const { browser, page } = await typeIn(account.email);
    await enter(browser, page, first);
    await browser.submit(await browser.get(`${hub.url}/sign-out`), {});
    expect((await enter(browser, page, second)).status).toBe(403);
    expect(await whoIs({ hub }, browser)).toBeNull();
    const late = await typeIn(account.email);
    await database.db.updateTable('pending_sign_ins').set({ expires_at: new Date() }).execute();
    expect((await enter(late.browser, late.page, third)).status).toBe(403);
    expect(await whoIs({ hub }, late.browser)).toBeNull();
  });

  it('cannot be added, or replaced, with a password alone where there is one', async () => {
    const { account, secret } = await enrolled('has');
    const { browser, page } = await typeIn(account.email);
    const form = page.body;
    const value = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? '';
    const sent = await browser.post(`${hub.url}/sign-in`, {
      form_token: value('form_token'),
      proof: value('proof'),
      step: 'enrol',
      code: await code(secret),
    });
    expect([sent.status, await whoIs({ hub }, browser)]).toEqual([403, null]);
  });

  it('of one account confirms no other that is signed in', async () => {
    const [one, other] = [await enrolled('confirms'), await enrolled('other')];
    const { browser, page } = await typeIn(one.account.email);
    await enter(browser, page, one.codes[0] ?? '');
    const stranger = await typeIn(other.account.email);
    const proof = /name="proof" value="([^"]*)"/.exec(stranger.page.body)?.[1] ?? '';
    const confirm = await browser.get(`${hub.url}/sign-in/confirm`);
    const token = /name="form_token" value="([^"]*)"/.exec(confirm.body)?.[1] ?? '';
    const sent = await browser.post(`${hub.url}/sign-in/confirm`, {
      form_token: token,
      proof,
      step: 'code',
      code: other.codes[0] ?? '',
    });
    expect([sent.status, await whoIs({ hub }, browser)]).toEqual([403, one.account.email]);
  });

  it('lets one of two sign-ins with the same code through', async () => {
    const { account, secret } = await enrolled('race');
    const factor = createSecondFactor({ db: database.db, secret: hub.secret, now: () => new Date() });
    const value = await code(secret);
    const context = { ...OPERATOR };
    const outcomes = await Promise.all([1, 2, 3].map(() => factor.check(account.id, value, context)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  it('keeps the key sealed', async () => {
    const { account, secret } = await enrolled('sealed');
    const row = await database.db
      .selectFrom('second_factors')
      .selectAll()
      .where('user_id', '=', account.id)
      .executeTakeFirstOrThrow();
    expect(row.sealed.toString('latin1')).not.toContain(secret);
  });
});
