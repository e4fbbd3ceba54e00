import { describe, expect, it } from 'vitest';
import { browserOpener, openingWebOnly } from './browser-opener.ts';

const ADDRESS = 'https://hub.acme.test/oauth/authorize?a=1&b=$(id)|`id`;%20&c="x"';
const AS_SENT = new URL(ADDRESS).href;

describe('the system browser', () => {
  const started: string[][] = [];
  const start = async (file: string, args: readonly string[]) => {
    started.push([file, ...args]);
    return true;
  };

  it.each([
    ['mac', ['/usr/bin/open', AS_SENT]],
    ['windows', ['C:\\Windows\\System32\\rundll32.exe', 'url.dll,FileProtocolHandler', AS_SENT]],
    ['linux', ['xdg-open', AS_SENT]],
  ] as const)('on %s gets the address as one argument', async (platform, command) => {
    started.length = 0;
    expect(await openingWebOnly(browserOpener(platform, 'C:\\Windows', start))(ADDRESS)).toBe(true);
    expect(started).toEqual([command]);
  });

  it.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ms-settings:',
    '--version',
    '',
    'C:\\Windows\\calc.exe',
  ])('is not asked to open %s', async (address) => {
    started.length = 0;
    expect(await openingWebOnly(browserOpener('linux', '', start))(address)).toBe(false);
    expect(started).toEqual([]);
  });

  it('that cannot be started is no error', async () => {
    expect(await browserOpener('linux', '', async () => false)('https://hub.acme.test')).toBe(false);
    // Really started: there is no such program at this path.
    expect(await browserOpener('windows', '/nowhere')('https://hub.acme.test')).toBe(false);
  });
});
