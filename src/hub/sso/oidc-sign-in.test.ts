import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { updateConnection } from '../connections/connection-service.ts';
import { databaseForFile } from '../database/test-database.ts';
import { createBrowser } from '../identity/test-browser.ts';
import { createAccount, OPERATOR, startTestHub, type TestHub } from '../identity/test-hub.ts';
import { doubtOf } from './oidc.ts';
import { createOutbound } from './outbound.ts';
import { startTestProvider, type TestPerson, type TestProvider } from './test-openid-provider.ts';
import { beginSso, createTestSso, failuresOf, type TestSso, whoIs } from './test-sso-hub.ts';

const database = databaseForFile();
let hub: TestHub;
let provider: TestProvider;
let other: TestProvider;
let sso: TestSso;
/** What lies between the hub and the provider. */
const honest = async (_url: string, answer: Response) => answer;
let tamper: typeof honest = honest;
beforeAll(async () => {
  const outbound = createOutbound(['127.0.0.0/8']);
  hub = await startTestHub(database, {
    outbound: { ...outbound, fetch: async (url, init) => tamper(url, await outbound.fetch(url, init)) },
  });
  sso = await createTestSso(hub, database, { kind: 'oidc', saml: undefined });
  provider = await startTestProvider([sso.addresses.redirectUri]);
  other = await startTestProvider([sso.addresses.redirectUri], { authentication: 'client_secret_post' });
  await point(provider);
});
afterAll(async () => {
  await hub.stop();
  await Promise.all([provider.stop(), other.stop()]);
});

async function point({ issuer, clientId, clientSecret }: TestProvider): Promise<void> {
  const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
  await updateConnection(place, OPERATOR, sso, { oidc: { issuer, clientId, clientSecret } });
}

const person = (name: string, claims: Record<string, unknown> = {}): TestPerson => ({
  subject: `subject-${name}`,
  claims: {
    email: `${name}@${sso.domain}`,
    email_verified: true,
    given_name: 'Given',
    family_name: name,
    ...claims,
  },
});

/** From the address typed to the page it ends on. */
async function signIn(who: TestPerson, email: string, change: (back: URL) => URL = (back) => back) {
  const begun = await beginSso(sso, email);
  const back = await provider.signIn(begun.goTo, who);
  const visited = await begun.browser.get(change(back).href);
  return { ...begun, back, visited };
}

describe('sign-in by OpenID Connect', () => {
  it('asks with state, nonce and PKCE, and comes back signed in', async () => {
    const email = `ada@${sso.domain}`;
    const done = await signIn(person('ada'), email);
    const asked = new URL(done.goTo).searchParams;
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect((asked.get(name) ?? '').length).toBeGreaterThan(20);
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('redirect_uri')).toBe(sso.addresses.redirectUri);
    expect(await whoIs(sso, done.browser)).toBe(email);
    const user = await database.db
      .selectFrom('users')
      .selectAll()
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    expect(user.name).toBe('Given ada');
  });

  it('knows a person by issuer and subject: another address of the same subject is the same account', async () => {
    await signIn(person('first'), `first@${sso.domain}`);
    const renamed = { subject: 'subject-first', claims: { ...person('second').claims } };
    const done = await signIn(renamed, `second@${sso.domain}`);
    expect(await whoIs(sso, done.browser)).toBe(`first@${sso.domain}`);
  });

  it('refuses a known subject whose account has an address outside of the domains by now', async () => {
    await signIn(person('moved'), `moved@${sso.domain}`);
    await database.db
      .updateTable('users')
      .set({ email: 'moved@elsewhere.example' })
      .where('email', '=', `moved@${sso.domain}`)
      .execute();
    const done = await signIn(person('moved'), `moved@${sso.domain}`);
    expect([done.visited.status, (await failuresOf(sso))[0]]).toEqual([403, 'domain_not_verified']);
    expect(await whoIs(sso, done.browser)).toBeNull();
  });

  it('asks the provider to sign the person in anew where a change wants that proved', async () => {
    const { browser } = await signIn(person('proves'), `proves@${sso.domain}`);
    const page = await browser.get(`${hub.url}/sign-in/confirm`);
    const leave = await browser.submit(page, {}, (form) => form.fields.step === 'email');
    const address = /content="0; url=([^"]*)"/.exec(leave.body)?.[1] ?? '';
    expect(new URL(address.replaceAll('&amp;', '&')).searchParams.get('prompt')).toBe('login');
  });

  it('keeps the client secret sealed', async () => {
    const row = await database.db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', sso.connectionId)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row.settings)).not.toContain(provider.clientSecret);
    expect(row.sealed_secret?.toString('latin1')).not.toContain(provider.clientSecret);
  });

  it('works with a provider that wants the secret in the body', async () => {
    await point(other);
    const email = `post@${sso.domain}`;
    const begun = await beginSso(sso, email);
    await begun.browser.get((await other.signIn(begun.goTo, person('post'))).href);
    expect(await whoIs(sso, begun.browser)).toBe(email);
    await point(provider);
  });
});

