import { generate } from 'otplib';
import { describe, expect, it } from 'vitest';
import { updateConnection } from '../connections/connection-service.ts';
import { createRecoveryLink, createSetupLink } from '../organizations/setup-links.ts';
import { createSecondFactor } from '../second-factor/second-factor.ts';
import { goodResponse, requestOf } from '../sso/test-saml-idp.ts';
import {
  answerTo,
  createTestSso,
  postResponse,
  signInBySaml,
  type TestSso,
  whoIs,
} from '../sso/test-sso-hub.ts';
import { type Browser, createBrowser } from './test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  discover,
  hubForFile,
  OPERATOR,
  PASSWORD,
  signInDesktop,
  startSignIn,
  typeCredentials,
} from './test-hub.ts';

const { database, hub } = hubForFile();

const signedIn = async (email: string): Promise<Browser> => {
  const browser = createBrowser(hub.url);
  await typeCredentials(browser, `${hub.url}/sign-in`, email);
  return browser;
};
const who = (browser: Browser) => whoIs({ hub }, browser);
/** When the one session of an account was last proved. */
const provedAt = async (userId: string): Promise<Date> => {
  const rows = await database.db
    .selectFrom('browser_sessions')
    .select('proved_at')
    .where('user_id', '=', userId)
    .execute();
  expect(rows).toHaveLength(1);
  return rows[0]?.proved_at ?? new Date(0);
};
const age = (userId: string) =>
  database.db
    .updateTable('browser_sessions')
    .set({ proved_at: new Date(0) })
    .where('user_id', '=', userId)
    .execute();

