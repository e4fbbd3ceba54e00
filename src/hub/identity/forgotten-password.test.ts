import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { updateConnection } from '../connections/connection-service.ts';
import { createLogger } from '../logging.ts';
import type { Letter, Mailer } from '../mail/mailer.ts';
import { createTestSso } from '../sso/test-sso-hub.ts';
import { createAttempts } from './attempts.ts';
import { createForgottenPassword, LETTERS_FROM_ONE, LETTERS_TO_ONE } from './forgotten-password.ts';
import { createBrowser, type Visited } from './test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  discover,
  hubForFile,
  OPERATOR,
  PASSWORD,
  startSignIn,
  startTestHub,
  type TestAccount,
  typeCredentials,
} from './test-hub.ts';

/*
 * A letter with a link to a new password, for whoever asks at the sign-in. What the page behind the link refuses is held
 * by sign-in-pages.test.ts, for every such link.
 */
let ada: TestAccount;
const letters: Letter[] = [];
const mail: Mailer = {
  sends: true,
  send: async (letter) => letters.push(letter) > 0,
  stop: () => undefined,
};

const { database, hub } = hubForFile({ mail });

beforeAll(async () => {
  ada = await createAccount(database, 'ada@example.com');
  await createTestOrganization(database, 'acme', [ada]);
});
beforeEach(async () => {
  letters.length = 0;
  await database.pool.query('delete from attempt_counters');
});
afterEach(() => {
  vi.useRealTimers();
});

const NEW = 'four quiet lanterns 7';

/** Types the address, and asks for a letter in place of the password. */
async function forget(email: string, browser = createBrowser(hub.url), start = '/sign-in'): Promise<Visited> {
  const first = await browser.get(start);
  const second = await browser.submit(first, { email, step: 'email' }, (form) => 'email' in form.fields);
  return browser.submit(second, {}, (form) => form.fields.step === 'forgotten');
}

const linkIn = (letter: Letter | undefined) =>
  /http:\/\/\S+\/setup\/[\w-]{43}/.exec(letter?.text ?? '')?.[0] ?? '';

