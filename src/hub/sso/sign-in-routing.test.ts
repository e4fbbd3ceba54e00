import * as client from 'openid-client';
import { describe, expect, it } from 'vitest';
import { createConnection, updateConnection } from '../connections/connection-service.ts';
import { IDP_ONE } from '../connections/test-certificates.ts';
import { createBrowser } from '../identity/test-browser.ts';
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
} from '../identity/test-hub.ts';
import { createRecoveryLink, createSetupLink } from '../organizations/setup-links.ts';
import { changeSignInSettings } from './sign-in-settings.ts';
import { goodResponse, IDP_ENTITY } from './test-saml-idp.ts';
import {
  answerTo,
  beginSso,
  createTestSso,
  postResponse,
  signInBySaml,
  type TestSso,
  whoIs,
} from './test-sso-hub.ts';

const { database, hub } = hubForFile();

const enforce = (sso: TestSso, enforced: boolean) =>
  updateConnection({ db: database.db, secret: hub.secret, publicUrl: hub.url }, OPERATOR, sso, { enforced });

describe('the sign-in page', () => {
  it('sends a verified domain with a connection to the identity provider, everybody else to the password', async () => {
    const sso = await createTestSso(hub, database);
    expect((await beginSso(sso, `a@${sso.domain.toUpperCase()}`)).goTo).toContain('https://idp.test/sso');
    for (const email of [`a@sub.${sso.domain}`, `a@${sso.domain}.evil.test`, 'a@nowhere.example']) {
      const begun = await beginSso(sso, email);
      expect([begun.goTo, begun.page.body.includes('name="password"')]).toEqual(['', true]);
    }
    await database.db
      .updateTable('domains')
      .set({ verified_at: null })
      .where('name', '=', sso.domain)
      .execute();
    expect((await beginSso(sso, `a@${sso.domain}`)).goTo).toBe('');
  });

  it('routes by domain, and lets the person choose where several connections serve one', async () => {
    const sso = await createTestSso(hub, database);
    const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
    const second = await createConnection(place, OPERATOR, sso.organizationId, {
      name: 'Second <login>',
      kind: 'saml',
      domains: ['elsewhere.example'],
      saml: {
        idpEntityId: IDP_ENTITY,
        signInUrl: 'https://second.test/sso',
        certificates: [IDP_ONE.certificate],
        wantResponseSigned: false,
        signRequests: false,
      },
    });
    expect((await beginSso(sso, `a@${sso.domain}`)).goTo).toContain('https://idp.test/sso');
    await updateConnection(place, OPERATOR, { ...sso, connectionId: second.id }, { domains: [] });
    const { browser, page, goTo } = await beginSso(sso, `a@${sso.domain}`);
    expect([goTo, page.body.includes('Second &lt;login&gt;')]).toEqual(['', true]);
    const chosen = await browser.submit(page, {}, (form) => form.fields.connection === second.id);
    expect(chosen.body).toContain('https://second.test/sso');
    // Only connections that serve the address can be chosen.
    const forged = await browser.submit(
      page,
      { email: 'a@nowhere.example' },
      (form) => form.fields.connection === second.id,
    );
    expect(forged.status).toBe(422);
  });

  it('brings a desktop back to its own sign-in, after a press of a button', async () => {
    const sso = await createTestSso(hub, database);
    const email = `desk@${sso.domain}`;
    const config = await discover(hub);
    const started = await startSignIn(config);
    const begun = await beginSso(sso, email, { start: started.url.href });
    const page = await postResponse(
      sso,
      begun.browser,
      goodResponse(answerTo(sso, begun, email, { attributes: { dockerSessionMinutes: ['45'] } })),
    );
    expect(page.body).toContain(`Continue as ${email}`);
    expect(begun.browser.left()).toBeUndefined();
    await begun.browser.submit(page, {}, (form) => form.fields.step === 'continue');
    const callback = begun.browser.left();
    const tokens = await client.authorizationCodeGrant(config, callback ?? new URL('http://nowhere'), {
      pkceCodeVerifier: started.verifier,
      expectedState: started.state,
    });
    expect(tokens.refresh_token).toBeDefined();
    // The identity provider shortened the session of the device.
    const { db } = database;
    const user = await db
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    const device = await db
      .selectFrom('device_sessions')
      .selectAll()
      .where('user_id', '=', user.id)
      .executeTakeFirstOrThrow();
    const minutes = (device.expires_at.getTime() - device.created_at.getTime()) / 60_000;
    expect(minutes).toBeGreaterThan(40);
    expect(minutes).toBeLessThanOrEqual(45);
    await db
      .updateTable('device_sessions')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('user_id', '=', user.id)
      .execute();
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toThrow();
  });
});