describe('confirming that it is you', () => {
  it('asks for the password of the account that is signed in, and goes back', async () => {
    const account = await createAccount(database, 'confirm@local.example');
    const browser = await signedIn(account.email);
    await age(account.id);
    const page = await browser.get(`${hub.url}/sign-in/confirm?next=${encodeURIComponent('/signed-in?x=1')}`);
    expect(page.body).toContain(`value="${account.email}"`);
    const wrong = await browser.submit(
      page,
      { password: 'not the password' },
      (form) => 'password' in form.fields,
    );
    expect([wrong.status, (await provedAt(account.id)).getTime()]).toEqual([401, 0]);
    const done = await browser.submit(wrong, { password: PASSWORD }, (form) => 'password' in form.fields);
    expect(new URL(done.url).pathname + new URL(done.url).search).toBe('/signed-in?x=1');
    expect((await provedAt(account.id)).getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it('confirms nobody else, whatever address is sent', async () => {
    const [account, other] = [
      await createAccount(database, 'first@local.example'),
      await createAccount(database, 'other@local.example'),
    ];
    const browser = await signedIn(account.email);
    await age(account.id);
    const page = await browser.get(`${hub.url}/sign-in/confirm`);
    await database.db
      .updateTable('users')
      .set({ password_hash: null })
      .where('id', '=', account.id)
      .execute();
    const sent = await browser.submit(
      page,
      { email: other.email, password: PASSWORD },
      (form) => 'password' in form.fields,
    );
    expect([sent.status, await who(browser)]).toEqual([401, account.email]);
  });

  it('needs somebody who is signed in, and leads nowhere else', async () => {
    const nobody = await createBrowser(hub.url).get(`${hub.url}/sign-in/confirm`);
    expect(new URL(nobody.url).pathname).toBe('/sign-in');
    // Signing in is the proof then: it leads to where the change is, or says that it is done.
    for (const [next, target] of [
      ['/console/?x=1', '/console/?x=1'],
      ['https://evil.example/', '/sign-in/confirm/done'],
      ['//evil.example/', '/sign-in/confirm/done'],
      ['', '/sign-in/confirm/done'],
    ] as const) {
      const address = `${hub.url}/sign-in/confirm?next=${encodeURIComponent(next)}`;
      const sent = await fetch(address, { redirect: 'manual' });
      expect([sent.status, sent.headers.get('location')]).toEqual([
        303,
        `/sign-in?next=${encodeURIComponent(target)}`,
      ]);
    }
    const account = await createAccount(database, 'elsewhere@local.example');
    const browser = await signedIn(account.email);
    const page = await browser.get(
      `${hub.url}/sign-in/confirm?next=${encodeURIComponent('https://evil.example/')}`,
    );
    const done = await browser.submit(page, { password: PASSWORD }, (form) => 'password' in form.fields);
    expect([done.url, browser.left()]).toEqual([`${hub.url}/sign-in/confirm/done`, undefined]);
  });

  it('goes to the identity provider, which is asked to sign in anew, and takes the same person only', async () => {
    const sso = await createTestSso(hub, database);
    const email = `confirm@${sso.domain}`;
    const { browser } = await signInBySaml(sso, email);
    const begin = async () => {
      const page = await browser.get(`${hub.url}/sign-in/confirm`);
      const leave = await browser.submit(page, {}, (form) => form.fields.step === 'email');
      const address = /content="0; url=([^"]*)"/.exec(leave.body)?.[1] ?? '';
      return requestOf(address.replaceAll('&amp;', '&'));
    };
    const finish = async (request: ReturnType<typeof requestOf>, as: string) => {
      expect(request.xml).toContain('ForceAuthn="true"');
      return postResponse(sso, browser, goodResponse(answerTo(sso, { requestId: request.id }, as)));
    };
    const somebody = await finish(await begin(), `else@${sso.domain}`);
    expect([somebody.status, await who(browser)]).toEqual([403, email]);
    expect(somebody.body).toContain('another account');
    const done = await finish(await begin(), email);
    expect([done.status, done.url]).toEqual([200, `${hub.url}/sign-in/confirm/done`]);
  });
});

/** Signs a desktop in with the session that the browser has. */
async function deviceBy(browser: Browser): Promise<void> {
  const started = await startSignIn(await discover(hub));
  const page = await browser.get(started.url.href);
  await browser.submit(page, {}, (form) => form.fields.step === 'continue');
  expect(browser.left()?.searchParams.get('code')).toMatch(/./);
}

const enforce = (sso: TestSso) =>
  updateConnection(
    { db: database.db, secret: hub.secret, publicUrl: hub.url },
    OPERATOR,
    { organizationId: sso.organizationId, connectionId: sso.connectionId },
    { enforced: true },
  );

describe('asking for single sign-on', () => {
  it('ends what began with a password in that domain, in browsers and on devices, and says why', async () => {
    const sso = await createTestSso(hub, database);
    const account = await createAccount(database, `password@${sso.domain}`);
    const outsider = await createAccount(database, `password@not-${sso.domain}`);
    await createTestOrganization(database, `also-${sso.organization}`, [account, outsider]);
    const [browser, other] = [await signedIn(outsider.email), createBrowser(hub.url)];
    // A password while it is still accepted.
    const page = await other.get(`${hub.url}/sign-in?method=password`);
    const second = await other.submit(page, { email: account.email }, (form) => 'email' in form.fields);
    await other.submit(second, { password: PASSWORD }, (form) => 'password' in form.fields);
    expect(await who(other)).toBe(account.email);
    const { browser: bySso } = await signInBySaml(sso, `sso@${sso.domain}`);
    await signInDesktop(hub, outsider.email);
    const devices = async () =>
      (await database.db.selectFrom('device_sessions').select(['user_id', 'connection_id']).execute()).filter(
        ({ user_id: id }) => id === account.id || id === outsider.id,
      );
    // A device of the account, from the session of its password.
    await deviceBy(other);
    expect((await devices()).map((row) => [row.user_id, row.connection_id]).sort()).toEqual(
      [
        [account.id, null],
        [outsider.id, null],
      ].sort(),
    );

    await enforce(sso);
    expect(await Promise.all([other, browser, bySso].map(who))).toEqual([
      null,
      outsider.email,
      `sso@${sso.domain}`,
    ]);
    expect((await devices()).map((row) => row.user_id)).toEqual([outsider.id]);
    const told = await other.get(`${hub.url}/sign-in`);
    expect(told.body).toContain('now requires single sign-on');
    const events = await database.db
      .selectFrom('audit_events')
      .select('after')
      .where('organization_id', '=', sso.organizationId)
      .where('action', '=', 'organization.end-password-sessions')
      .execute();
    expect(events).toEqual([{ after: { browsers: 1, devices: 1 } }]);
  });

  it('leaves the session of a recovery link, and ends a sign-in that waits for its second factor', async () => {
    const sso = await createTestSso(hub, database);
    const owner = await createAccount(database, `owner@${sso.domain}`);
    const link = await database.db
      .transaction()
      .execute((trx) => createRecoveryLink(trx, { publicUrl: hub.url, userId: owner.id, at: new Date() }));
    const browser = createBrowser(hub.url);
    const page = await browser.get(link.url);
    await browser.submit(page, { password: 'a new long password', repeat: 'a new long password' });
    const waiting = await createAccount(database, `waiting@${sso.domain}`);
    const factor = createSecondFactor({ db: database.db, secret: hub.secret, now: () => new Date() });
    const { secret } = await factor.enrol(waiting);
    const codeNow = async () => generate({ secret });
    await factor.confirm(waiting.id, await codeNow(), OPERATOR);
    await database.db.updateTable('second_factors').set({ last_step: 0 }).execute();
    const late = createBrowser(hub.url);
    const form = await late.submit(
      await late.get(`${hub.url}/sign-in?method=password`),
      { email: waiting.email },
      (each) => 'email' in each.fields,
    );
    const asked = await late.submit(form, { password: PASSWORD }, (each) => 'password' in each.fields);
    expect(asked.body).toContain('Confirm your sign-in');
    await enforce(sso);
    expect(await who(browser)).toBe(owner.email);
    await late.submit(asked, { code: await codeNow() }, (each) => 'code' in each.fields);
    expect(await who(late)).toBeNull();
  });
});

it('a link to choose a password is no way around the second factor', async () => {
  const account = await createAccount(database, 'reset@local.example');
  const { id } = await createTestOrganization(database, 'reset', [account]);
  await database.db
    .insertInto('second_factors')
    .values({
      user_id: account.id,
      sealed: Buffer.from('sealed'),
      created_at: new Date(),
      confirmed_at: new Date(),
    })
    .execute();
  const link = await database.db.transaction().execute((trx) =>
    createSetupLink(trx, {
      publicUrl: hub.url,
      at: new Date(),
      purpose: 'password',
      userId: account.id,
      organizationId: id,
    }),
  );
  const browser = createBrowser(hub.url);
  const page = await browser.get(link.url);
  const after = await browser.submit(page, {
    password: 'a new long password',
    repeat: 'a new long password',
  });
  expect(after.body).toContain('Confirm your sign-in');
  expect(await who(browser)).toBeNull();
});