describe('a forgotten password', () => {
  it('is chosen anew by the link of a letter, once, and every session ends', async () => {
    const before = createBrowser(hub.url);
    await typeCredentials(before, '/sign-in', ada.email);
    const page = await forget('ADA@example.com');
    expect([page.status, page.body.includes('Look in your mailbox')]).toEqual([200, true]);
    expect(page.url).not.toContain('ada');
    await vi.waitFor(() => expect(letters).toHaveLength(1), { timeout: 20_000 });
    const [letter] = letters;
    expect(letter).toMatchObject({ to: ada.email, subject: 'Choose a new password' });
    const link = linkIn(letter);
    expect(link.startsWith(`${hub.url}/setup/`)).toBe(true);
    const browser = createBrowser(hub.url);
    const done = await browser.submit(await browser.get(link), { password: NEW, repeat: NEW });
    expect(new URL(done.url).pathname).toBe('/signed-in');
    expect((await before.get('/v1/whoami')).status).toBe(401);
    expect((await createBrowser(hub.url).get(link)).status).toBe(404);
    const old = await typeCredentials(createBrowser(hub.url), '/sign-in', ada.email, PASSWORD);
    expect(old.status).toBe(401);
    const { rows } = await database.pool.query(
      `select e.actor_label, e.target_label, e.source_address, o.name from audit_events e
       join organizations o on o.id = e.organization_id where e.action = 'account.forgotten'`,
    );
    expect(rows).toEqual([
      { actor_label: 'sign-in page', target_label: ada.email, source_address: '127.0.0.1', name: 'acme' },
    ]);
  });

  it('is good for an hour only', async () => {
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start });
    await forget(ada.email);
    await vi.waitFor(() => expect(letters).toHaveLength(1), { timeout: 20_000 });
    const link = linkIn(letters[0]);
    vi.setSystemTime(start + 3_600_000 - 1);
    expect((await createBrowser(hub.url).get(link)).status).toBe(200);
    vi.setSystemTime(start + 3_600_000);
    expect((await createBrowser(hub.url).get(link)).status).toBe(404);
  });

  it('is answered alike for everybody, and nobody gets a letter whose password is not ours to reset', async () => {
    const nobody: string[] = [];
    const account = async (name: string, change = '', member = true) => {
      const made = await createAccount(database, `${name}@example.com`);
      if (member) await createTestOrganization(database, `of-${name}`, [made]);
      if (change !== '') await database.pool.query(change, [made.id]);
      nobody.push(made.email);
    };
    await account('disabled', 'update users set disabled_at = now() where id = $1');
    await account('never-had-one', 'update users set password_hash = null where id = $1');
    await account('by-scim', "update memberships set origin = 'scim' where user_id = $1");
    await account('nowhere', '', false);
    const said = (page: Visited) => [
      page.status,
      page.body.replaceAll(/[\w-]+@example\.com|value="[^"]*"/g, ''),
    ];
    // A hub of its own: when it has stopped, every letter that was to be written is.
    const own = await startTestHub(database, { mail });
    const at = () => createBrowser(own.url);
    const known = said(await forget(ada.email, at()));
    for (const email of [...nobody, 'stranger@example.com'])
      expect(said(await forget(email, at()))).toEqual(known);
    await own.stop();
    await vi.waitFor(() => expect(letters.map(({ to }) => to)).toEqual([ada.email]), { timeout: 20_000 });
  });

  it('is asked for so often, by address and by place, known or not', async () => {
    expect([LETTERS_TO_ONE, LETTERS_FROM_ONE]).toMatchObject([
      { most: 3, windowSeconds: 3600 },
      { most: 20, windowSeconds: 3600 },
    ]);
    for (const email of ['ada@example.com', 'stranger@example.com']) {
      for (let times = 0; times < LETTERS_TO_ONE.most; times += 1) await forget(email);
      const page = await forget(email.toUpperCase());
      expect([page.status, Number(page.headers.get('retry-after')) > 3000]).toEqual([429, true]);
    }
    await database.pool.query('update attempt_counters set count = $1', [LETTERS_FROM_ONE.most]);
    expect((await forget('another@example.com')).status).toBe(429);
  });

  it('is no way around single sign-on where that is required', async () => {
    const sso = await createTestSso(hub, database);
    const account = await createAccount(database, `local@${sso.domain}`);
    const browser = createBrowser(hub.url);
    // A form of before: the page that is shown by now leads to the identity provider.
    const first = await browser.get('/sign-in?method=password');
    const form = await browser.submit(first, { email: account.email });
    const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
    await updateConnection(place, OPERATOR, sso, { enforced: true });
    const page = await browser.submit(form, {}, ({ fields }) => fields.step === 'forgotten');
    expect([page.status, page.body.includes('asks for single sign-on')]).toEqual([403, true]);
    expect(letters).toEqual([]);
  });

  it('is written to nobody whose domain came to require single sign-on after the page was answered', async () => {
    const sso = await createTestSso(hub, database);
    const account = await createAccount(database, `late@${sso.domain}`);
    await createTestOrganization(database, 'of-late', [account]);
    const { db } = database;
    const asking = createForgottenPassword({
      ...{ db, mail, publicUrl: hub.url, now: () => new Date(), log: createLogger({ level: 'silent' }) },
      attempts: createAttempts({ db, secret: hub.secret, now: () => new Date() }),
    });
    const ask = async () => {
      expect(await asking.ask(account.email, '127.0.0.1')).toBeNull();
      await asking.settled();
      return letters.map(({ to }) => to);
    };
    await ask();
    await vi.waitFor(() => expect(letters.map(({ to }) => to)).toEqual([account.email]), { timeout: 20_000 });
    const place = { db, secret: hub.secret, publicUrl: hub.url };
    await updateConnection(place, OPERATOR, sso, { enforced: true });
    expect(await ask()).toEqual([account.email]);
  });

  it('can be asked for where a desktop signs in, and only by a form of this hub', async () => {
    const browser = createBrowser(hub.url);
    const asked = await startSignIn(await discover(hub));
    const page = await forget(ada.email, browser, asked.url.href);
    expect(page.body).toContain('Look in your mailbox');
    await vi.waitFor(() => expect(letters).toHaveLength(1), { timeout: 20_000 });
    const stranger = await createBrowser(hub.url).post('/sign-in', { step: 'forgotten', email: ada.email });
    expect(stranger.status).toBe(403);
  });
});

it('is not offered without a mail server, nor done', async () => {
  const unmailed = await startTestHub(database);
  try {
    const browser = createBrowser(unmailed.url);
    const first = await browser.get('/sign-in');
    const second = await browser.submit(first, { email: ada.email });
    expect(second.body).not.toContain('Send me a link');
    expect(second.body).toContain('An owner of your organization can send you a link');
    expect(
      (await browser.submit(second, { step: 'forgotten' }, (form) => 'password' in form.fields)).status,
    ).toBe(422);
  } finally {
    await unmailed.stop();
  }
});
