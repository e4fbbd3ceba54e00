import type { CommandRunner } from '../../agent/agent-options.ts';
import type { Platform } from '../../shared/settings/setting.ts';

const WATCHER = 'org.kde.StatusNotifierWatcher';

/**
 * Whether somebody shows tray icons. Only on Linux can there be nobody: the session then has no StatusNotifier
 * host, and an app that only has an icon could not be reached. Where the bus cannot be asked the answer is yes.
 */
export async function hasTrayHost(platform: Platform, run: CommandRunner): Promise<boolean> {
  if (platform !== 'linux') return true;
  const bus = ['--session', '--dest=org.freedesktop.DBus', '--type=method_call', '--print-reply=literal'];
  const asked = [...bus, '/org/freedesktop/DBus', 'org.freedesktop.DBus.NameHasOwner', `string:${WATCHER}`];
  const answer = await run('dbus-send', asked, { timeoutMs: 2_000 });
  return answer.kind === 'failed' || answer.exitCode !== 0 || !/boolean false/.test(answer.stdout);
}
