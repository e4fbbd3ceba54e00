import { describe, expect, test } from 'vitest';
import { type DisplayAddress, type Environment, namedDisplays } from './display-address.ts';
import { findDisplay, wordsForDisplay } from './find-display.ts';

const addressOf = (environment: Environment) => namedDisplays(environment)[0]?.address;

describe('where a display is', () => {
  test.each<readonly [string, DisplayAddress | null]>([
    [':0', { kind: 'socket', paths: ['\0/tmp/.X11-unix/X0', '/tmp/.X11-unix/X0'] }],
    ['unix:12.1', { kind: 'socket', paths: ['\0/tmp/.X11-unix/X12', '/tmp/.X11-unix/X12'] }],
    ['localhost:10.0', { kind: 'tcp', host: 'localhost', port: 6010 }],
    ['tcp/box.example:1', { kind: 'tcp', host: 'box.example', port: 6001 }],
    ['[::1]:2', { kind: 'tcp', host: '::1', port: 6002 }],
    ['/run/x/display.0', { kind: 'socket', paths: ['/run/x/display.0', '/run/x/display'] }],
    [':60000', { kind: 'socket', paths: ['\0/tmp/.X11-unix/X60000', '/tmp/.X11-unix/X60000'] }],
    ['box:60000', null],
    ['nonsense', null],
    [':', null],
  ])('DISPLAY=%s', (name, address) => {
    expect(addressOf({ DISPLAY: name })).toEqual(address);
  });

  test.each<readonly [Environment, DisplayAddress | null | undefined]>([
    [{ WAYLAND_DISPLAY: 'wayland-1', XDG_RUNTIME_DIR: '/run/user/7' }, socket('/run/user/7/wayland-1')],
    [{ WAYLAND_DISPLAY: '/elsewhere/w', XDG_RUNTIME_DIR: '/run/user/7' }, socket('/elsewhere/w')],
    [{ WAYLAND_DISPLAY: 'wayland-1' }, null],
    [{ WAYLAND_DISPLAY: 'wayland-1', XDG_RUNTIME_DIR: 'relative' }, null],
    [{ XDG_RUNTIME_DIR: '/run/user/7' }, socket('/run/user/7/wayland-0')],
    [{ WAYLAND_DISPLAY: '', XDG_RUNTIME_DIR: '/run/user/7' }, undefined],
    [{ WAYLAND_SOCKET: '5' }, { kind: 'given' }],
    [{}, undefined],
  ])('%j', (environment, address) => {
    expect(addressOf(environment)).toEqual(address);
  });
});

function socket(...paths: readonly string[]): DisplayAddress {
  return { kind: 'socket', paths };
}

describe('which display is drawn on', () => {
  const BOTH = { DISPLAY: 'x:1', WAYLAND_DISPLAY: '/w' };
  const alive =
    (...backends: readonly string[]) =>
    async ({ kind }: DisplayAddress) =>
      backends.includes(kind === 'tcp' ? 'x11' : 'wayland');

  test.each<readonly [Environment, string, readonly string[], string, readonly string[]]>([
    [BOTH, 'wayland', ['x11', 'wayland'], 'wayland', []],
    [BOTH, 'x11', ['x11', 'wayland'], 'x11', []],
    [BOTH, 'x11', ['wayland'], 'wayland', ['DISPLAY=x:1']],
    [BOTH, 'wayland', ['x11'], 'x11', ['WAYLAND_DISPLAY=/w']],
    [BOTH, 'wayland', [], 'headless', ['WAYLAND_DISPLAY=/w', 'DISPLAY=x:1']],
    [{ DISPLAY: 'nonsense' }, 'x11', ['x11'], 'headless', ['DISPLAY=nonsense']],
    // The usual one of Wayland was named by nobody.
    [{ XDG_RUNTIME_DIR: '/run' }, 'x11', [], 'headless', []],
    [{}, 'x11', [], 'headless', []],
    // Whoever asked for none gets none, and a display that is there is not called gone.
    [BOTH, 'headless', ['x11'], 'headless', []],
  ])('%j, Chromium chose %s, %j answer', async (environment, chosen, living, backend, gone) => {
    expect(await findDisplay(environment, chosen, alive(...living))).toEqual({ backend, gone });
  });

  test('the app starts again only where Chromium chose another one, with its own words, and once', () => {
    const words = ['mooring://policy', '--at-login'];
    expect(wordsForDisplay('x11', 'x11', words)).toBe(null);
    const again = wordsForDisplay('headless', 'x11', words);
    expect(again).toEqual([...words, '--ozone-platform=headless']);
    expect(wordsForDisplay('headless', 'headless', again ?? [])).toBe(null);
    // Whatever Chromium made of it: nothing is started over and over.
    expect(wordsForDisplay('headless', 'x11', again ?? [])).toBe(null);
    expect(wordsForDisplay('wayland', 'headless', again ?? [])).toEqual([
      ...words,
      '--ozone-platform=wayland',
    ]);
  });
});
