import * as client from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { AGENT_CLIENT_ID, AGENT_SCOPES } from '../../shared/contracts/agent-api.ts';
import { createBrowser } from './test-browser.ts';
import {
  createAccount,
  discover,
  freePort,
  hubForFile,
  LOOPBACK,
  signInDesktop,
  startSignIn,
  startTestHub,
  typeCredentials,
} from './test-hub.ts';

const { database, hub } = hubForFile();

beforeAll(async () => {
  await createAccount(database, 'ada@example.com');
  await createAccount(database, 'bob@example.com');
});

/** The code that a browser was sent back with. */
async function signedInCallback(extra: Readonly<Record<string, string>> = {}) {
  const config = await discover(hub);
  const started = await startSignIn(config, extra);
  const browser = createBrowser(hub.url);
  await typeCredentials(browser, started.url.href, 'ada@example.com');
  const callback = browser.left();
  if (callback === undefined) throw new Error('not sent back');
  return { config, started, browser, callback };
}

/** What the token endpoint says to these fields. */
async function token(fields: Readonly<Record<string, string>>) {
  const response = await fetch(`${hub.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: AGENT_CLIENT_ID, ...fields }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('authorization code with PKCE', () => {
  it('signs a desktop in through the pages', async () => {
    const { config, tokens } = await signInDesktop(hub, 'ada@example.com');
    expect(tokens.scope?.split(' ').sort()).toEqual(AGENT_SCOPES.split(' ').sort());
    expect(tokens.expires_in).toBe(600);
    const claims = tokens.claims();
    expect(claims?.iss).toBe(hub.url);
    const info = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
    expect(info).toMatchObject({ email: 'ada@example.com', name: 'Name of ada@example.com' });
    expect(tokens.refresh_token).toBeTypeOf('string');
  });

  it('advertises every address under the public one', async () => {
    const metadata = await (await fetch(`${hub.url}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({ issuer: hub.url, code_challenge_methods_supported: ['S256'] });
    const addresses = Object.entries(metadata as Record<string, unknown>).filter(([name]) =>
      name.endsWith('_endpoint'),
    );
    expect(addresses.map(([, address]) => new URL(String(address)).origin)).toEqual(
      addresses.map(() => hub.url),
    );
    expect(addresses.length).toBeGreaterThanOrEqual(5);
  });

  it('believes no forwarded host of a stranger', async () => {
    const response = await fetch(`${hub.url}/.well-known/openid-configuration`, {
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', host: 'evil.example' },
    });
    expect(await response.text()).not.toContain('evil.example');
  });

  it('issues a refresh token without prompt=consent as well', async () => {
    const config = await discover(hub);
    const { url, verifier, state } = await startSignIn(config);
    url.searchParams.delete('prompt');
    const browser = createBrowser(hub.url);
    await typeCredentials(browser, url.href, 'ada@example.com');
    const tokens = await client.authorizationCodeGrant(config, browser.left() ?? new URL('http://none'), {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    expect(tokens.refresh_token).toBeTypeOf('string');
  });

  it('gives the state back as it came', async () => {
    const { callback } = await signedInCallback({ state: 'a b&c=<d>"é' });
    expect(callback.searchParams.get('state')).toBe('a b&c=<d>"é');
    expect(callback.searchParams.get('iss')).toBe(hub.url);
    expect(callback.origin + callback.pathname).toBe(LOOPBACK);
  });

  it('accepts any port of the loopback address, and no other address', async () => {
    const { callback } = await signedInCallback({ redirect_uri: 'http://127.0.0.1:1025/callback' });
    expect(callback.port).toBe('1025');
    const config = await discover(hub);
    for (const wrong of [
      'http://127.0.0.1:1025/elsewhere',
      'http://127.0.0.2:1025/callback',
      'http://localhost.evil.example/callback',
      'http://127.0.0.1:1025@evil.example/callback',
      'https://127.0.0.1:1025/callback',
      'http://127.0.0.1/callback?x=1',
      'javascript:alert(1)',
    ]) {
      const { url } = await startSignIn(config, { redirect_uri: wrong });
      const browser = createBrowser(hub.url);
      const page = await browser.get(url.href);
      expect(page.status, wrong).toBe(400);
      expect(browser.left(), wrong).toBeUndefined();
      expect(page.body).toContain('That did not work');
    }
  });

  it('refuses a request without a challenge, or with a plain one', async () => {
    const config = await discover(hub);
    const { url: without } = await startSignIn(config);
    without.searchParams.delete('code_challenge');
    without.searchParams.delete('code_challenge_method');
    const { url: plain } = await startSignIn(config, { code_challenge_method: 'plain' });
    for (const url of [without, plain]) {
      const browser = createBrowser(hub.url);
      await browser.get(url.href);
      expect(browser.left()?.searchParams.get('error')).toBe('invalid_request');
    }
  });

  it('refuses to redeem a code with a wrong or missing verifier, and the right one still works', async () => {
    const { callback, started } = await signedInCallback();
    const code = callback.searchParams.get('code') ?? '';
    const fields = { grant_type: 'authorization_code', code, redirect_uri: LOOPBACK };
    expect((await token({ ...fields, code_verifier: client.randomPKCECodeVerifier() })).body.error).toBe(
      'invalid_grant',
    );
    expect((await token(fields)).body.error).toBe('invalid_grant');
    expect(
      (
        await token({
          ...fields,
          redirect_uri: 'http://127.0.0.1:1/callback',
          code_verifier: started.verifier,
        })
      ).body.error,
    ).toBe('invalid_grant');
    expect((await token({ ...fields, code_verifier: started.verifier })).status).toBe(200);
  });

  it('redeems a code once, also when asked many times at once; a replay ends what it gave', async () => {
    const { callback, started } = await signedInCallback();
    const fields = {
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: LOOPBACK,
      code_verifier: started.verifier,
    };
    const answers = await Promise.all(Array.from({ length: 8 }, () => token(fields)));
    expect(answers.filter((answer) => answer.status === 200).length).toBeLessThanOrEqual(1);
    expect((await token(fields)).body.error).toBe('invalid_grant');
    const winner = answers.find((answer) => answer.status === 200);
    if (winner !== undefined) {
      const again = await token({
        grant_type: 'refresh_token',
        refresh_token: String(winner.body.refresh_token),
      });
      expect(again.body.error).toBe('invalid_grant');
    }
  });

  it('keeps neither codes nor tokens nor ids readable in the database', async () => {
    const { tokens } = await signInDesktop(hub, 'ada@example.com');
    const { rows } = await database.pool.query(
      "select encode(sealed, 'escape') || encode(id_hash, 'escape') as text from oidc_entities",
    );
    const all = rows.map((row: { text: string }) => row.text).join('\n');
    expect(rows.length).toBeGreaterThan(2);
    expect(all).not.toContain(tokens.access_token);
    expect(all).not.toContain(tokens.refresh_token);
    expect(all).not.toContain('AccessToken');
  });

  it('goes on where another process of the hub began: a restart in the middle of a sign-in', async () => {
    const port = await freePort();
    const first = await startTestHub(database, { port });
    const config = await discover(first);
    const started = await startSignIn(config);
    const browser = createBrowser(first.url);
    const page = await browser.get(started.url.href);
    await first.stop();
    const second = await startTestHub(database, { port });
    try {
      const typed = await browser.submit(page, { email: 'ada@example.com' });
      await browser.submit(typed, { password: 'correct horse battery' });
      const tokens = await client.authorizationCodeGrant(config, browser.left() ?? new URL('http://none'), {
        pkceCodeVerifier: started.verifier,
        expectedState: started.state,
      });
      expect(tokens.claims()?.iss).toBe(first.url);
    } finally {
      await second.stop();
    }
  });

  it('sends a refusal back to the desktop when the person cancels', async () => {
    const { url, state } = await startSignIn(await discover(hub));
    const browser = createBrowser(hub.url);
    const page = await browser.get(url.href);
    await browser.submit(page, {}, (form) => form.fields.step === 'cancel');
    expect(browser.left()?.searchParams.get('error')).toBe('access_denied');
    expect(browser.left()?.searchParams.get('state')).toBe(state);
  });

  it('hands nothing to a second program without a press of a button, and lets another account sign in', async () => {
    const { browser, config } = await signInDesktop(hub, 'ada@example.com');
    const again = await startSignIn(config);
    const page = await browser.get(again.url.href);
    expect(page.body).toContain('Continue as ada@example.com');
    const other = await browser.submit(page, {}, (form) => form.fields.step === 'other');
    const typed = await browser.submit(other, { email: 'bob@example.com' });
    await browser.submit(typed, { password: 'correct horse battery' });
    const tokens = await client.authorizationCodeGrant(config, browser.left() ?? new URL('http://none'), {
      pkceCodeVerifier: again.verifier,
      expectedState: again.state,
    });
    const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
    expect(info.email).toBe('bob@example.com');

    const third = await startSignIn(config);
    const page3 = await browser.get(third.url.href);
    expect(page3.body).toContain('Continue as bob@example.com');
    await browser.submit(page3, {}, (form) => form.fields.step === 'continue');
    expect(browser.left()?.searchParams.get('state')).toBe(third.state);
  });

  it('tells a person whose sign-in has expired what to do', async () => {
    const { url } = await startSignIn(await discover(hub));
    const browser = createBrowser(hub.url);
    const page = await browser.get(url.href);
    browser.cookies.delete('mooring_interaction');
    const answer = await browser.submit(page, { email: 'ada@example.com' });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('This sign-in has expired');
  });

  it('revokes a device on request', async () => {
    const { config, tokens } = await signInDesktop(hub, 'ada@example.com');
    await client.tokenRevocation(config, tokens.refresh_token ?? '');
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    const account = await fetch(`${hub.url}/v1/agent/account`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(account.status).toBe(401);
  });
});
