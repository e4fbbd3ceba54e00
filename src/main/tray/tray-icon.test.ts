import type { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Platform } from '../../shared/settings/setting.ts';
import { desktopText } from '../../shared/text/desktop-text.ts';
import { status } from './sample-status.ts';
import { createTrayIcon } from './tray-icon.ts';

/*
 * What Electron is told to draw, on each platform: the end-to-end tests run on one platform only.
 */

interface Line {
  readonly id?: string;
  readonly label?: string;
  readonly enabled?: boolean;
  click?(): void;
}

const electron = vi.hoisted(() => ({
  theme: null as EventEmitter | null,
  tray: null as EventEmitter | null,
  images: [] as { file: string; template: boolean }[],
  menu: [] as Line[],
  menus: 0,
  toolTip: '',
}));

vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events');
  class Tray extends EventEmitter {
    constructor(image: { file: string; template: boolean }) {
      super();
      electron.tray = this;
      electron.images.push(image);
    }
    setImage(image: { file: string; template: boolean }): void {
      electron.images.push(image);
    }
    setToolTip(text: string): void {
      electron.toolTip = text;
    }
    setContextMenu(menu: Line[]): void {
      electron.menu = menu;
      electron.menus += 1;
    }
    destroy(): void {
      electron.tray = null;
    }
  }
  const theme = Object.assign(new EventEmitter(), {
    ...{ shouldUseDarkColors: false, shouldUseDarkColorsForSystemIntegratedUI: false, themeSource: 'system' },
  });
  electron.theme = theme;
  return {
    Tray,
    Menu: { buildFromTemplate: (lines: Line[]) => lines },
    nativeTheme: theme,
    nativeImage: {
      createFromPath: (file: string) => {
        const image = {
          file,
          template: false,
          setTemplateImage: (is: boolean) => {
            image.template = is;
          },
        };
        return image;
      },
    },
  };
});

const NOW = Date.parse('2026-05-01T12:02:30.000Z');
const state = (sample = status()) =>
  ({ status: sample, starting: false, offersCommand: false, update: { state: 'idle' }, now: NOW }) as const;

function made(platform: Platform) {
  const did: string[] = [];
  const icon = createTrayIcon({
    platform,
    text: desktopText(['en']),
    images: '/images',
    onAction: (action) => did.push(action),
    onClick: () => did.push('click'),
  });
  return { icon, did };
}
const shown = () => electron.images.at(-1)?.file.replace('/images/', '');
const system = (change: Record<string, unknown>) => {
  Object.assign(electron.theme ?? {}, change);
  electron.theme?.emit('updated');
};

beforeEach(() => {
  electron.theme?.removeAllListeners();
  system({
    shouldUseDarkColors: false,
    shouldUseDarkColorsForSystemIntegratedUI: false,
    themeSource: 'system',
  });
  Object.assign(electron, { images: [], menu: [], menus: 0 });
});

describe('the icon', () => {
  test('is a template on mac, whose colour the system gives', () => {
    const { icon } = made('mac');
    icon.show(state());
    expect(electron.images.map(({ file, template }) => [file, template])).toEqual([
      ['/images/offline-Template.png', true],
      ['/images/in-force-Template.png', true],
    ]);
  });

  test('is drawn for the task bar of Windows, whatever theme the app has', () => {
    const { icon } = made('windows');
    icon.show(state());
    expect(shown()).toBe('in-force-light.png');
    system({ themeSource: 'dark', shouldUseDarkColors: true });
    expect(shown()).toBe('in-force-light.png');
    system({ shouldUseDarkColorsForSystemIntegratedUI: true });
    expect(shown()).toBe('in-force-dark.png');
  });

  test('is drawn large on Linux, for what the system last said of itself', () => {
    const { icon } = made('linux');
    icon.show(state());
    expect(shown()).toBe('in-force-light-large.png');
    system({ shouldUseDarkColors: true });
    expect(shown()).toBe('in-force-dark-large.png');
    system({ themeSource: 'light', shouldUseDarkColors: false });
    expect(shown()).toBe('in-force-dark-large.png');
  });

  test.each([
    ['windows', ['click']],
    ['linux', ['click']],
    // There a click opens the menu, as with every item of the menu bar.
    ['mac', []],
  ] as const)('left click on %s', (platform, expected) => {
    const { did } = made(platform);
    electron.tray?.emit('click');
    expect(did).toEqual(expected);
  });

  test('its menu says what is to be read and does what is to be done', () => {
    const { icon, did } = made('linux');
    icon.show(state(status({ policyName: 'Design & Build' })));
    const [account, policy] = electron.menu;
    expect([account?.enabled, policy?.enabled]).toEqual([false, false]);
    expect(policy?.label).toBe('Managed by acme: Design && Build, revision 7, 2 minutes ago');
    for (const { click } of electron.menu) click?.();
    expect(did).toEqual([
      'open-settings',
      'open-policy',
      'sync',
      'sign-out',
      'check-updates',
      'about',
      'quit',
    ]);
    expect(electron.toolTip).toBe('Mooring: policy in force');
  });

  test('is drawn again only when something of it changed, and no more once it is gone', () => {
    const { icon } = made('mac');
    icon.show(state(status({ policyName: 'Design & Build' })));
    icon.show(state(status({ policyName: 'Design & Build' })));
    expect(electron.menus).toBe(1);
    expect(electron.menu[1]?.label).toContain('Design & Build');
    icon.remove();
    expect(electron.tray).toBeNull();
    const drawn = electron.images.length;
    electron.theme?.emit('updated');
    expect(electron.images.length).toBe(drawn);
  });
});
