import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BODY_LIMIT } from '../../src/agent/local-api/http-answer.ts';
import { errorBodySchema } from '../../src/shared/contracts/local-api.ts';
import { type Desktop, type Launcher, openLauncher } from './desktop.ts';

/*
 * Electron's security checklist (electronjs.org/docs/latest/tutorial/security), an item a test, on the built bundles.
 * What concerns the packaged program itself (fuses) is test/desktop/packed.test.ts.
 */
describe('the window is shut in', () => {
  let launcher: Launcher;
  let desktop: Desktop;
  let page: Page;

  beforeAll(async () => {
    launcher = await openLauncher();
    desktop = await launcher.launch();
    await desktop.until(({ menu }) => menu.some(({ id, enabled }) => id === 'sync' && enabled));
    await desktop.app.choose('open-settings');
    page = await desktop.app.page();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  });
  afterAll(() => launcher.close());

  const preferences = async () => (await desktop.app.seen()).webPreferences;

  test('the page comes from its own scheme, never from file:', async () => {
    const { windows } = await desktop.app.seen();
    expect(windows.map(({ address }) => address)).toEqual([expect.stringMatching(/^app:\/\/mooring\//)]);
  });

  test('the renderer is sandboxed, and so would be every other', async () => {
    expect(await preferences()).toMatchObject({ sandbox: true });
    expect(await desktop.app.seen()).toMatchObject({ sandboxed: true });
  });

  test('the page’s scheme is an origin of its own, and no way around the policy or the network', async () => {
    const { schemes } = await desktop.app.seen();
    expect(schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
  });

  test('web contents that are not the window’s open nothing either', async () => {
    expect(await desktop.app.strangerOpens()).toBe(false);
  });

  test('the page and the preload script have contexts of their own', async () => {
    expect(await preferences()).toMatchObject({ contextIsolation: true });
  });

  test('there is no Node in the page, its workers or its frames', async () => {
    expect(await preferences()).toMatchObject({ nodeIntegration: false });
    expect((await preferences()).nodeIntegrationInWorker).not.toBe(true);
    expect((await preferences()).nodeIntegrationInSubFrames).not.toBe(true);
    expect(await page.evaluate('[typeof process, typeof require, typeof Buffer, typeof module]')).toEqual(
      Array(4).fill('undefined'),
    );
  });

  test('web security is on, insecure content and webviews are off', async () => {
    const now = await preferences();
    expect(now.webSecurity).not.toBe(false);
    for (const name of ['allowRunningInsecureContent', 'experimentalFeatures', 'webviewTag'])
      expect(now[name], name).not.toBe(true);
    expect(now.enableBlinkFeatures ?? '').toBe('');
    expect(now.navigateOnDragDrop).not.toBe(true);
  });

  test('the bridge is all that the page is given, and it cannot be changed', async () => {
    expect(await page.evaluate('Object.keys(window.mooring).sort()')).toEqual(['events', 'fetch']);
    await page.evaluate(`try { window.mooring.fetch = () => 'mine'; } catch {}`);
    expect(await page.evaluate('String(window.mooring.fetch).includes("mine")')).toBe(false);
  });

  test('a strict content security policy stands in the answer itself', async () => {
    const response = await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    expect(await response?.headerValue('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(await response?.headerValue('x-content-type-options')).toBe('nosniff');
  });

  test('the policy holds: no inline script, no foreign script, no connection, no frame, no image', async () => {
    const held = await page.evaluate(`
      new Promise((resolve) => {
        const violations = new Set();
        const add = (tag, fields) => document.body.append(Object.assign(document.createElement(tag), fields));
        addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
          violations.add(effectiveDirective + ' ' + blockedURI);
          if (violations.size === 5) resolve({ violations: [...violations].sort(), ran: window.inlineRan === true });
        });
        add('script', { textContent: 'window.inlineRan = true' });
        add('script', { src: 'https://example.com/evil.js' });
        add('iframe', { src: 'https://example.com/' });
        add('img', { src: 'https://example.com/beacon.png' });
        fetch('/index.html').catch(() => undefined);
      })`);
    expect(held).toEqual({
      violations: [
        expect.stringMatching(/^connect-src \w+:\/\/mooring/),
        expect.stringMatching(/^frame-src https:\/\/example\.com/),
        'img-src https://example.com/beacon.png',
        'script-src-elem https://example.com/evil.js',
        'script-src-elem inline',
      ],
      ran: false,
    });
  });

  test('every permission but writing to the clipboard is refused', async () => {
    const granted = await page.evaluate(`
      Promise.all(['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read', 'clipboard-write']
        .map((name) => navigator.permissions.query({ name }).then(({ state }) => (state === 'granted' ? name : ''), () => '')))
        .then((names) => names.filter((name) => name !== ''))`);
    expect(granted).toEqual(['clipboard-write']);
  });

  test('the page stays where it is: other places are not gone to, and not opened in a browser either', async () => {
    const before = page.url();
    // The way a link goes.
    for (const href of ['https://example.com/', 'file:///etc/passwd', 'javascript:alert(1)'])
      await page.evaluate(
        `Object.assign(document.createElement('a'), { href: ${JSON.stringify(href)} }).click()`,
      );
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    expect(page.url()).toBe(before);
    expect((await desktop.app.seen()).outside).toEqual([]);
  });

  test('no window is opened by a page', async () => {
    const { opened } = await desktop.app.seen();
    for (const address of [
      'https://example.com/',
      'app://mooring/',
      'file:///etc/passwd',
      'mooring://settings',
    ])
      await page.evaluate(`void window.open(${JSON.stringify(address)})`);
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 50))');
    const seen = await desktop.app.seen();
    expect(seen.opened).toBe(opened);
    expect(seen.windows).toHaveLength(1);
    expect(seen.outside).toEqual([]);
  });

  const ask = async (request: unknown) => {
    const answer = await page.evaluate(
      `window.mooring.fetch(${JSON.stringify(request)}).catch((error) => ({ status: 0, body: String(error) }))`,
    );
    return answer as { status: number; body: string };
  };
  const code = ({ body }: { body: string }) => errorBodySchema.parse(JSON.parse(body)).error.code;

  test.each([
    ['stop', { method: 'POST', path: '/v1/stop', body: null }],
    ['the browser’s door', { method: 'POST', path: '/v1/dashboard', body: null }],
    ['the exchange of a token', { method: 'POST', path: '/v1/session', body: '{"token":"x"}' }],
    ['the endless answer', { method: 'GET', path: '/v1/events', body: null }],
  ])('the bridge does not carry %s', async (_, request) => {
    expect(code(await ask(request))).toBe('forbidden');
    expect((await desktop.ask('GET', '/v1/account')).status).toBe(200);
  });

  test.each([
    ['nothing', {}],
    ['a text', 'GET /v1/status'],
    ['another host', { method: 'GET', path: '//evil.example/v1/status', body: null }],
    ['a whole address', { method: 'GET', path: 'http://evil.example/v1/status', body: null }],
    ['a way out of the API', { method: 'GET', path: '/v1/../etc/passwd', body: null }],
    ['a method of no route', { method: 'CONNECT', path: '/v1/status', body: null }],
    ['a body that is no text', { method: 'PATCH', path: '/v1/settings', body: { set: {} } }],
    ['an endless path', { method: 'GET', path: `/v1/${'a'.repeat(5000)}`, body: null }],
  ])('malformed IPC is refused: %s', async (_, request) => {
    const answer = await ask(request);
    expect(['bad_request', 'not_found']).toContain(code(answer));
  });

  test('oversized IPC is refused', async () => {
    const body = JSON.stringify({ set: { theme: 'x'.repeat(BODY_LIMIT) } });
    expect(code(await ask({ method: 'PATCH', path: '/v1/settings', body }))).toBe('too_large');
  });

  test('what is well formed is carried', async () => {
    const answer = await ask({ method: 'GET', path: '/v1/account', body: null });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ state: 'signed-out' });
  });
});
