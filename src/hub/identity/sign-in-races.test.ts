import * as client from 'openid-client';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionEnd } from '../../shared/contracts/agent-api.ts';
import { updateConnection } from '../connections/connection-service.ts';
import { waitingForLocks } from '../database/test-database.ts';
import { removeMember } from '../organizations/member-service.ts';
import { createSetupLink } from '../organizations/setup-links.ts';
import { createTestSso, signInBySaml, verifyDomain, whoIs } from '../sso/test-sso-hub.ts';
import { endSessionsOf } from './session-ends.ts';
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
  type TestAccount,
} from './test-hub.ts';
import { type Hold, letTestsHold, meetingAt } from './test-meeting.ts';

/*
 * Sessions are ended while somebody signs in or refreshes. Every step that makes something that lives on is held at
 * its write (a trigger waits for an advisory lock of the test), the ending runs into it, and neither order may leave a
 * way in behind.
 */

const { database, hub } = hubForFile();
let organization: { readonly id: string };
let account: TestAccount;
let count = 0;

beforeAll(async () => {
  await letTestsHold(database);
});
beforeEach(async () => {
  count += 1;
  account = await createAccount(database, `ada@lane${count}.example`);
  organization = await createTestOrganization(database, `lane${count}`, [account]);
});

const meeting = <T>(hold: Hold, work: () => Promise<T>, ending: () => Promise<unknown>) =>
  meetingAt(database, hold, work, ending);

/** What lives on for the account. */
async function left(): Promise<{ readonly browsers: number; readonly devices: number }> {
  const { rows } = await database.pool.query<{ browsers: number; devices: number }>(
    `select (select count(*)::int from browser_sessions where user_id = $1 and ended_reason is null) as browsers,
            (select count(*)::int from device_sessions where user_id = $1) as devices`,
    [account.id],
  );
  return rows[0] ?? { browsers: -1, devices: -1 };
}
const NOTHING = { browsers: 0, devices: 0 };

/** The session is about to be written. */
const AT_SESSION: Hold = { table: 'browser_sessions' };
/** The password was looked at and was right; nothing more is done yet. */
const AFTER_CHECK: Hold = { table: 'attempt_counters', on: 'delete' };

const place = () => ({ db: database.db, secret: hub.secret, publicUrl: hub.url });
/** An organization that begins to require single sign-on of the account's domain. */
async function enforcement(): Promise<() => Promise<unknown>> {
  const sso = await createTestSso(hub, database);
  await verifyDomain(database, sso.organizationId, account.email.split('@')[1] ?? '');
  return () => updateConnection(place(), OPERATOR, sso, { enforced: true });
}
const endAll = (reason: SessionEnd) =>
  database.db.transaction().execute((trx) => endSessionsOf(trx, account.id, { reason, at: new Date() }));
const removal = () => removeMember(database.db, OPERATOR, organization.id, account.id);

async function typedPassword(start: string, browser: Browser): Promise<() => Promise<unknown>> {
  const url = new URL(start);
  url.searchParams.set('method', 'password');
  const first = await browser.get(url.href);
  const address = { email: account.email, step: 'email' };
  const second = await browser.submit(first, address, (form) => 'email' in form.fields);
  return () => browser.submit(second, { password: PASSWORD }, (form) => 'password' in form.fields);
}

describe('sessions ended while somebody signs in', () => {
  const endings = {
    'single sign-on becomes required': enforcement,
    'the membership ends': async () => removal,
    'the password is changed': async () => () => endAll('password_changed'),
  };
  const holds = { 'at its session': AT_SESSION, 'after its password was looked at': AFTER_CHECK };
  const cases = Object.entries(endings).flatMap(([name, prepare]) =>
    Object.entries(holds).map(([where, hold]) => [name, where, prepare, hold] as const),
  );
  it.each(cases)('with a password, in the browser: %s, %s', async (_name, _where, prepare, hold) => {
    const browser = createBrowser(hub.url);
    const ending = await prepare();
    const finish = await typedPassword(`${hub.url}/sign-in`, browser);
    await meeting(hold, finish, ending);
    expect(await left()).toEqual(NOTHING);
    expect(await whoIs({ hub }, browser)).toBeNull();
  });

  it('on a device whose browser was signed in before', async () => {
    const config = await discover(hub);
    for (const table of ['device_sessions', 'oidc_entities'] as const) {
      const browser = createBrowser(hub.url);
      await (await typedPassword(`${hub.url}/sign-in`, browser))();
      const started = await startSignIn(config);
      const page = await browser.get(started.url.href);
      const when = table === 'oidc_entities' ? `new.model = 'AuthorizationCode'` : 'true';
      await meeting(
        { table, when },
        () => browser.submit(page, { step: 'continue' }, ({ fields }) => fields.step === 'continue'),
        () => endAll('sso_required'),
      );
      const callback = browser.left();
      if (callback?.searchParams.has('code') === true)
        await expect(
          client.authorizationCodeGrant(config, callback, {
            pkceCodeVerifier: started.verifier,
            expectedState: started.state,
          }),
        ).rejects.toMatchObject({ error: 'invalid_grant' });
      expect(await left()).toEqual(NOTHING);
    }
  });

  it('with a link to choose a password: single sign-on becomes required before it is used up', async () => {
    const ending = await enforcement();
    const { url } = await database.db.transaction().execute((trx) =>
      createSetupLink(trx, {
        publicUrl: hub.url,
        purpose: 'password',
        userId: account.id,
        at: new Date(),
      }),
    );
    const browser = createBrowser(hub.url);
    const page = await browser.get(url);
    const password = 'four other words entirely';
    await meeting(
      { table: 'setup_links', on: 'update' },
      () => browser.submit(page, { password, repeat: password }),
      ending,
    );
    expect(await left()).toEqual(NOTHING);
    expect(await whoIs({ hub }, browser)).toBeNull();
  });

  it('on a device or in a browser, by an ending that is not committed yet', async () => {
    const config = await discover(hub);
    const signedIn = createBrowser(hub.url);
    await (await typedPassword(`${hub.url}/sign-in`, signedIn))();
    const started = await startSignIn(config);
    const page = await signedIn.get(started.url.href);
    const other = createBrowser(hub.url);
    const finish = await typedPassword(`${hub.url}/sign-in`, other);
    let answered = 0;
    const answers: Promise<unknown>[] = [];
    await database.db.transaction().execute(async (trx) => {
      await endSessionsOf(trx, account.id, { reason: 'password_changed', at: new Date() });
      answers.push(
        signedIn.submit(page, { step: 'continue' }, ({ fields }) => fields.step === 'continue'),
        finish(),
      );
      for (const answer of answers) void answer.then(() => (answered += 1));
      await expect
        .poll(async () => answered + (await waitingForLocks(database)), { timeout: 10_000 })
        .toBe(2);
    });
    await Promise.all(answers);
    expect(await left()).toEqual(NOTHING);
  });

  it('by an identity provider: the membership ends between its word and the session', async () => {
    const sso = await createTestSso(hub, database, { jit: true });
    account = await createAccount(database, `eve@${sso.domain}`);
    const { browser } = await signInBySaml(sso, account.email);
    expect(await whoIs(sso, browser)).toBe(account.email);
    const again = await meeting(
      { table: 'browser_sessions' },
      () => signInBySaml(sso, account.email),
      () => removeMember(database.db, OPERATOR, sso.organizationId, account.id),
    );
    expect(await whoIs(sso, again.browser)).toBeNull();
    expect(await left()).toEqual(NOTHING);
  });
});

