import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ipcMain } from 'electron';
import ElectronStore from 'electron-store';
import { z } from 'zod';

const coordinate = z.number().min(-100_000).max(100_000);
const preferencesSchema = z.object({
  /** Where the window was, in device-independent pixels. */
  bounds: z
    .object({ x: coordinate, y: coordinate, width: coordinate.positive(), height: coordinate.positive() })
    .nullable()
    .catch(null),
  maximized: z.boolean().catch(false),
  /** The colour theme last in force, for the time before the agent has answered. */
  theme: z.enum(['light', 'dark', 'system']).catch('system'),
});

/** What this app remembers about its own window; never a setting, never a secret. */
export type PreferenceValues = z.infer<typeof preferencesSchema>;

export interface Preferences {
  read(): PreferenceValues;
  /** Keeps them, or logs that it could not: a window must open on a full disk too. */
  keep(values: Partial<PreferenceValues>): void;
}

const NAME = 'window';

/**
 * Preferences in `<folder>/window.json`. A file that cannot be read is put aside as `window.<time>.bad.json`, and a
 * value that makes no sense is taken as never set.
 */
export function openPreferences(
  folder: string,
  log: (message: string, facts: Readonly<Record<string, unknown>>) => void,
): Preferences {
  let unsaved: Partial<PreferenceValues> = {};
  const attempt = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log('preferences of the window could not be read or written', { folder, reason });
      return otherwise;
    }
  };
  attempt(() => putAsideIfRuined(join(folder, `${NAME}.json`)), undefined);
  const store = attempt(
    () => new ElectronStore<Record<string, unknown>>({ cwd: folder, name: NAME, clearInvalidConfig: true }),
    null,
  );
  // The library answers whatever page asks there, for stores that pages open themselves; ours has none.
  ipcMain.removeAllListeners('electron-store-get-data');
  return {
    read: () => preferencesSchema.parse({ ...attempt(() => store?.store ?? {}, {}), ...unsaved }),
    keep: (values) => {
      unsaved = { ...unsaved, ...values };
      attempt(() => {
        if (store === null) return;
        store.set(unsaved);
        unsaved = {};
      }, undefined);
    },
  };
}

function putAsideIfRuined(file: string): void {
  if (!existsSync(file)) return;
  if (statSync(file).isFile() && isRecord(readFileSync(file, 'utf8'))) return;
  renameSync(
    file,
    `${file.replace(/\.json$/, '')}.${new Date().toISOString().replace(/[-:.]/g, '')}.bad.json`,
  );
}

function isRecord(text: string): boolean {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
