import { join } from 'node:path';
import { app, protocol } from 'electron';
import { readHostFacts } from '../agent/host.ts';
import { agentPaths } from '../agent/paths.ts';
import { APP_SCHEME } from './protocol/app-origin.ts';

/*
 * What must happen before Electron is ready, and nothing else: the rest is loaded while Electron starts.
 */

/** What the system asked for before the app could answer. */
const inbox: { links: string[]; starts: (readonly string[])[] } = { links: [], starts: [] };

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
app.enableSandbox();

const paths = agentPaths(readHostFacts(), 'mooring');
const folder = join(paths.userData, 'window');
app.setPath('userData', folder);

// A session without a display has neither tray nor window; the agent is needed there all the same.
const display =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
if (!display) app.commandLine.appendSwitch('ozone-platform', 'headless');

app.on('open-url', (event, url) => {
  event.preventDefault();
  inbox.links.push(url);
});

app.on('second-instance', (_, argv) => inbox.starts.push(argv));

if (app.requestSingleInstanceLock()) {
  const desktop = import('./desktop.ts');
  Promise.all([desktop, app.whenReady()])
    // The bundler moves other modules elsewhere: only here is it known where this one stands.
    .then(([{ startDesktop }]) =>
      startDesktop({ inbox, folder, display, paths, built: join(import.meta.dirname, '..') }),
    )
    .catch((error: unknown) => {
      process.stderr.write(`Mooring could not start: ${error instanceof Error ? error.message : error}\n`);
      app.exit(1);
    });
} else {
  // The first one hears of it and shows itself.
  app.quit();
}