describe('sessions ended while a device is at the token endpoint', () => {
  it('redeems its code: it gets no token that works', async () => {
    const config = await discover(hub);
    for (const model of ['AccessToken', 'RefreshToken']) {
      const browser = createBrowser(hub.url);
      const started = await startSignIn(config);
      const finish = await typedPassword(started.url.href, browser);
      await finish();
      const callback = browser.left();
      if (callback === undefined) throw new Error('no code');
      const outcome = await meeting(
        { table: 'oidc_entities', when: `new.model = '${model}'` },
        () =>
          client
            .authorizationCodeGrant(config, callback, {
              pkceCodeVerifier: started.verifier,
              expectedState: started.state,
            })
            .catch((error: unknown) => error),
        removal,
      );
      expect(await left()).toEqual(NOTHING);
      await expectWorthless(config, outcome);
      await database.pool.query(
        `insert into memberships (organization_id, user_id, role, origin, joined_at) values ($1, $2, 'member', 'manual', now())`,
        [organization.id, account.id],
      );
    }
  });

  it('refreshes: no token that works, and whichever it is left with is told why', async () => {
    const { config, tokens } = await signInDesktop(hub, account.email);
    const outcome = await meeting(
      { table: 'oidc_entities', when: `new.model = 'RefreshToken'` },
      () => client.refreshTokenGrant(config, tokens.refresh_token ?? '').catch((error: unknown) => error),
      await enforcement(),
    );
    expect(await left()).toEqual(NOTHING);
    await expectWorthless(config, outcome);
    const held = [tokens.refresh_token, refreshTokenOf(outcome)].filter((token) => token !== undefined);
    for (const token of held)
      await expect(client.refreshTokenGrant(config, token)).rejects.toMatchObject({
        error: 'invalid_grant',
        cause: { session_end: 'sso_required' },
      });
  });

  it('refreshes in the very moment: the token that it is left with is told why', async () => {
    const { config, tokens } = await signInDesktop(hub, account.email);
    const ending = await enforcement();
    const outcomes: unknown[] = [];
    await meeting({ table: 'session_ends' }, ending, async () => {
      outcomes.push(
        await client.refreshTokenGrant(config, tokens.refresh_token ?? '').catch((error: unknown) => error),
      );
    });
    const [outcome] = outcomes;
    const told = { error: 'invalid_grant', cause: { session_end: 'sso_required' } };
    const held = refreshTokenOf(outcome);
    if (held === undefined) expect(outcome).toMatchObject(told);
    else await expect(client.refreshTokenGrant(config, held)).rejects.toMatchObject(told);
  });
});

function refreshTokenOf(outcome: unknown): string | undefined {
  return outcome !== null &&
    typeof outcome === 'object' &&
    'refresh_token' in outcome &&
    typeof outcome.refresh_token === 'string'
    ? outcome.refresh_token
    : undefined;
}

/** Refused, or handed tokens that the hub does not take. */
async function expectWorthless(config: client.Configuration, outcome: unknown): Promise<void> {
  const token =
    typeof outcome === 'object' && outcome !== null && 'access_token' in outcome
      ? outcome.access_token
      : null;
  if (token === null) return expect(outcome).toMatchObject({ error: 'invalid_grant' });
  const answer = await fetch(`${hub.url}/v1/agent/account`, {
    headers: { authorization: `Bearer ${String(token)}` },
  });
  expect(answer.status).toBe(401);
  const refresh = refreshTokenOf(outcome);
  if (refresh !== undefined)
    await expect(client.refreshTokenGrant(config, refresh)).rejects.toMatchObject({ error: 'invalid_grant' });
}
