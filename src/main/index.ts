import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { app, protocol } from 'electron';
import { readHostFacts } from '../agent/host.ts';
import { agentPaths } from '../agent/paths.ts';
import { answers } from './display/answers.ts';
import { findDisplay, wordsForDisplay } from './display/find-display.ts';
import { ownProgram } from './login-item/autostart-file.ts';
import { APP_SCHEME } from './protocol/app-origin.ts';

/*
 * What must happen before Electron is ready, and nothing else: the rest is loaded while Electron starts.
 */

/** What the system asked for before the app could answer. */
const inbox: { links: string[]; starts: (readonly string[])[] } = { links: [], starts: [] };

// Whoever started the app may close the terminal that hears it; what is said there is in the log or on the screen too.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
app.enableSandbox();

const paths = agentPaths(readHostFacts(), 'mooring');
const folder = join(paths.userData, 'window');
app.setPath('userData', folder);

app.on('open-url', (event, url) => {
  event.preventDefault();
  inbox.links.push(url);
});

app.on('second-instance', (_, argv) => inbox.starts.push(argv));

// A session without a display has neither tray nor window; the agent is needed there all the same.
const chosen = app.commandLine.getSwitchValue('ozone-platform');
const found = process.platform === 'linux' ? await findDisplay(process.env, chosen, answers) : null;
const again = found === null ? null : wordsForDisplay(found.backend, chosen, process.argv.slice(1));
const display = found?.backend !== 'headless';

if (again !== null) {
  const program = ownProgram(process.env, process.execPath);
  // Not Electron's own way of starting again: its helper runs from the AppImage, which is gone with this process.
  const started = spawn(program, [...process.execArgv, ...again], { detached: true, stdio: 'inherit' });
  const failure = await new Promise<Error | null>((resolve) =>
    started.once('spawn', () => resolve(null)).once('error', resolve),
  );
  if (failure !== null) process.stderr.write(`${failure.message}\n`);
  app.exit(failure === null ? 0 : 1);
} else if (app.requestSingleInstanceLock()) {
  const desktop = import('./desktop.ts');
  const gone = found?.gone ?? [];
  Promise.all([desktop, app.whenReady()])
    // The bundler moves other modules elsewhere: only here is it known where this one stands.
    .then(([{ startDesktop }]) =>
      startDesktop({ inbox, folder, display, gone, paths, built: join(import.meta.dirname, '..') }),
    )
    .catch(async (error: unknown) => (await import('./shell/failed-start.ts')).failStart(error, display))
    .catch((error: unknown) => {
      process.stderr.write(`${error}\n`);
      app.exit(1);
    });
} else {
  // The first one hears of it and shows itself.
  app.quit();
}
