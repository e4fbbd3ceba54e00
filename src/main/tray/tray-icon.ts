import { join } from 'node:path';
import { Menu, nativeImage, nativeTheme, Tray } from 'electron';
import type { Platform } from '../../shared/settings/setting.ts';
import type { DesktopText } from '../../shared/text/desktop-text.ts';
import { type TrayFace, trayFace } from './face.ts';
import { type TrayAction, type TrayState, trayMenu } from './menu.ts';

/** The icon in the tray, the notification area or the menu bar. */
export interface TrayIcon {
  /** Draws the state; cheap where nothing that is shown changed. */
  show(state: TrayState): void;
  remove(): void;
}

export interface TrayIconOptions {
  readonly platform: Platform;
  readonly text: DesktopText;
  /** Folder of the tray's images (scripts/make-icons.ts). */
  readonly images: string;
  readonly onAction: (action: TrayAction) => void;
  /** Left click, where a click is expected to open the window. On mac it opens the menu, as every menu-bar item. */
  readonly onClick: () => void;
}

export function createTrayIcon(options: TrayIconOptions): TrayIcon {
  const { platform } = options;
  let face: TrayFace = 'offline';
  let shown = '';
  const panelIsDark = createPanelLook(platform);
  const tray = new Tray(image(options, face, panelIsDark()));
  const redraw = (): void => tray.setImage(image(options, face, panelIsDark()));
  nativeTheme.on('updated', redraw);
  if (platform !== 'mac') tray.on('click', options.onClick);
  return {
    show: (state) => {
      const next = trayFace(state.status);
      const items = trayMenu(state, options.text);
      const drawn = JSON.stringify([next, items]);
      if (drawn === shown) return;
      shown = drawn;
      if (next !== face) {
        face = next;
        redraw();
      }
      tray.setToolTip(options.text.t(`face.${next}`));
      tray.setContextMenu(
        Menu.buildFromTemplate(
          items.map((item) => {
            if (item.kind === 'separator') return { type: 'separator' };
            const label = plainLabel(item.text, platform);
            if (item.kind === 'note') return { label, enabled: false };
            return {
              id: item.action,
              label,
              enabled: item.enabled,
              click: () => options.onAction(item.action),
            };
          }),
        ),
      );
    },
    remove: () => {
      nativeTheme.off('updated', redraw);
      tray.destroy();
    },
  };
}

/** Windows and Linux take `&` for the mark of a key; a name may hold one. */
function plainLabel(text: string, platform: Platform): string {
  return platform === 'mac' ? text : text.replace(/&/g, '&&');
}

/**
 * Whether what the icon stands on is dark. The theme of the app says nothing about that, although Electron answers with
 * it once it is set: Windows tells of its task bar apart, and on Linux what the system said before has to do.
 */
function createPanelLook(platform: Platform): () => boolean {
  if (platform === 'windows') return () => nativeTheme.shouldUseDarkColorsForSystemIntegratedUI;
  let dark = nativeTheme.shouldUseDarkColors;
  return () => {
    if (nativeTheme.themeSource === 'system') dark = nativeTheme.shouldUseDarkColors;
    return dark;
  };
}

function image({ platform, images }: TrayIconOptions, face: TrayFace, dark: boolean): Electron.NativeImage {
  if (platform === 'mac') {
    const template = nativeImage.createFromPath(join(images, `${face}-Template.png`));
    template.setTemplateImage(true);
    return template;
  }
  const kind = dark ? 'dark' : 'light';
  // Hosts on Linux scale what they are given, and know no image of several sizes.
  const size = platform === 'linux' ? '-large' : '';
  return nativeImage.createFromPath(join(images, `${face}-${kind}${size}.png`));
}
