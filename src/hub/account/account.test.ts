import { randomUUID } from 'node:crypto';
import { generate } from 'otplib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { updateConnection } from '../connections/connection-service.ts';
import { databaseForFile, waitingForLocks } from '../database/test-database.ts';
import { type Browser, createBrowser, formsOf } from '../identity/test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  freePort,
  OPERATOR,
  PASSWORD,
  signInDesktop,
  startTestHub,
  type TestAccount,
  type TestHub,
  typeCredentials,
} from '../identity/test-hub.ts';
import { createSetupLink } from '../organizations/setup-links.ts';
import { createTestAuthenticator } from '../second-factor/test-authenticator.ts';
import { changeSignInSettings } from '../sso/sign-in-settings.ts';
import { createTestSso, verifyDomain } from '../sso/test-sso-hub.ts';

/* What the pages of one's own account do and refuse; how they look and work in a browser is in test/account-pages.test.ts. */

const database = databaseForFile();
let hub: TestHub;
let url: string;
let ada: TestAccount;
let browser: Browser;
let count = 0;
beforeAll(async () => {
  const port = await freePort();
  // Passkeys belong to names.
  url = `http://localhost:${port}`;
  hub = await startTestHub(database, { port, publicUrl: url });
});
afterAll(async () => {
  await hub?.stop();
});
beforeEach(async () => {
  count += 1;
  await database.pool.query('delete from attempt_counters');
  ada = await createAccount(database, `ada@own${count}.example`);
  browser = await signedIn(ada);
});

async function signedIn({ email }: TestAccount): Promise<Browser> {
  const fresh = createBrowser(url);
  await typeCredentials(fresh, `${url}/sign-in`, email);
  return fresh;
}
/** The form token of this browser. */
async function token(of = browser): Promise<string> {
  const page = await of.get('/account');
  return formsOf(page.body)[0]?.fields.form_token ?? '';
}
const send = async (path: string, fields: Readonly<Record<string, string>>, of = browser) =>
  of.post(`/account${path}`, { form_token: await token(of), ...fields });
const age = () =>
  database.pool.query('update browser_sessions set proved_at = to_timestamp(0) where user_id = $1', [ada.id]);
const isSignedIn = async (of: Browser) => new URL((await of.get('/account')).url).pathname === '/account';
const actions = async () => {
  const { rows } = await database.pool.query<{ action: string }>(
    'select action from audit_events where target_id = $1 order by id',
    [ada.id],
  );
  return rows.map(({ action }) => action);
};
const NEW = { password: 'several unrelated words', repeat: 'several unrelated words' };

/** Adds a passkey as a browser would; the answer is the page after it. */
async function addPasskey(of = browser) {
  const page = await of.get('/account/passkeys');
  const challenge = /&quot;challenge&quot;:&quot;([^&]+)&quot;/.exec(page.body)?.[1] ?? '';
  const claims = { challenge, origin: url, host: 'localhost' };
  const passkey = createTestAuthenticator().register(claims);
  return { passkey, page: await of.submit(page, { name: 'Key', passkey }) };
}

const ROUTES = [
  '/password',
  '/second-factor',
  '/passkeys',
  '/passkeys/rename',
  '/second-factor/remove',
  '/recovery-codes',
  '/sessions/end',
];
const OPENING = [
  '/second-factor',
  '/passkeys',
  '/passkeys/rename',
  '/second-factor/remove',
  '/recovery-codes',
];

