import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { runCommandLine } from '../command-line.ts';
import { desktopAppBeside } from './desktop-app.ts';

/*
 * The command `mooring` as the desktop app's installers bring it: one file with Node in it, because the app's own
 * Electron cannot be run as Node. It is started by a link on the PATH, so where it stands is asked of the link's end.
 */
const own = realpathSync(process.execPath);
const app = desktopAppBeside(own, process.platform, existsSync);
void runCommandLine(process.argv.slice(2), { folder: dirname(own), app }).then((exit) => process.exit(exit));