describe('an answer that does not belong here', () => {
  const refused = async (done: Awaited<ReturnType<typeof signIn>>, failureClass: string) => {
    expect(done.visited.status).toBe(403);
    expect((await failuresOf(sso))[0]).toBe(failureClass);
    expect(await whoIs(sso, done.browser)).toBeNull();
  };

  it('an address of a domain that is not verified signs nobody in', async () => {
    const victim = await createAccount(database, 'victim@elsewhere.example');
    const done = await signIn(person('evil', { email: victim.email }), `evil@${sso.domain}`);
    await refused(done, 'domain_not_verified');
  });

  it('an address that the provider did not verify signs nobody in', async () => {
    await refused(
      await signIn(person('raw', { email_verified: false }), `raw@${sso.domain}`),
      'email_not_verified',
    );
  });

  it('nor one whose verification is denied in a word', async () => {
    await refused(
      await signIn(person('word', { email_verified: 'false' }), `word@${sso.domain}`),
      'email_not_verified',
    );
  });

  it('a personal Google account counts for no organization, whatever address it was made with', () => {
    const google = { iss: 'https://accounts.google.com', email: 'left@acme.example', email_verified: true };
    for (const hd of [undefined, '', null, ['acme.example']])
      expect(doubtOf({ ...google, hd })).toMatchObject({
        class: 'email_not_verified',
        detail: expect.stringContaining('personal Google account'),
      });
    expect(doubtOf({ ...google, hd: 'acme.example' })).toBeNull();
    expect(doubtOf({ ...google, iss: 'https://idp.acme.example' })).toBeNull();
  });

  it('an ID token that was changed on its way signs nobody in, although it came by the connection to the provider', async () => {
    tamper = async (url, answer) => {
      if (!url.endsWith('/token')) return answer;
      const body = z.looseObject({ id_token: z.string() }).parse(await answer.json());
      const [header, payload, signature = ''] = body.id_token.split('.');
      const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
      const changed = Buffer.from(JSON.stringify({ ...claims, email: `boss@${sso.domain}` }));
      body.id_token = [header, changed.toString('base64url'), signature].join('.');
      return Response.json(body);
    };
    try {
      await refused(await signIn(person('forged'), `forged@${sso.domain}`), 'signature_invalid');
    } finally {
      tamper = honest;
    }
  });

  it('an answer to a request of another connection, or to one that was answered, is not taken to the provider', async () => {
    const elsewhere = await createTestSso(hub, database, { kind: 'oidc', saml: undefined });
    const begun = await beginSso(sso, `cross@${sso.domain}`);
    const back = await provider.signIn(begun.goTo, person('cross'));
    const { issuer, clientId, clientSecret } = provider;
    const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
    await updateConnection(place, OPERATOR, elsewhere, { oidc: { issuer, clientId, clientSecret } });
    const asked: string[] = [];
    tamper = async (url, answer) => {
      asked.push(url);
      return answer;
    };
    const crossed = new URL(back.href.replace(sso.connectionId, elsewhere.connectionId));
    expect((await begun.browser.get(crossed.href)).status).toBe(403);
    expect((await failuresOf(elsewhere))[0]).toBe('session_lost');
    expect(asked).toEqual([]);
    await begun.browser.get(back.href);
    asked.length = 0;
    expect((await begun.browser.get(back.href)).status).toBe(403);
    expect([asked, (await failuresOf(sso))[0]]).toEqual([[], 'session_lost']);
    tamper = honest;
  });

  it('no address signs nobody in', async () => {
    await refused(await signIn({ subject: 'nameless', claims: {} }, `none@${sso.domain}`), 'email_missing');
  });

  it('another issuer in the answer is a mix-up', async () => {
    const done = await signIn(person('mixed'), `mixed@${sso.domain}`, (back) => {
      back.searchParams.set('iss', other.issuer);
      return back;
    });
    await refused(done, 'wrong_issuer');
  });

  it('a code of another provider is refused', async () => {
    const begun = await beginSso(sso, `code@${sso.domain}`);
    const elsewhere = new URL(begun.goTo.replace(provider.issuer, other.issuer));
    const back = await other.signIn(elsewhere.href, person('code'));
    const visited = await begun.browser.get(back.href);
    expect(visited.status).toBe(403);
    expect(await whoIs(sso, begun.browser)).toBeNull();
  });

  it('another state, none, or one that was used is refused', async () => {
    const wrong = await signIn(person('state'), `state@${sso.domain}`, (back) => {
      back.searchParams.set('state', '_made-up');
      return back;
    });
    await refused(wrong, 'session_lost');
    const none = await signIn(person('state'), `state@${sso.domain}`, (back) => {
      back.searchParams.delete('state');
      return back;
    });
    await refused(none, 'idp_initiated');
    const done = await signIn(person('state'), `state@${sso.domain}`);
    const thief = createBrowser(hub.url);
    expect((await thief.get(done.back.href)).status).toBe(403);
    expect(await whoIs(sso, thief)).toBeNull();
  });

  it('a code meant for another request is refused: nonce and PKCE belong to the request', async () => {
    const one = await beginSso(sso, `one@${sso.domain}`);
    const two = await beginSso(sso, `two@${sso.domain}`);
    const stolen = await provider.signIn(one.goTo, person('one'));
    const back = new URL(stolen);
    back.searchParams.set('state', new URL(two.goTo).searchParams.get('state') ?? '');
    expect((await two.browser.get(back.href)).status).toBe(403);
    expect(await whoIs(sso, two.browser)).toBeNull();
  });

  it('signs nobody in in another browser than the one that asked', async () => {
    const begun = await beginSso(sso, `csrf@${sso.domain}`);
    const back = await provider.signIn(begun.goTo, person('csrf'));
    const victim = createBrowser(hub.url);
    await victim.get(`${hub.url}/sign-in`);
    expect((await victim.get(back.href)).status).toBe(403);
    expect(await whoIs(sso, victim)).toBeNull();
  });

  it('what the provider refuses is told, and a provider that is not there as well', async () => {
    const begun = await beginSso(sso, `no@${sso.domain}`);
    const back = new URL(sso.addresses.redirectUri);
    back.search = new URLSearchParams({
      error: 'access_denied',
      iss: provider.issuer,
      state: new URL(begun.goTo).searchParams.get('state') ?? '',
    }).toString();
    expect((await begun.browser.get(back.href)).status).toBe(403);
    expect((await failuresOf(sso))[0]).toBe('refused_by_provider');
    const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
    await updateConnection(place, OPERATOR, sso, { oidc: { issuer: 'http://127.0.0.1:9', clientId: 'x' } });
    expect((await beginSso(sso, `no@${sso.domain}`)).page.status).toBe(502);
    expect((await failuresOf(sso))[0]).toBe('provider_unreachable');
    await point(provider);
  });
});
