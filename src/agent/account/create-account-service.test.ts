import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request as rawRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/manual-clock.ts';
import { memoryKeychain } from '../../../test/memory-keychain.ts';
import {
  followSignIn,
  STAND_IN_ACCESS_SECONDS,
  type StandInHub,
  standInAccount,
  standInKey,
  startStandInHub,
} from '../../../test/stand-in-hub.ts';
import type { LoginAnswer, LoginRequest } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { createHubHttp } from '../delivery/create-hub-http.ts';
import { createHubKeyTrust, type ProfileKey } from '../delivery/hub-key-trust.ts';
import { fingerprint } from '../delivery/hub-keys.ts';
import { diskFiles, type StateFiles } from '../state-file.ts';
import type { AccountService, AccountServiceOptions } from './account-service.ts';
import { createAccountService } from './create-account-service.ts';

let hub: StandInHub;
let folder: string;
let time: ReturnType<typeof manualClock>;
let keychain: ReturnType<typeof memoryKeychain>;
let opened: string[];
const services: AccountService[] = [];

let allowed: readonly string[] | null = null;
let managedHub: string | null = null;
let enforced = false;
let profileKeys: readonly ProfileKey[] | null = null;
let failWrites = false;

const disk = diskFiles();
const files: StateFiles = {
  ...disk,
  write: (path, text) => (failWrites ? Promise.reject(new Error('ENOSPC')) : disk.write(path, text)),
};

/** A service as at a launch of the agent; all of one test share disk, keychain and clock. */
async function launch(change: Partial<AccountServiceOptions> = {}): Promise<AccountService> {
  const http = createHubHttp({
    userAgent: 'Mooring/test',
    clock: time.clock,
    managedProxy: () => null,
    environment: {},
    systemProxy: async () => null,
    extraCaFile: () => null,
  });
  const service = await createAccountService({
    recordFile: join(folder, 'account.json'),
    files,
    http,
    trust: createHubKeyTrust({
      keysFile: join(folder, 'hub-keys.json'),
      http,
      profileKeys: () => profileKeys,
    }),
    keychain,
    opener: async (url) => opened.push(url) > 0,
    clock: time.clock,
    deviceName: 'test-device',
    defaultHubUrl: null,
    managedHubUrl: () => managedHub,
    allowedOrganizations: () => allowed,
    signInEnforced: () => enforced,
    ...change,
  });
  services.push(service);
  return service;
}

const asLogin = (answer: LoginAnswer | Refusal): LoginAnswer => {
  if (!('state' in answer)) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer;
};
const begin = async (service: AccountService, change: Partial<LoginRequest> = {}): Promise<LoginAnswer> =>
  asLogin(await service.login({ hub: hub.url, method: 'browser', openBrowser: true, ...change }));

/** What the browser shows when it is sent back. */
const visit = async (url: URL | string): Promise<{ status: number; text: string; headers: Headers }> => {
  const response = await fetch(url);
  return { status: response.status, text: await response.text(), headers: response.headers };
};

/** Signs `person` in, whole. */
async function signIn(
  service: AccountService,
  person = 'ada',
  change: Partial<LoginRequest> = {},
): Promise<LoginAnswer> {
  hub.person = person;
  const { id, url } = await begin(service, change);
  await visit(await followSignIn(url));
  return asLogin(await service.loginProgress(id, 0));
}

const tokenRequests = () => hub.requests.filter((each) => each === 'POST /token').length;
const onDisk = async () => readFile(join(folder, 'account.json'), 'utf8');
/** Past the end of every access token. */
const ageTokens = () => time.advance(STAND_IN_ACCESS_SECONDS * 1000);

beforeAll(async () => {
  hub = await startStandInHub();
});
afterAll(() => hub.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-account-'));
  // OpenID Connect compares with the real clock too (ID token), so the manual one starts there.
  time = manualClock(Date.now());
  keychain = memoryKeychain();
  opened = [];
  hub.accounts.clear();
  hub.accounts.set('ada', standInAccount('ada', ['acme', 'beta']));
  hub.accounts.set('bob', standInAccount('bob', ['acme']));
  hub.keys = [await standInKey()];
  hub.requests.length = 0;
  hub.bearers.length = 0;
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
  expect(time.waiting()).toBe(0);
  hub.intercept = null;
  hub.loseTokenAnswers = 0;
  [allowed, managedHub, enforced, profileKeys, failWrites] = [null, null, false, null, false];
  await rm(folder, { recursive: true, force: true });
});