describe('single sign-on required', () => {
  it('refuses the local password, right or wrong, and password links; not before', async () => {
    const sso = await createTestSso(hub, database);
    const account = await createAccount(database, `local@${sso.domain}`);
    const type = async (password: string) => {
      const browser = createBrowser(hub.url);
      const first = await browser.get(`${hub.url}/sign-in?method=password`);
      const second = await browser.submit(first, { email: account.email, step: 'email' });
      if (!second.body.includes('name="password"'))
        return { status: second.status, body: second.body, browser };
      return {
        ...(await browser.submit(second, { password }, (form) => 'password' in form.fields)),
        browser,
      };
    };
    expect(await whoIs(sso, (await type(PASSWORD)).browser)).toBe(account.email);
    await enforce(sso, true);
    const refused = await type(PASSWORD);
    expect(refused.body).toContain('https://idp.test/sso');
    expect(await whoIs(sso, refused.browser)).toBeNull();
    // A form of before, or one made by hand, is refused as well, and does not tell whether the password was right.
    const answers = [];
    for (const password of [PASSWORD, 'wrong password, long enough']) {
      const browser = createBrowser(hub.url);
      const page = await browser.get(`${hub.url}/sign-in`);
      const token = /name="form_token" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
      const sent = await browser.post(`${hub.url}/sign-in`, {
        form_token: token,
        step: 'password',
        email: account.email,
        password,
      });
      expect(await whoIs(sso, browser)).toBeNull();
      answers.push([sent.status, sent.body.includes('single sign-on')]);
    }
    expect(answers).toEqual([
      [403, true],
      [403, true],
    ]);
  });

  it('refuses a link to choose a password that was made before', async () => {
    const sso = await createTestSso(hub, database);
    const account = await createAccount(database, `linked@${sso.domain}`);
    const link = await database.db
      .transaction()
      .execute((trx) =>
        createSetupLink(trx, { publicUrl: hub.url, at: new Date(), purpose: 'password', userId: account.id }),
      );
    const browser = createBrowser(hub.url);
    const page = await browser.get(link.url);
    await enforce(sso, true);
    const password = 'a new long password';
    const sent = await browser.submit(page, { password, repeat: password });
    expect([sent.status, await whoIs(sso, browser)]).toEqual([403, null]);
    await enforce(sso, false);
    const first = await browser.get(`${hub.url}/sign-in?method=password`);
    const second = await browser.submit(first, { email: account.email, step: 'email' });
    await browser.submit(second, { password: PASSWORD }, (form) => 'password' in form.fields);
    expect(await whoIs(sso, browser)).toBe(account.email);
  });

  it('lets an owner in by the link that is made on the hub’s own machine, once and for 15 minutes', async () => {
    const sso = await createTestSso(hub, database, { enforced: true });
    const account = await createAccount(database, `owner@${sso.domain}`);
    const make = (at: Date) =>
      database.db
        .transaction()
        .execute((trx) => createRecoveryLink(trx, { publicUrl: hub.url, userId: account.id, at }));
    const use = async (url: string) => {
      const browser = createBrowser(hub.url);
      const page = await browser.get(url);
      if (page.status !== 200) return null;
      await browser.submit(page, { password: 'a new long password', repeat: 'a new long password' });
      return whoIs(sso, browser);
    };
    const link = await make(new Date());
    expect(await use(link.url)).toBe(account.email);
    expect(await use(link.url)).toBeNull();
    expect(await use((await make(new Date(Date.now() - 16 * 60_000))).url)).toBeNull();
  });

  it('cannot be asked for before the connection works', async () => {
    await expect(createTestSso(hub, database, { saml: undefined, enforced: true })).rejects.toThrow(
      'before the connection is set up',
    );
  });
});

describe('signing devices in by a code', () => {
  it('can be switched off by an organization, for its members', async () => {
    const account = await createAccount(database, 'device@local.example');
    const { id } = await createTestOrganization(database, 'no-devices', [account]);
    const config = await discover(hub);
    const connect = async () => {
      const asked = await client.initiateDeviceAuthorization(config, {
        scope: 'openid offline_access agent',
      });
      const browser = createBrowser(hub.url);
      const confirm = await browser.get(asked.verification_uri_complete ?? asked.verification_uri);
      const shown = await browser.submit(confirm, { user_code: asked.user_code });
      const allowed = await browser.submit(shown, { confirm: 'yes' }, (form) => 'user_code' in form.fields);
      const first = await browser.submit(
        allowed,
        { email: account.email, step: 'email' },
        (form) => 'email' in form.fields,
      );
      return browser.submit(first, { password: PASSWORD }, (form) => 'password' in form.fields);
    };
    expect((await connect()).body).toContain('The device is signed in');
    await changeSignInSettings(database.db, OPERATOR, id, { deviceSignIn: false });
    const off = await connect();
    expect([off.status, off.body.includes('Signing in by a code is off')]).toEqual([403, true]);
    // The desktop's own browser still works.
    await signInDesktop(hub, account.email);
  });
});

it('signs nobody in by typing an address of a connection that is gone', async () => {
  const sso = await createTestSso(hub, database);
  const email = `late@${sso.domain}`;
  const begun = await beginSso(sso, email);
  await database.db.deleteFrom('connections').where('id', '=', sso.connectionId).execute();
  const visited = await postResponse(sso, begun.browser, goodResponse(answerTo(sso, begun, email)));
  expect(visited.status).toBe(403);
  expect(await whoIs(sso, begun.browser)).toBeNull();
  const page = await typeCredentials(createBrowser(hub.url), `${hub.url}/sign-in`, email);
  expect(page.status).toBe(401);
});

it('ends a session of a browser when the identity provider says so', async () => {
  const sso = await createTestSso(hub, database);
  const email = `short@${sso.domain}`;
  const { browser } = await signInBySaml(sso, email, { attributes: { dockerSessionMinutes: ['5'] } });
  expect(await whoIs(sso, browser)).toBe(email);
  const user = await database.db
    .selectFrom('users')
    .select('id')
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  const row = await database.db
    .selectFrom('browser_sessions')
    .selectAll()
    .where('user_id', '=', user.id)
    .executeTakeFirstOrThrow();
  expect(row.expires_at.getTime() - row.created_at.getTime()).toBe(5 * 60_000);
});
