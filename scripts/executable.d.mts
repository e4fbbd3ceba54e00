/** Makes the command of the desktop app's installers, one file with Node in it, at `file` (default: out/executable). */
export function makeExecutable(file?: string): Promise<void>;