describe('the pages of an account', () => {
  it('take no form that was not shown in this browser', async () => {
    const other = await signedIn(ada);
    const { passkey } = await addPasskey();
    const before = await actions();
    const foreign = await token(other);
    const fields = {
      ...NEW,
      current: PASSWORD,
      kind: 'others',
      factor: 'app',
      name: 'x',
      code: '1',
      passkey,
    };
    for (const path of ROUTES)
      for (const form_token of ['', 'x', foreign])
        expect((await browser.post(`/account${path}`, { ...fields, form_token })).status).toBe(403);
    // The right token, by the page of somebody else.
    for (const path of ROUTES) {
      const form_token = await token();
      const crossSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' };
      expect((await browser.post(`/account${path}`, { ...fields, form_token }, crossSite)).status).toBe(403);
    }
    expect(await actions()).toEqual(before);
    expect(await isSignedIn(other)).toBe(true);
  });

  it('lead whoever is not signed in to the sign-in, and back', async () => {
    for (const path of ['', '/second-factor', '/passkeys']) {
      const page = await createBrowser(url).get(`/account${path}`);
      expect(page.url).toBe(`${url}/sign-in?next=${encodeURIComponent(`/account${path}`)}`);
    }
    for (const path of ROUTES) {
      const page = await createBrowser(url).post(`/account${path}`, {});
      expect(new URL(page.url).pathname).toBe('/sign-in');
    }
  });

  it('ask for a fresh proof before anything that adds or takes away a way in', async () => {
    await addPasskey();
    await age();
    const before = await actions();
    for (const path of OPENING) {
      const page = await send(path, { factor: 'app', name: 'x', code: '123456', passkey: '{}' });
      expect([path, new URL(page.url).pathname]).toEqual([path, '/sign-in/confirm']);
    }
    for (const path of ['/second-factor', '/passkeys'])
      expect((await browser.get(`/account${path}`)).url).toBe(
        `${url}/sign-in/confirm?next=${encodeURIComponent(`/account${path}`)}`,
      );
    expect(await actions()).toEqual(before);
  });
});

describe('the password', () => {
  it('changed with a session that lies open is no proof of the second factor', async () => {
    const changed = async (from: string, to: string) => {
      await age();
      const done = await send('/password', { current: from, password: to, repeat: to });
      expect(done.body).toContain('The password was changed.');
      return new URL((await browser.get('/account/passkeys')).url).pathname;
    };
    // Without one the password is all there is, as at the page that confirms.
    expect(await changed(PASSWORD, NEW.password)).toBe('/account/passkeys');
    await addPasskey();
    expect(await changed(NEW.password, PASSWORD)).toBe('/sign-in/confirm');
  });

  it('changed ends the links that were made to choose one', async () => {
    const made = { publicUrl: url, purpose: 'password' as const, userId: ada.id, at: new Date() };
    const link = await database.db.transaction().execute((trx) => createSetupLink(trx, made));
    expect((await createBrowser(url).get(link.url)).status).toBe(200);
    await send('/password', { ...NEW, current: PASSWORD });
    expect((await createBrowser(url).get(link.url)).status).toBe(404);
  });

  it('is changed by whoever knows the present one, and every other session ends', async () => {
    const other = await signedIn(ada);
    const { config, tokens } = await signInDesktop({ url }, ada.email);
    const wrong = await send('/password', { ...NEW, current: 'not the password' });
    expect([wrong.status, await isSignedIn(other)]).toEqual([401, true]);
    const short = await send('/password', { current: PASSWORD, password: 'short', repeat: 'short' });
    expect(short.status).toBe(422);
    const two = await send('/password', { ...NEW, current: PASSWORD, repeat: 'something else entirely' });
    expect(two.status).toBe(422);
    const done = await send('/password', { ...NEW, current: PASSWORD });
    expect(done.body).toContain('The password was changed.');
    expect([await isSignedIn(browser), await isSignedIn(other)]).toEqual([true, false]);
    const told = await other.get('/sign-in');
    expect(told.body).toContain('The password of this account was changed');
    // Nothing was entered, so no field is wrong.
    expect(told.body).not.toContain('aria-invalid');
    const refreshed = await fetch(`${config.serverMetadata().token_endpoint}`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: config.clientMetadata().client_id,
        refresh_token: tokens.refresh_token ?? '',
      }),
    });
    expect(await refreshed.json()).toMatchObject({
      error: 'invalid_grant',
      session_end: 'password_changed',
    });
    expect(await actions()).toEqual(['account.password']);
  });

  it('is guessed no more often here than at the sign-in', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 12; guess += 1)
      statuses.push((await send('/password', { ...NEW, current: `guess number ${guess}` })).status);
    expect(statuses[0]).toBe(401);
    expect(statuses.at(-1)).toBe(429);
  });

  it('is not changed over one that came between: the reset stands', async () => {
    const holder = await database.pool.connect();
    await holder.query('begin');
    await holder.query(
      "update users set password_hash = 'reset', sign_in_epoch = sign_in_epoch + 1 where id = $1",
      [ada.id],
    );
    const changing = send('/password', { ...NEW, current: PASSWORD });
    await expect.poll(() => waitingForLocks(database)).toBe(1);
    await holder.query('commit');
    holder.release();
    expect((await changing).status).toBe(401);
    const { rows } = await database.pool.query('select password_hash from users where id = $1', [ada.id]);
    expect(rows).toEqual([{ password_hash: 'reset' }]);
  });

  it('is of no use, and not changed, where single sign-on is required', async () => {
    const form_token = await token();
    const sso = await createTestSso(hub, database);
    await verifyDomain(database, sso.organizationId, `own${count}.example`);
    const place = { db: database.db, secret: hub.secret, publicUrl: url };
    await updateConnection(place, OPERATOR, sso, { enforced: true });
    // The owner came in by a recovery link.
    await database.pool.query(
      'update browser_sessions set ended_reason = null, recovery = true where user_id = $1',
      [ada.id],
    );
    const sent = await browser.post('/account/password', { form_token, ...NEW, current: PASSWORD });
    expect([sent.status, await actions()]).toEqual([403, []]);
  });
});

