import { describe, expect, test } from 'vitest';
import { status } from '../tray/sample-status.ts';
import { outwardLinks } from './outward-links.ts';
import { noteSignIns } from './sign-in-addresses.ts';
import { windowBounds } from './window-bounds.ts';

const SCREEN = { x: 0, y: 0, width: 1920, height: 1040 };

describe('where the window opens', () => {
  const there = { x: 100, y: 50, width: 900, height: 700 };
  test('where it was', () => expect(windowBounds(there, [SCREEN])).toEqual(there));
  test('in its usual size, the first time', () =>
    expect(windowBounds(null, [SCREEN])).toEqual({ width: 1100, height: 760 }));
  test.each([
    ['a display that is gone', { ...there, x: 2500 }],
    ['above the display, where it cannot be grasped', { ...there, y: -300 }],
    ['beyond the last pixels', { ...there, x: -880 }],
  ])('not at %s', (_, remembered) =>
    expect(windowBounds(remembered, [SCREEN])).toEqual({ width: 900, height: 700 }),
  );
  test('never larger than a display nor too small to use', () => {
    expect(windowBounds({ x: 0, y: 0, width: 9000, height: 1 }, [SCREEN])).toMatchObject({
      ...{ width: 1920, height: 420 },
    });
  });
});

describe('links to the outside', () => {
  const sign = 'https://login.hub.example/auth?client_id=mooring';
  const links = outwardLinks(
    () => status(),
    () => [sign],
  );
  test.each([
    'https://mooring.dev/docs',
    'https://hub.acme.example/devices',
    'https://help.acme.example/desk',
    sign,
  ])('%s is opened', (address) => expect(links.allowed(address)).toBe(address));
  test.each([
    'https://evil.example/',
    'http://hub.acme.example/',
    'https://hub.acme.example:8443/',
    'https://me:secret@mooring.dev/',
    'https://mooring.dev.evil.example/',
    'mailto:ceo@acme.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ms-settings:privacy',
    'smb://evil.example/share',
    'mooring://policy',
    'not an address',
  ])('%s is not', (address) => expect(links.allowed(address)).toBeNull());
  test('a contact by mail opens that mail, and nothing else that has no origin', () => {
    const now = status();
    const mail = outwardLinks(
      () =>
        now.policy === null
          ? now
          : { ...now, policy: { ...now.policy, contact: { name: 'Desk', url: 'mailto:desk@acme.example' } } },
      () => [],
    );
    expect(mail.allowed('mailto:desk@acme.example')).toBe('mailto:desk@acme.example');
    for (const address of [
      'file:///etc/passwd',
      'javascript:alert(1)',
      'mailto:ceo@acme.example',
      'data:text/html,x',
    ])
      expect(mail.allowed(address)).toBeNull();
  });
  test('without an account there is our own site only', () => {
    const alone = outwardLinks(
      () => null,
      () => [],
    );
    expect(alone.allowed('https://hub.acme.example/')).toBeNull();
    expect(alone.allowed('https://mooring.dev/')).not.toBeNull();
  });
});

test('the address of a sign-in is known while it is under way, and no longer', async () => {
  const answer = (state: 'waiting' | 'done') => ({
    ...{ id: '1', state, method: 'device', url: 'https://hub.example/device' },
    expiresAt: '2026-05-01T12:00:00.000Z',
  });
  const answers = [answer('waiting'), answer('done')];
  const noted = noteSignIns(async () => Response.json(answers.shift()));
  const ask = (method: string, path: string) => noted.fetch(new Request(`http://agent${path}`, { method }));
  expect(await (await ask('POST', '/v1/account/login')).json()).toMatchObject({ state: 'waiting' });
  expect(noted.addresses()).toEqual(['https://hub.example/device']);
  await ask('GET', '/v1/account/login/1');
  expect(noted.addresses()).toEqual([]);
  // The same shape from anywhere else opens nothing.
  answers.push(answer('waiting'));
  await ask('GET', '/v1/status');
  expect(noted.addresses()).toEqual([]);
});
