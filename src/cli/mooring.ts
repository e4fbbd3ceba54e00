import { runCommandLine } from './command-line.ts';

/*
 * The command `mooring` as npm installs it. Ended by name: a connection kept alive somewhere must not keep a
 * finished command waiting.
 */
process.exit(await runCommandLine(process.argv.slice(2), { folder: import.meta.dirname, app: null }));
