import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { DesktopText } from '../../shared/text/desktop-text.ts';

const APP = [
  'about',
  null,
  'services',
  null,
  ...(['hide', 'hideOthers', 'unhide'] as const),
  null,
  'quit',
] as const;
const EDIT = [
  ...(['undo', 'redo'] as const),
  null,
  ...(['cut', 'copy', 'paste', 'pasteAndMatchStyle', 'delete', 'selectAll'] as const),
] as const;
const ZOOM = ['resetZoom', 'zoomIn', 'zoomOut', null, 'togglefullscreen'] as const;
const DEVELOPERS = ['reload', 'forceReload', 'toggleDevTools', null] as const;
const WINDOW = ['minimize', 'zoom', 'close', null, 'front'] as const;

type Role = Exclude<
  | (typeof APP)[number]
  | (typeof EDIT)[number]
  | (typeof ZOOM)[number]
  | (typeof DEVELOPERS)[number]
  | (typeof WINDOW)[number],
  null
>;

/**
 * The menu of the application: on mac it is what makes copy, paste and quit work; elsewhere the window has none. An
 * installed app offers neither reloading nor developer tools. What a role does is Electron's, what it is called is
 * ours: Electron names roles in English only.
 */
export function applicationMenu(
  platform: NodeJS.Platform,
  installed: boolean,
  { t }: Pick<DesktopText, 't'>,
): Menu | null {
  if (platform !== 'darwin') return null;
  const items = (roles: readonly (Role | null)[]): MenuItemConstructorOptions[] =>
    roles.map((role) => (role === null ? { type: 'separator' } : { role, label: t(`menu.${role}`) }));
  return Menu.buildFromTemplate([
    { label: 'Mooring', submenu: items(APP) },
    { label: t('menu.edit'), submenu: items(EDIT) },
    { label: t('menu.view'), submenu: items(installed ? ZOOM : [...DEVELOPERS, ...ZOOM]) },
    // By the role mac knows where it lists the windows.
    { role: 'window', label: t('menu.window'), submenu: items(WINDOW) },
  ]);
}