describe('second factors', () => {
  it('are not added by guessing at the code that they begin with', async () => {
    let page = await browser.get('/account/second-factor');
    const statuses: number[] = [];
    for (let guess = 0; guess < 11; guess += 1) {
      page = await browser.submit(page, { code: '000000' }, ({ fields }) => 'code' in fields);
      statuses.push(page.status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await actions()).toEqual([]);
  });

  it('are added once the code or the passkey is right, and taken away again', async () => {
    const page = await browser.get('/account/second-factor');
    const secret = (/class="code-shown"[^>]*>(.*)<\/p>/.exec(page.body)?.[1] ?? '').replaceAll(
      /<[^>]*>/g,
      '',
    );
    const wrong = await browser.submit(page, { code: '000000' }, ({ fields }) => 'code' in fields);
    expect(wrong.status).toBe(401);
    const code = await generate({ secret: secret.replaceAll(/\s/g, '') });
    const done = await browser.submit(wrong, { code }, ({ fields }) => 'code' in fields);
    expect(done.body).toContain('Keep your recovery codes');
    const added = await addPasskey();
    expect(added.page.body).toContain('The passkey was added.');
    expect((await send('/second-factor/remove', { factor: 'app' })).body).toContain('It was removed.');
    expect((await send('/second-factor/remove', { factor: 'app' })).body).toContain('not there any more');
    expect(await actions()).toEqual([
      'account.second-factor',
      'account.passkey-add',
      'account.second-factor-remove',
    ]);
  });

  it('of others stay, and the last one where an organization asks its owners for one', async () => {
    const organization = await createTestOrganization(database, `own${count}`, [ada]);
    await database.pool.query("update memberships set role = 'owner' where user_id = $1", [ada.id]);
    await addPasskey();
    await changeSignInSettings(database.db, OPERATOR, organization.id, { ownersNeedSecondFactor: true });
    const { rows } = await database.pool.query<{ id: string }>('select id from passkeys where user_id = $1', [
      ada.id,
    ]);
    const factor = rows[0]?.id ?? '';
    const bob = await createAccount(database, `bob@own${count}.example`);
    const ofBob = await signedIn(bob);
    await addPasskey(ofBob);
    await send('/second-factor/remove', { factor }, ofBob);
    await send('/passkeys/rename', { factor, name: 'Stolen' }, ofBob);
    const kept = await send('/second-factor/remove', { factor });
    expect(kept.body).toContain('This is your last second factor');
    const left = await database.pool.query('select name from passkeys where user_id = $1', [ada.id]);
    expect(left.rows).toEqual([{ name: 'Key' }]);
  });

  it.each(['', ' ', 'x'.repeat(61), '\u202e'])(
    'a name of a passkey is a name: "%s" is none',
    async (name) => {
      await addPasskey();
      const { rows } = await database.pool.query('select id from passkeys where user_id = $1', [ada.id]);
      await send('/passkeys/rename', { factor: rows[0].id, name });
      const left = await database.pool.query('select name from passkeys where user_id = $1', [ada.id]);
      expect(left.rows).toEqual([{ name: 'Key' }]);
    },
  );

  it('new recovery codes take the place of the old, and are there only beside a second factor', async () => {
    expect((await send('/recovery-codes', {})).body).not.toContain('Keep your recovery codes');
    const codes = (body: string) => /class="code-shown[^>]*>([\s\S]*?)<\//.exec(body)?.[1];
    const first = (await addPasskey()).page;
    const second = await send('/recovery-codes', {});
    expect(second.body).toContain('Keep your recovery codes');
    expect(codes(second.body)).not.toEqual(codes(first.body));
    const { rows } = await database.pool.query(
      'select count(*)::int as n from recovery_codes where user_id = $1',
      [ada.id],
    );
    expect(rows).toEqual([{ n: 10 }]);
  });
});

describe('sessions', () => {
  const idsOf = async (table: 'browser_sessions' | 'device_sessions', userId: string) => {
    const { rows } = await database.pool.query<{ id: string }>(
      `select id from ${table} where user_id = $1 order by created_at desc`,
      [userId],
    );
    return rows.map(({ id }) => id);
  };

  it('of one’s own end one by one, and only those', async () => {
    const bob = await createAccount(database, `bob@own${count}.example`);
    for (const { email } of [ada, bob]) await signInDesktop({ url }, email);
    const ofBob = await signedIn(bob);
    const other = await signedIn(ada);
    const [theirs = ''] = await idsOf('browser_sessions', bob.id);
    const [theirDevice = ''] = await idsOf('device_sessions', bob.id);
    for (const [kind, session] of [
      ['browser', theirs],
      ['device', theirDevice],
      ['browser', randomUUID()],
      ['device', 'x'],
      ['nothing', theirs],
    ] as const)
      expect((await send('/sessions/end', { kind, session })).body).toContain('not there any more');
    expect([await isSignedIn(ofBob), (await idsOf('device_sessions', bob.id)).length]).toEqual([true, 1]);

    const [device = ''] = await idsOf('device_sessions', ada.id);
    const [latest = ''] = await idsOf('browser_sessions', ada.id);
    expect((await send('/sessions/end', { kind: 'device', session: device })).body).toContain('Ended.');
    expect(await idsOf('device_sessions', ada.id)).toEqual([]);
    expect(await isSignedIn(other)).toBe(true);
    expect((await send('/sessions/end', { kind: 'browser', session: latest })).body).toContain('Ended.');
    expect([await isSignedIn(other), await isSignedIn(browser)]).toEqual([false, true]);
    expect((await other.get('/sign-in')).body).toContain('signed this browser out from another place');
    // Pressed twice: it is gone, and nothing else with it.
    const twice = await send('/sessions/end', { kind: 'browser', session: latest });
    expect(twice.body).toContain('not there any more');
    expect(await actions()).toEqual(['account.end-sessions', 'account.end-sessions']);
  });

  it('all but this one end at once', async () => {
    const other = await signedIn(ada);
    await signInDesktop({ url }, ada.email);
    expect((await send('/sessions/end', { kind: 'others' })).body).toContain('Ended.');
    expect([await isSignedIn(browser), await isSignedIn(other)]).toEqual([true, false]);
    expect(await idsOf('device_sessions', ada.id)).toEqual([]);
  });
});
