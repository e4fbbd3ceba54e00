import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMMAND_NOTE, commandNoteSchema } from '../../shared/contracts/command-note.ts';
import { runCommandLine } from '../command-line.ts';
import { desktopAppBeside } from './desktop-app.ts';

/*
 * The command `mooring` as the desktop app's installers bring it: one file with Node in it, because the app's own
 * Electron cannot be run as Node. It is started by a link on the PATH, so where it stands is asked of the link's end.
 */
const own = realpathSync(process.execPath);
const app = desktopAppBeside(own, process.platform, existsSync, appInNote(join(dirname(own), COMMAND_NOTE)));
void runCommandLine(process.argv.slice(2), { folder: dirname(own), app }).then((exit) => process.exit(exit));

/** The app that a copy of the command belongs to, as the app itself wrote it beside it. */
function appInNote(file: string): string | null {
  try {
    return commandNoteSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).app;
  } catch {
    return null;
  }
}