describe('signing in by browser', () => {
  it('opens the hub, takes the answer, and knows who it is', async () => {
    const service = await launch();
    const seen: string[] = [];
    service.onChange((state) => seen.push(state.state));
    expect(service.state()).toEqual({ state: 'signed-out', account: null, sessionStorage: 'keychain' });
    hub.person = 'ada';
    const started = await begin(service);
    expect(started).toMatchObject({ state: 'waiting', method: 'browser', url: opened[0] });
    const url = new URL(started.url);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    expect(url.searchParams.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect(url.searchParams.get('nonce')).toBeTruthy();

    const page = await visit(await followSignIn(started.url));
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('You are signed in') });
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page.text).not.toMatch(/<script|http:|https:/);

    expect(asLogin(await service.loginProgress(started.id, 0))).toMatchObject({ state: 'done' });
    expect(service.state()).toMatchObject({
      state: 'signed-in',
      sessionStorage: 'keychain',
      account: {
        userId: 'ada',
        email: 'ada@example.com',
        organization: 'acme',
        hubUrl: hub.url,
        deviceName: 'test-device',
      },
    });
    expect(service.owner()).toEqual({
      hubUrl: hub.url,
      issuer: hub.url,
      userId: 'ada',
      organization: 'acme',
      memberships: ['acme', 'beta'],
    });
    expect(seen).toEqual(['signed-in']);
  });

  it('keeps the refresh token in the keychain and no secret anywhere else', async () => {
    const service = await launch();
    await signIn(service);
    const access = await service.accessToken();
    const [secret = ''] = keychain.entries.values();
    const { refreshToken } = JSON.parse(secret);
    const text = await onDisk();
    expect(text).not.toContain(refreshToken);
    expect(access.ok && text.includes(access.token)).toBe(false);
    expect((await stat(join(folder, 'account.json'))).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(service.state())).not.toContain(refreshToken);
    expect([...keychain.entries.keys()]).toEqual([`${hub.url}#${service.state().account?.deviceId}`]);
  });

  it('stores the refresh token before the access token is used', async () => {
    const service = await launch();
    let storedAtFirstUse: number | null = null;
    hub.intercept = (request) => {
      if (request.url?.startsWith('/v1/agent/account')) storedAtFirstUse ??= keychain.entries.size;
      return false;
    };
    await signIn(service);
    expect(storedAtFirstUse).toBe(1);
  });

  it('is not ended by stray requests, and by the true one only once', async () => {
    const service = await launch();
    hub.person = 'ada';
    const { id, url } = await begin(service);
    const redirect = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
    const callback = await followSignIn(url);
    const wrongState = new URL(callback);
    wrongState.searchParams.set('state', 'guessed');
    const twice = `${callback.href}&state=again`;
    for (const stray of [
      new URL('/', redirect),
      new URL('/favicon.ico', redirect),
      redirect,
      wrongState,
      twice,
    ]) {
      const page = await visit(stray);
      expect(page.status).toBeGreaterThanOrEqual(400);
    }
    expect((await fetch(callback, { method: 'POST' })).status).toBe(405);
    // A name that leads to loopback (DNS rebinding) is not the address we gave.
    expect(await withHost(callback, 'evil.example')).toBe(400);
    expect(asLogin(await service.loginProgress(id, 0)).state).toBe('waiting');

    let second: Promise<{ status: number; text: string }> | null = null;
    hub.intercept = (request) => {
      if (request.url?.startsWith('/v1/agent/account')) second ??= visit(callback);
      return false;
    };
    expect((await visit(callback)).status).toBe(200);
    expect(await second).toMatchObject({ status: 410, text: expect.stringContaining('already finished') });
    expect(service.state().state).toBe('signed-in');
    await expect(visit(callback)).rejects.toThrow();
    expect(tokenRequests()).toBe(1);
  });

  it('ends with the hub’s own words when the person says no', async () => {
    const service = await launch();
    hub.person = null;
    const { id, url } = await begin(service);
    const page = await visit(await followSignIn(url));
    expect(page).toMatchObject({ status: 400, text: expect.stringContaining('refused or called off') });
    expect(page.text).toContain('&#60;no&#62;');
    expect(asLogin(await service.loginProgress(id, 0))).toMatchObject({
      state: 'failed',
      error: { code: 'forbidden', message: expect.stringContaining('The person said <no>') },
    });
    expect(service.state().state).toBe('signed-out');
  });

  it('refuses an answer with another nonce or a code of another sign-in', async () => {
    const service = await launch();
    hub.person = 'ada';
    const first = await begin(service);
    const other = new URL(first.url);
    other.searchParams.set('nonce', 'another');
    const page = await visit(await followSignIn(other.href));
    expect(page.status).toBe(400);
    expect(asLogin(await service.loginProgress(first.id, 0))).toMatchObject({ state: 'failed' });
    const second = await begin(service);
    const callback = await followSignIn(second.url);
    callback.searchParams.set('code', 'made-up');
    expect((await visit(callback)).status).toBe(400);
    expect(service.state().state).toBe('signed-out');
    expect(keychain.entries.size).toBe(0);
  });

  it('gives up after ten minutes, and frees the port', async () => {
    const service = await launch();
    const { id, url } = await begin(service);
    const waiting = service.loginProgress(id, 60 * 60_000);
    time.advance(10 * 60_000);
    expect(asLogin(await waiting)).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('in time') },
    });
    await expect(visit(new URL(url).searchParams.get('redirect_uri') ?? '')).rejects.toThrow();
  });

  it('is replaced by a later one', async () => {
    const service = await launch();
    const first = await begin(service);
    hub.person = 'ada';
    const second = await begin(service);
    expect(asLogin(await service.loginProgress(first.id, 0))).toMatchObject({
      state: 'failed',
      error: { code: 'conflict' },
    });
    await visit(await followSignIn(second.url));
    expect(service.state().state).toBe('signed-in');
    expect(await service.loginProgress('unknown', 0)).toMatchObject({ code: 'not_found' });
  });

  it('that is called off while the hub is being asked opens nothing', async () => {
    const service = await launch();
    let release = (): void => {};
    hub.intercept = (_, response) => {
      hub.intercept = null;
      release = () => response.destroy();
      return true;
    };
    const first = service.login({ hub: hub.url, method: 'browser', openBrowser: false });
    await expect.poll(() => hub.intercept).toBeNull();
    const stopping = service.stop();
    await stopping;
    release();
    expect(await first).toMatchObject({ code: 'unreachable' });
    const second = service.login({ hub: hub.url, method: 'browser', openBrowser: false });
    await service.stop();
    expect(asLogin(await second)).toMatchObject({ state: 'failed' });
  });

  it('only answers with the address where no browser is wanted', async () => {
    const service = await launch();
    await begin(service, { openBrowser: false });
    expect(opened).toEqual([]);
  });

  it('takes everything back when the account cannot be read', async () => {
    const service = await launch();
    hub.intercept = (request, response) => {
      if (!request.url?.startsWith('/v1/agent/account')) return false;
      response.writeHead(500).end();
      return true;
    };
    expect(await signIn(service)).toMatchObject({ state: 'failed', error: { code: 'unreachable' } });
    expect(keychain.entries.size).toBe(0);
    expect(service.state().state).toBe('signed-out');
    expect(hub.requests).toContain('POST /token/revocation');
  });

  it('that fails leaves the session there was', async () => {
    const service = await launch();
    await signIn(service);
    const before = [...keychain.entries];
    failWrites = true;
    expect(await signIn(service, 'bob')).toMatchObject({
      state: 'failed',
      error: { code: 'storage_failed' },
    });
    expect([...keychain.entries]).toEqual(before);
    failWrites = false;
    expect(service.state().account?.userId).toBe('ada');
    ageTokens();
    expect(await service.accessToken()).toMatchObject({ ok: true });
  });

  it('as somebody else replaces the first, and ends their session at the hub', async () => {
    const service = await launch();
    await signIn(service);
    const [first = ''] = keychain.entries.values();
    await signIn(service, 'bob');
    expect(service.state().account).toMatchObject({ userId: 'bob', organization: 'acme' });
    await service.stop();
    const old = await fetch(`${hub.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'mooring-desktop',
        refresh_token: JSON.parse(first).refreshToken,
      }),
    });
    expect(old.status).toBe(400);
  });
});

/** A request to loopback under another name. */
function withHost(url: URL, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    rawRequest(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('which hub', () => {
  it('must be encrypted, except on loopback, and carry nothing else', async () => {
    const service = await launch();
    const table: [string, RegExp][] = [
      ['http://hub.example.com', /not encrypted/],
      ['hub.example.com', /not the address/],
      ['ftp://hub.example.com', /reached by https/],
      ['https://me:hunter2@hub.example.com', /user name or password/],
      ['https://hub.example.com/?a=1', /"\?" or "#"/],
      ['https://', /not an address/],
      ['', /No hub was named/],
    ];
    for (const [given, message] of table) {
      const answer = await service.login({ hub: given, method: 'browser', openBrowser: false });
      expect(answer).toMatchObject({
        code: 'bad_request',
        message: expect.stringMatching(message),
        help: expect.any(String),
      });
      expect(JSON.stringify(answer)).not.toContain('hunter2');
    }
    expect(await service.login({ method: 'browser', openBrowser: false })).toMatchObject({
      code: 'bad_request',
    });
  });

  it('is the one that the profile names', async () => {
    managedHub = `${hub.url}/`;
    const service = await launch();
    expect(
      await service.login({ hub: 'https://other.example.com', method: 'browser', openBrowser: false }),
    ).toMatchObject({ code: 'forbidden' });
    hub.person = 'ada';
    const { url } = asLogin(await service.login({ method: 'browser', openBrowser: false }));
    await visit(await followSignIn(url));
    expect(service.state().state).toBe('signed-in');
    managedHub = 'https://moved.example.com';
    expect(service.state().state).toBe('sign-in-again');
    expect(await service.accessToken()).toMatchObject({ ok: false, refusal: { code: 'sign_in_required' } });
    expect(service.owner()?.userId).toBe('ada');
  });

  it('must be one: a web page, another issuer or other endpoints are refused', async () => {
    const service = await launch();
    const answers: [string, string][] = [
      ['text/html', '<html>Welcome to the hotel</html>'],
      ['application/json', '{"issuer":"https://evil.example"}'],
      ['application/json', 'nonsense'],
      [
        'application/json',
        JSON.stringify({
          issuer: hub.url,
          authorization_endpoint: 'https://evil.example/a',
          token_endpoint: `${hub.url}/token`,
        }),
      ],
    ];
    for (const [type, body] of answers) {
      hub.intercept = (_, response) => {
        response.writeHead(200, { 'content-type': type }).end(body);
        return true;
      };
      expect(await service.login({ hub: hub.url, method: 'browser', openBrowser: true })).toMatchObject({
        code: 'unreachable',
      });
    }
    expect(opened).toEqual([]);
  });

  it('says so when it meets an error of its own, instead of talking of its format', async () => {
    const service = await launch();
    hub.intercept = (_, response) => {
      response.writeHead(500).end('oops');
      return true;
    };
    expect(await service.login({ hub: hub.url, method: 'browser', openBrowser: false })).toMatchObject({
      code: 'unreachable',
      message: 'The hub met an error of its own (HTTP 500).',
    });
  });
});

describe('signing in with a code', () => {
  const beginDevice = async (service: AccountService) => {
    const started = await begin(service, { method: 'device' });
    expect(started).toMatchObject({ state: 'waiting', method: 'device', userCode: expect.any(String) });
    return { ...started, userCode: started.userCode ?? '' };
  };
  /** Lets the next poll happen and its answer arrive. */
  const poll = async (ms = 5_000) => {
    const before = tokenRequests();
    time.advance(ms);
    await expect.poll(tokenRequests).toBe(before + 1);
    await expect.poll(() => time.waiting()).toBeGreaterThan(0);
  };

  it('polls until the person has typed it', async () => {
    const service = await launch();
    hub.person = 'ada';
    const { id, userCode } = await beginDevice(service);
    await poll();
    await hub.typeCode(userCode, 'approve');
    const ended = service.loginProgress(id, 60_000);
    time.advance(5_000);
    expect(asLogin(await ended)).toMatchObject({ state: 'done' });
    expect(service.state()).toMatchObject({ state: 'signed-in', account: { userId: 'ada' } });
  });

  it('slows down when asked, and when the network fails', async () => {
    const service = await launch();
    await beginDevice(service);
    let slowDown = true;
    hub.intercept = (request, response) => {
      if (request.url !== '/token') return false;
      if (slowDown)
        response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"slow_down"}');
      else response.destroy();
      return true;
    };
    await poll(5_000);
    slowDown = false;
    const before = tokenRequests();
    time.advance(9_999);
    expect(tokenRequests()).toBe(before);
    await poll(1);
    time.advance(14_999);
    expect(tokenRequests()).toBe(before + 1);
    hub.intercept = null;
    await poll(1);
  });

  it('ends when refused, and when the code has ended', async () => {
    const service = await launch();
    hub.person = 'ada';
    const refused = await beginDevice(service);
    await hub.typeCode(refused.userCode, 'deny');
    const ended = service.loginProgress(refused.id, 60_000);
    time.advance(5_000);
    expect(asLogin(await ended)).toMatchObject({ state: 'failed', error: { code: 'forbidden' } });

    const late = await beginDevice(service);
    hub.intercept = (request, response) => {
      if (request.url !== '/token') return false;
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"expired_token"}');
      return true;
    };
    const over = service.loginProgress(late.id, 60_000);
    time.advance(5_000);
    expect(asLogin(await over)).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('in time') },
    });
  });

  it('sends nobody to another address than one of the hub', async () => {
    const service = await launch();
    // The origin of the last one is the hub's.
    for (const page of ['https://evil.example/device', 'file:///device', `blob:${hub.url}/device`]) {
      hub.intercept = (request, response) => {
        if (request.url !== '/device/auth') return false;
        const codes = { device_code: 'd', user_code: 'ABCD', verification_uri: page, expires_in: 60 };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(codes));
        return true;
      };
      expect(await service.login({ hub: hub.url, method: 'device', openBrowser: false }), page).toMatchObject(
        {
          code: 'unreachable',
          message: expect.stringContaining('another site'),
        },
      );
    }
  });

  it('polls no more once its time is over, or once it was called off', async () => {
    const service = await launch();
    hub.intercept = (request, response) => {
      const answer = (status: number, body: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url === '/token') answer(400, { error: 'authorization_pending' });
      else if (request.url !== '/device/auth') return false;
      else {
        const codes = { device_code: 'd', user_code: 'ABCD', verification_uri: `${hub.url}/device` };
        answer(200, { ...codes, expires_in: 12, interval: 5 });
      }
      return true;
    };
    const { id } = await beginDevice(service);
    await poll();
    await poll();
    const ended = service.loginProgress(id, 60_000);
    time.advance(2_000);
    expect(asLogin(await ended)).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('in time') },
    });
    await beginDevice(service);
    await service.stop();
    const before = tokenRequests();
    time.advance(60_000);
    expect(tokenRequests()).toBe(before);
  });
});

describe('the session', () => {
  it('is found again at the next launch', async () => {
    await signIn(await launch());
    const next = await launch();
    expect(next.state()).toMatchObject({ state: 'signed-in', account: { userId: 'ada' } });
    expect(keychain.calls.filter((call) => call === 'read')).toHaveLength(1);
    expect(await next.accessToken()).toMatchObject({ ok: true });
  });

  it('is refreshed when due, once for all who ask', async () => {
    const service = await launch();
    await signIn(service);
    await service.accessToken();
    expect(tokenRequests()).toBe(1);
    ageTokens();
    const tokens = await Promise.all([service.accessToken(), service.accessToken(), service.accessToken()]);
    expect(tokenRequests()).toBe(2);
    expect(new Set(tokens.map((each) => each.ok && each.token)).size).toBe(1);
    // A clock set back does not make an old token young again.
    ageTokens();
    time.setWallBy(-86_400_000);
    await service.accessToken();
    expect(tokenRequests()).toBe(3);
    // The machine slept: the monotonic clock stood still.
    time.setWallBy(86_400_000);
    await service.accessToken();
    expect(tokenRequests()).toBe(4);
  });

  it('gives no token again that the hub refused', async () => {
    const service = await launch();
    await signIn(service);
    const first = await service.accessToken();
    const second = await service.accessToken(first.ok ? first.token : '');
    expect(second.ok && first.ok && second.token !== first.token).toBe(true);
  });

  it('stores each new refresh token before the access token that came with it is given out', async () => {
    const service = await launch();
    await signIn(service);
    const [before] = keychain.entries.values();
    ageTokens();
    let stored: string | undefined;
    const token = service.accessToken().then((answer) => {
      [stored] = keychain.entries.values();
      return answer;
    });
    expect(await token).toMatchObject({ ok: true });
    expect(stored).not.toBe(before);
  });

  it('survives an answer that was lost: the token before is tried again', async () => {
    const service = await launch();
    await signIn(service);
    ageTokens();
    hub.loseTokenAnswers = 1;
    expect(await service.accessToken()).toMatchObject({ ok: true });
    ageTokens();
    hub.loseTokenAnswers = 2;
    expect(await service.accessToken()).toMatchObject({ ok: false, refusal: { code: 'unreachable' } });
    expect(service.state().state).toBe('signed-in');
    expect(await service.accessToken()).toMatchObject({ ok: true });
  });

  it('survives the end of the process between the hub’s answer and the keychain', async () => {
    const service = await launch();
    await signIn(service);
    ageTokens();
    // The new token reached nobody: the keychain still holds the one before.
    const before = new Map(keychain.entries);
    await service.accessToken();
    keychain.entries.clear();
    for (const [entry, secret] of before) keychain.entries.set(entry, secret);
    const next = await launch();
    expect(await next.accessToken()).toMatchObject({ ok: true });
  });

  it('is not ended by a hub that is away, broken or replaced by a web page', async () => {
    const service = await launch();
    await signIn(service);
    ageTokens();
    const answers: [number, string, string][] = [
      [500, 'text/plain', 'oops'],
      [503, 'application/json', '{"error":"temporarily_unavailable"}'],
      [200, 'text/html', '<html>portal</html>'],
      [200, 'application/json', '{}'],
      [400, 'application/json', '{"error":"invalid_client"}'],
      [302, 'text/plain', ''],
    ];
    for (const [status, type, body] of answers) {
      hub.intercept = (_, response) => {
        response
          .writeHead(status, { 'content-type': type, ...(status === 302 ? { location: '/token' } : {}) })
          .end(body);
        return true;
      };
      expect(await service.accessToken()).toMatchObject({ ok: false, refusal: { code: 'unreachable' } });
      expect(service.state().state).toBe('signed-in');
    }
    hub.intercept = null;
    expect(await service.accessToken()).toMatchObject({ ok: true });
  });

  it('ends by a definite refusal, while the account stays', async () => {
    const service = await launch();
    await signIn(service);
    await hub.endSessions();
    ageTokens();
    const announced: string[] = [];
    service.onChange((state) => announced.push(state.state));
    expect(await service.accessToken()).toMatchObject({ ok: false, refusal: { code: 'sign_in_required' } });
    expect(service.state()).toMatchObject({ state: 'sign-in-again', account: { userId: 'ada' } });
    expect(service.owner()).toMatchObject({ userId: 'ada', organization: 'acme' });
    expect(service.policyEnded()).toBe(false);
    await expect.poll(() => announced).toContain('sign-in-again');
    expect(keychain.entries.size).toBe(0);
    await service.stop();
    const next = await launch();
    expect(next.state()).toMatchObject({ state: 'sign-in-again', account: { userId: 'ada' } });
    await signIn(next);
    expect(next.state().state).toBe('signed-in');
  });

  it('of somebody else in the keychain is not used', async () => {
    const service = await launch();
    await signIn(service);
    await service.stop();
    const [entry = '', secret = ''] = [...keychain.entries][0] ?? [];
    keychain.entries.set(entry, JSON.stringify({ ...JSON.parse(secret), userId: 'bob' }));
    const next = await launch();
    expect(await next.accessToken()).toMatchObject({ ok: false, refusal: { code: 'sign_in_required' } });
    for (const nonsense of ['', 'null', '{"userId":"ada"}', 'x']) {
      keychain.entries.set(entry, nonsense);
      expect(await (await launch()).accessToken()).toMatchObject({ ok: false });
    }
  });
});

describe('without a keychain', () => {
  it('lives in memory, and says why', async () => {
    keychain.refusal = 'No D-Bus session runs here, so no keyring can be reached.';
    const service = await launch();
    await signIn(service);
    expect(service.state()).toMatchObject({
      state: 'signed-in',
      sessionStorage: 'memory',
      sessionStorageReason: keychain.refusal,
    });
    ageTokens();
    expect(await service.accessToken()).toMatchObject({ ok: true });
    const text = await onDisk();
    expect(text).not.toMatch(/refreshToken|refresh_token/);
    await service.stop();
    const next = await launch();
    expect(next.state()).toMatchObject({
      state: 'sign-in-again',
      sessionStorage: 'memory',
      account: { userId: 'ada' },
    });
    expect(await next.accessToken()).toMatchObject({ ok: false, refusal: { code: 'sign_in_required' } });
  });

  it('moves into the keychain once there is one', async () => {
    keychain.refusal = 'locked';
    const service = await launch();
    await signIn(service);
    keychain.refusal = null;
    ageTokens();
    await service.accessToken();
    expect(service.state().sessionStorage).toBe('keychain');
    expect(keychain.entries.size).toBe(1);
  });

  it('that is only locked at launch, the session comes back when it is unlocked', async () => {
    await signIn(await launch());
    keychain.refusal = 'The keyring is locked.';
    const next = await launch();
    expect(await next.accessToken()).toMatchObject({ ok: false, refusal: { code: 'sign_in_required' } });
    expect(next.state()).toMatchObject({
      state: 'sign-in-again',
      sessionStorage: 'memory',
      sessionStorageReason: 'The keyring is locked.',
    });
    keychain.refusal = null;
    expect(await next.accessToken()).toMatchObject({ ok: true });
    expect(next.state()).toMatchObject({ state: 'signed-in', sessionStorage: 'keychain' });
  });

  it('that refuses a new token, no old one stays behind', async () => {
    const service = await launch();
    await signIn(service);
    ageTokens();
    const write = keychain.write;
    Object.assign(keychain, { write: async () => ({ ok: false, reason: 'full' }) });
    expect(await service.accessToken()).toMatchObject({ ok: true });
    expect(service.state()).toMatchObject({ sessionStorage: 'memory', sessionStorageReason: 'full' });
    expect(keychain.entries.size).toBe(0);
    Object.assign(keychain, { write });
  });
});

describe('the hub’s keys', () => {
  it('that do not follow from the pinned one stop a sign-in, until a person has compared', async () => {
    const service = await launch();
    await signIn(service);
    const [old] = hub.keys;
    hub.keys = [await standInKey()];
    const pinned = old === undefined ? '' : await fingerprint(old.jwk);
    const [offered = ''] = await Promise.all(hub.keys.map((key) => fingerprint(key.jwk)));
    const refused = await signIn(service);
    expect(refused).toMatchObject({
      state: 'failed',
      error: {
        code: 'conflict',
        message: expect.stringContaining(offered),
        details: { pinned: [pinned], offered: [offered] },
      },
    });
    expect(refused.error?.message).toContain(pinned);
    expect(service.state().state).toBe('signed-in');
    expect(await signIn(service, 'ada', { trustKey: pinned })).toMatchObject({ state: 'failed' });
    expect(await signIn(service, 'ada', { trustKey: offered })).toMatchObject({ state: 'done' });
  });

  it('that the profile does not name are not accepted by anybody', async () => {
    const service = await launch();
    const [key] = hub.keys;
    const right = key === undefined ? '' : await fingerprint(key.jwk);
    profileKeys = ['SHA256:another'];
    expect(await signIn(service, 'ada', { trustKey: right })).toMatchObject({
      state: 'failed',
      error: { code: 'conflict' },
    });
    profileKeys = [right];
    expect(await signIn(service)).toMatchObject({ state: 'done' });
  });
});

describe('organizations', () => {
  it('are chosen within what is allowed here, and the choice is kept', async () => {
    const service = await launch();
    expect(await service.useOrganization('acme')).toMatchObject({ code: 'sign_in_required' });
    await signIn(service);
    expect(await service.useOrganization('beta')).toBeNull();
    expect(service.owner()?.organization).toBe('beta');
    expect(await service.useOrganization('gamma')).toMatchObject({
      code: 'not_found',
      details: { accepted: ['acme', 'beta'] },
    });
    expect((await launch()).owner()?.organization).toBe('beta');
    allowed = ['acme'];
    const announced: (string | null | undefined)[] = [];
    service.onChange((state) => announced.push(state.account?.organization));
    service.reviewOrganization();
    service.reviewOrganization();
    expect(announced).toEqual(['acme']);
    expect(await service.useOrganization('beta')).toMatchObject({
      code: 'forbidden',
      details: { accepted: ['acme'] },
    });
    allowed = ['elsewhere'];
    expect(service.owner()?.organization).toBeNull();
  });

  it('are read anew, and nothing is lost when that fails', async () => {
    const service = await launch();
    expect(await service.refresh()).toMatchObject({ code: 'sign_in_required' });
    await signIn(service);
    hub.accounts.set('ada', standInAccount('ada', ['beta']));
    expect(await service.refresh()).toBeNull();
    expect(service.owner()).toMatchObject({ organization: 'beta', memberships: ['beta'] });
    expect(await onDisk()).not.toContain('acme');
    for (const [status, body] of [
      [403, '{"error":{"code":"forbidden","message":"No."}}'],
      [500, ''],
      [200, '{"userId":"ada"}'],
      [200, JSON.stringify(standInAccount('bob', []))],
    ] as const) {
      hub.intercept = (request, response) => {
        if (!request.url?.startsWith('/v1/agent/account')) return false;
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
        return true;
      };
      expect(await service.refresh()).not.toBeNull();
      expect(service.owner()).toMatchObject({ userId: 'ada', memberships: ['beta'] });
      expect(service.state().state).toBe('signed-in');
    }
  });

  it('asks with a fresh token when the hub refuses the one at hand', async () => {
    const service = await launch();
    await signIn(service);
    let refusals = 1;
    hub.intercept = (request, response) => {
      if (!request.url?.startsWith('/v1/agent/account') || refusals === 0) return false;
      refusals -= 1;
      response.writeHead(401, { 'content-type': 'application/json' }).end('{}');
      return true;
    };
    expect(await service.refresh()).toBeNull();
    expect(tokenRequests()).toBe(2);
  });
});

describe('signing out', () => {
  it('ends the session here, in the keychain and at the hub, and the policy where sign-in is not enforced', async () => {
    const service = await launch();
    await signIn(service);
    const deviceId = service.state().account?.deviceId;
    await service.logout();
    expect(service.state()).toEqual({ state: 'signed-out', account: null, sessionStorage: 'keychain' });
    expect(service.owner()).toBeNull();
    expect(service.policyEnded()).toBe(true);
    expect(keychain.entries.size).toBe(0);
    expect(hub.requests).toContain('POST /token/revocation');
    expect(await service.accessToken()).toMatchObject({ ok: false });
    expect(await onDisk()).not.toContain('ada@example.com');
    const next = await launch();
    expect(next.policyEnded()).toBe(true);
    await signIn(next);
    expect(next.policyEnded()).toBe(false);
    expect(next.state().account?.deviceId).toBe(deviceId);
  });

  it('leaves the policy where sign-in is enforced', async () => {
    enforced = true;
    const service = await launch();
    await signIn(service);
    await service.logout();
    expect(service.policyEnded()).toBe(false);
    expect((await launch()).policyEnded()).toBe(false);
    enforced = false;
    await service.logout();
    expect(service.policyEnded()).toBe(true);
  });

  it('works without the hub, without the keychain, and on a full disk', async () => {
    const service = await launch();
    await signIn(service);
    hub.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    keychain.refusal = 'locked';
    failWrites = true;
    await expect(service.logout()).rejects.toMatchObject({ refusal: { code: 'storage_failed' } });
    expect(service.state().state).toBe('signed-out');
  });
});

describe('the record', () => {
  it('that is damaged is begun anew', async () => {
    const service = await launch();
    await signIn(service);
    for (const text of ['', '{', '[]', '{"version":1}', '\0\0\0']) {
      await disk.write(join(folder, 'account.json'), text);
      const next = await launch();
      expect(next.state().state).toBe('signed-out');
      expect(next.policyEnded()).toBe(false);
    }
  });
});
