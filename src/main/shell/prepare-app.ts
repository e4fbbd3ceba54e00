import type { App } from 'electron';
import { LINK_SCHEME } from '../deep-link/deep-link.ts';

/** What is said to Electron once, before anything is shown. */
export function prepareApp(options: {
  readonly app: Pick<
    App,
    'setAppUserModelId' | 'setAboutPanelOptions' | 'setAsDefaultProtocolClient' | 'on' | 'dock'
  >;
  readonly installed: boolean;
  readonly version: string;
}): void {
  const { app, installed, version } = options;
  // By it Windows knows whose notifications those are.
  app.setAppUserModelId('dev.mooring.desktop');
  app.setAboutPanelOptions({ applicationName: 'Mooring', applicationVersion: version, version: '' });
  // An unpackaged copy would register Electron itself.
  if (installed) app.setAsDefaultProtocolClient(LINK_SCHEME);
  app.dock?.hide();
  // Without a window the app lives on in the tray.
  app.on('window-all-closed', () => undefined);
  app.on('web-contents-created', (_, contents) => {
    // Whatever makes web contents that are not our window's: they open nothing either.
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}
