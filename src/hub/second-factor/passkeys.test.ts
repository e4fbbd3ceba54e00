import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { databaseForFile } from '../database/test-database.ts';
import { createAccount, OPERATOR, TEST_SECRET, type TestAccount } from '../identity/test-hub.ts';
import { createHubSecret } from '../secrets/hub-secret.ts';
import { createPasskeys, type Passkeys } from './passkeys.ts';
import { type Claims, createTestAuthenticator } from './test-authenticator.ts';

/* Every answer of a passkey that must open nothing; that a real browser's does is in test/account-pages.test.ts. */

const ORIGIN = 'https://hub.example:8443';
const HOST = 'hub.example';
const database = databaseForFile();
let passkeys: Passkeys;
let now = Date.now();
let count = 0;
let ada: TestAccount;
let bob: TestAccount;

beforeAll(async () => {
  const secret = createHubSecret(TEST_SECRET);
  passkeys = createPasskeys({ db: database.db, secret, publicUrl: ORIGIN, now: () => new Date(now) });
});
beforeEach(async () => {
  count += 1;
  ada = await createAccount(database, `ada${count}@keys.example`);
  bob = await createAccount(database, `bob${count}@keys.example`);
});

const honest = (challenge: string): Claims => ({ challenge, origin: ORIGIN, host: HOST });
const challengeIn = (options: string | null): string => {
  const parsed: unknown = JSON.parse(options ?? '{}');
  const asked =
    typeof parsed === 'object' && parsed !== null && 'challenge' in parsed ? parsed.challenge : null;
  if (typeof asked !== 'string') throw new Error('nothing was asked');
  return asked;
};
const askedToRegister = async (who: TestAccount) => challengeIn(await passkeys.registrationOptions(who));
const asked = async (who: TestAccount) => challengeIn(await passkeys.signInOptions(who.id));
const register = (who: TestAccount, answer: string) =>
  passkeys.register(who, { name: 'Key', answer }, OPERATOR);

/** A passkey of this account, made as it should be. */
async function keyOf(who: TestAccount, counter = 0) {
  const key = createTestAuthenticator();
  const answer = key.register({ ...honest(await askedToRegister(who)), counter });
  expect(await register(who, answer)).not.toBeNull();
  return key;
}

/** What is wrong with an answer that is otherwise good. */
const WRONG: Readonly<Record<string, Partial<Claims>>> = {
  'another page': { origin: 'https://hub.example.evil.test:8443' },
  'the same host at another port': { origin: 'https://hub.example' },
  'a page without TLS': { origin: 'http://hub.example:8443' },
  'a key made for another host': { host: 'evil.test' },
  'a key that nobody touched': { flags: 0x04 },
  'a question that nobody asked': { challenge: Buffer.alloc(32, 7).toString('base64url') },
  'no question at all': { challenge: '' },
};

describe('a passkey is not added by', () => {
  it.each(Object.entries({ ...WRONG, 'an answer about signing in': { type: 'webauthn.get' } }))(
    '%s',
    async (_name, lie) => {
      const answer = createTestAuthenticator().register({ ...honest(await askedToRegister(ada)), ...lie });
      expect(await register(ada, answer)).toBeNull();
      expect(await passkeys.list(ada.id)).toEqual([]);
    },
  );

  it('an answer that counted before, is another’s, comes too late, or was asked for signing in', async () => {
    const challenge = await askedToRegister(ada);
    expect(await register(bob, createTestAuthenticator().register(honest(challenge)))).toBeNull();
    const used = await askedToRegister(ada);
    expect(await register(ada, createTestAuthenticator().register(honest(used)))).toHaveLength(10);
    expect(await register(ada, createTestAuthenticator().register(honest(used)))).toBeNull();
    const late = createTestAuthenticator().register(honest(await askedToRegister(ada)));
    now += 10 * 60_000 + 1;
    expect(await register(ada, late)).toBeNull();
    expect(await register(ada, createTestAuthenticator().register(honest(await asked(ada))))).toBeNull();
    expect(await passkeys.list(ada.id)).toHaveLength(1);
  });

  it('somebody who brings the key of another account, or more than twenty', async () => {
    const key = await keyOf(ada);
    expect(await register(bob, key.register(honest(await askedToRegister(bob))))).toBeNull();
    for (let made = 1; made < 20; made += 1) await keyOf(ada);
    const more = createTestAuthenticator().register(honest(await askedToRegister(ada)));
    expect(await register(ada, more)).toBeNull();
  });

  it.each(['', 'null', '[]', '{}', '{"id":1}', 'x'.repeat(20_000)])(
    'what is no answer: %.10s',
    async (answer) => {
      expect(await register(ada, answer)).toBeNull();
      expect(await passkeys.check(ada.id, answer)).toBe(false);
    },
  );
});

