import { type FSWatcher, type Stats, statSync, unwatchFile, watch, watchFile } from 'node:fs';
import { basename, dirname, relative, sep } from 'node:path';

/** Ends what was started. */
export type Stop = () => void;

/** Events that arrive within this time are one change: editors and installers write in several steps. */
const SETTLE_MS = 50;
/** Used alone where the system has no watch left to give. */
const POLL_MS = 5_000;

/**
 * Calls `onChange` after any of the paths may have changed: written, replaced by rename, removed, or come into being.
 * For a path that does not exist the nearest folder above it that does is watched, so nothing is polled. `onChange`
 * may be called without a change; the reader compares.
 *
 * @param options.promptly the first event after a quiet time is passed on at once: for a reader that knows a file that
 * is still being written when it sees one
 *
 * chokidar does not fit: it follows a missing file only one folder up, and watches by reading whole folders.
 */
export function watchPaths(
  paths: readonly string[],
  onChange: () => void,
  settleMs = SETTLE_MS,
  { promptly } = { promptly: false },
): Stop {
  let timer: NodeJS.Timeout | null = null;
  let last = Number.NEGATIVE_INFINITY;
  // The first event starts the wait and later ones do not prolong it: constant writing cannot starve the reader.
  const settle = () => {
    const quiet = promptly && performance.now() - last > settleMs;
    timer ??= setTimeout(
      () => {
        timer = null;
        last = performance.now();
        onChange();
      },
      quiet ? 0 : settleMs,
    );
  };
  const stops = [...new Set(paths)].map((path) => watchPath(path, settle));
  return () => {
    for (const stop of stops) stop();
    if (timer !== null) clearTimeout(timer);
  };
}

/** A watched folder, and which folder it was: the same path may be another one later. */
interface Watched {
  readonly folder: string;
  readonly identity: string;
  readonly watcher: FSWatcher;
}

function watchPath(path: string, changed: () => void): Stop {
  let watched: Watched | null = null;
  let stopped = false;
  let polling = false;

  const arm = () => {
    watched?.watcher.close();
    watched = null;
    const folder = nearestFolder(path);
    // The part of the path directly inside the folder: the only name whose events matter.
    const name = relative(folder, path).split(sep)[0] ?? basename(path);
    try {
      const watcher = watch(folder, { persistent: false }, (_event, file) => onEvent(file, name));
      // Windows says so when the folder goes; a watch that broke is over, and looking now and then takes its place.
      watcher.on('error', () => {
        watcher.close();
        if (!stopped) poll();
        changed();
      });
      watched = { folder, identity: identityOf(folder), watcher };
    } catch {
      poll();
    }
  };

  const onEvent = (file: string | null, name: string) => {
    if (stopped || watched === null) return;
    const moved = nearestFolder(path) !== watched.folder || identityOf(watched.folder) !== watched.identity;
    if (moved) arm();
    if (moved || file === null || file === name) changed();
  };

  const poll = () => {
    if (polling) return;
    polling = true;
    watchFile(path, { persistent: false, interval: POLL_MS }, onPoll);
  };

  const onPoll = () => changed();

  arm();
  return () => {
    stopped = true;
    watched?.watcher.close();
    if (polling) unwatchFile(path, onPoll);
  };
}

/** The folder of the path, or the nearest one above it that exists. */
function nearestFolder(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (look(folder)?.isDirectory() === true || folder === dirname(folder)) return folder;
  }
}

function identityOf(folder: string): string {
  const info = look(folder);
  return info === null ? 'gone' : `${info.dev}:${info.ino}`;
}

/** A folder that may not be looked into counts as one that is not there. */
function look(folder: string): Stats | null {
  try {
    return statSync(folder);
  } catch {
    return null;
  }
}
