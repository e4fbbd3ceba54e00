import { Menu } from 'electron';

/**
 * The menu of the application: on mac it is what makes copy, paste and quit work; elsewhere the window has none. An
 * installed app offers neither reloading nor developer tools.
 */
export function applicationMenu(platform: NodeJS.Platform, installed: boolean): Menu | null {
  if (platform !== 'darwin') return null;
  return Menu.buildFromTemplate([
    { role: 'appMenu' },
    { role: 'editMenu' },
    ...(installed ? [] : [{ role: 'viewMenu' as const }]),
    { role: 'windowMenu' },
  ]);
}