describe('a passkey', () => {
  it('opens its account once for each question, and what it says is kept', async () => {
    const key = await keyOf(ada);
    const answer = key.signIn(honest(await asked(ada)));
    expect(await passkeys.check(ada.id, answer)).toBe(true);
    expect(await passkeys.check(ada.id, answer)).toBe(false);
    expect(await passkeys.list(ada.id)).toMatchObject([{ name: 'Key', lastUsedAt: expect.any(Date) }]);
    // A second key of the account is as good as the first.
    const second = await keyOf(ada);
    expect(await passkeys.check(ada.id, second.signIn(honest(await asked(ada))))).toBe(true);
    // One question, two answers at once: one of them counts.
    const twice = key.signIn(honest(await asked(ada)));
    const both = await Promise.all([passkeys.check(ada.id, twice), passkeys.check(ada.id, twice)]);
    expect(both.toSorted()).toEqual([false, true]);
  });

  it.each(Object.entries({ ...WRONG, 'an answer about a new passkey': { type: 'webauthn.create' } }))(
    'opens nothing by %s',
    async (_name, lie) => {
      const key = await keyOf(ada);
      expect(await passkeys.check(ada.id, key.signIn({ ...honest(await asked(ada)), ...lie }))).toBe(false);
    },
  );

  it('opens nothing for another account, under another id, too late, or by a question of a new passkey', async () => {
    const [ofAda, ofBob] = [await keyOf(ada), await keyOf(bob)];
    expect(await passkeys.check(bob.id, ofAda.signIn(honest(await asked(bob))))).toBe(false);
    expect(await passkeys.check(bob.id, ofAda.signIn(honest(await asked(bob)), ofBob.id))).toBe(false);
    expect(await passkeys.check(bob.id, ofBob.signIn(honest(await asked(ada))))).toBe(false);
    expect(await passkeys.check(ada.id, ofAda.signIn(honest(await askedToRegister(ada))))).toBe(false);
    const late = ofAda.signIn(honest(await asked(ada)));
    now += 10 * 60_000 + 1;
    expect(await passkeys.check(ada.id, late)).toBe(false);
  });

  it('that was copied is found out: its counter does not rise', async () => {
    const key = await keyOf(ada, 5);
    const said = async (counter: number) =>
      passkeys.check(ada.id, key.signIn({ ...honest(await asked(ada)), counter }));
    expect(await said(5)).toBe(false);
    expect(await said(7)).toBe(true);
    expect(await said(7)).toBe(false);
    expect(await said(6)).toBe(false);
    expect(await said(8)).toBe(true);
  });

  it('is not asked of an account that has none, nor under an address of digits', async () => {
    expect(await passkeys.signInOptions(ada.id)).toBeNull();
    expect(passkeys.available).toBe(true);
    const secret = createHubSecret(TEST_SECRET);
    for (const publicUrl of ['http://127.0.0.1:8443', 'https://[::1]:8443'])
      expect(createPasskeys({ db: database.db, secret, publicUrl, now: () => new Date() }).available).toBe(
        false,
      );
  });

  it('is renamed by its owner only', async () => {
    await keyOf(ada);
    const [{ id } = { id: '' }] = await passkeys.list(ada.id);
    expect(await passkeys.rename(bob.id, id, 'Mine', OPERATOR)).toBe(false);
    expect(await passkeys.rename(ada.id, id, 'Mine', OPERATOR)).toBe(true);
    expect(await passkeys.list(ada.id)).toMatchObject([{ name: 'Mine' }]);
  });
});
