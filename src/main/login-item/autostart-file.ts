import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { ownImage } from '../../agent/command-on-path/own-image.ts';
import type { AgentPaths } from '../../agent/paths.ts';

/**
 * Where the entry that starts the app at login stands on Linux: `$XDG_CONFIG_HOME/autostart`. With test paths it
 * stands beneath them, as everything does. `null` in a checkout: what it would start at login is Electron alone.
 */
export function autostartFile(
  { userData, testPaths }: Pick<AgentPaths, 'userData' | 'testPaths'>,
  environment: Readonly<Record<string, string | undefined>>,
  installed: boolean,
): string | null {
  if (!installed && !testPaths) return null;
  const given = environment.XDG_CONFIG_HOME ?? '';
  // The specification has relative paths ignored.
  const config = isAbsolute(given) ? given : join(homedir(), '.config');
  const folder = testPaths ? join(userData, 'config') : config;
  return join(folder, 'autostart', 'dev.mooring.desktop.desktop');
}

/** The program that a start at login starts; an AppImage runs from a place that is gone when it ends, and names its file. */
export function ownProgram(
  environment: Readonly<Record<string, string | undefined>>,
  execPath: string,
): string {
  return ownImage(environment, execPath) ?? execPath;
}
