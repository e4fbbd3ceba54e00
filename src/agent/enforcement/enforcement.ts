import { basename } from 'node:path';
import type { ChangeAnswer, ChangeRequest } from '../../shared/contracts/local-api.ts';
import type { Resolution } from '../../shared/policy/model.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { Platform } from '../../shared/settings/setting.ts';
import { parseStore } from '../../shared/store/parse-store.ts';
import type { LogEntry } from '../agent-options.ts';
import { type Clock, instant } from '../clock.ts';
import { type Disk, systemDisk } from '../files/disk.ts';
import { sweepTemporaries } from '../files/durable-file.ts';
import { watchPaths } from '../sources/file-watch.ts';
import { changeAnswer } from './change-answer.ts';
import { choiceFile } from './choice-file.ts';
import { driftLog } from './drift-log.ts';
import { fileRights } from './file-rights.ts';
import { changedSettings, withProblems } from './in-force.ts';
import type {
  Enforcement,
  EnforcementEvent,
  EnforcementInputs,
  EnforcementPaths,
  StoreState,
} from './model.ts';
import { nextRun } from './next-run.ts';
import { createReconciler, type Pass } from './reconciler.ts';
import { repairPace } from './repair-pace.ts';
import { serialQueue } from './serial-queue.ts';
import { stateFile } from './state-file.ts';
import { storeFile } from './store-file.ts';

/** What enforcement is made of; everything that tests replace is here. */
export interface EnforcementOptions {
  readonly paths: EnforcementPaths;
  readonly catalog: Catalog;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly log: (entry: LogEntry) => void;
  readonly disk?: Disk;
  /** Calls back after any of the files may have changed; answers how to end it. */
  readonly watch?: (paths: readonly string[], onChange: () => void) => () => void;
  /** False while another program must not find its store changed; left out: always true. */
  readonly mayWriteStore?: () => Promise<boolean>;
}

/** After a failure it is tried again after this long, then twice as long each time. Milliseconds. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** How often the store is judged anew at once when somebody else keeps writing it. */
const TRIES = 3;

/** The files of one user, and the reconciler over them. */
function compose(options: EnforcementOptions) {
  const { paths, catalog, platform, clock } = options;
  const windows = process.platform === 'win32';
  const on = { disk: options.disk ?? systemDisk(), clock, windows, now: () => clock.wall() };
  const pace = repairPace();
  const drift = driftLog(on, paths.drift);
  const parse = (text: string) => {
    const read = parseStore(text, catalog, platform);
    return read.state === 'ok' ? read : null;
  };
  const reconciler = createReconciler({
    catalog,
    platform,
    clock,
    log: options.log,
    store: storeFile(on, paths.store, parse),
    choices: choiceFile(on, paths.choices, catalog),
    state: stateFile(on, paths.state),
    drift,
    pace,
    mayWriteStore: options.mayWriteStore ?? (async () => true),
    choicesName: basename(paths.choices),
    rights: fileRights(on, paths),
  });
  const sweep = async () => {
    for (const path of [paths.store, paths.choices, paths.state]) await sweepTemporaries(on.disk, path);
  };
  return { reconciler, pace, drift, sweep };
}

/** When the inputs in force were first in line with the store. */
interface Applied {
  readonly inputs: EnforcementInputs;
  readonly origins: string;
  readonly at: string;
}

/**
 * Composes enforcement. Nothing is read or written until `start`. Long, because it is the one place that turns calls,
 * file events and timers into passes, and passes into events; what a pass does is the reconciler's.
 */
export function createEnforcement(options: EnforcementOptions): Enforcement {
  const { paths, clock } = options;
  const { reconciler, pace, drift, sweep } = compose(options);
  const queue = serialQueue();
  const listeners = new Set<(event: EnforcementEvent) => void>();
  let inputs: EnforcementInputs | null = null;
  let shown: Resolution | null = null;
  let last: Pass | null = null;
  let repairs = 0;
  let applied: Applied | null = null;
  let failures = 0;
  let checkQueued = false;
  let stopWatching: (() => void) | null = null;
  let stopped = false;

  const emit = (event: EnforcementEvent) => {
    for (const listener of listeners) listener(event);
  };

  const storeState = (): StoreState => {
    const rest = { lastWritten: reconciler.lastWritten(), repairs };
    const failure = last?.failure ?? null;
    if (failure !== null) return { state: 'failed', message: `${failure.message} ${failure.help}`, ...rest };
    if (last?.store.result === 'waiting') return { state: 'waiting', message: WAITING, ...rest };
    const contended = pace.contended(clock.monotonic());
    return contended ? { state: 'contended', message: CONTENDED, ...rest } : { state: 'ok', ...rest };
  };

  const resolution = (): Resolution => withProblems(reconciler.inForce().resolution, reconciler.notices());

  /** A pass that nobody waits for: its fault is logged, and it is tried again. */
  const runLater = () => {
    if (checkQueued) return;
    checkQueued = true;
    void queue
      .run(async () => {
        checkQueued = false;
        await run(null);
      })
      .catch((error: unknown) => {
        options.log({
          level: 'error',
          message: 'Enforcing the settings failed; trying again.',
          facts: { error },
        });
        later.within(LONGEST_RETRY_MS);
      });
  };
  const later = nextRun(clock, runLater);

  const schedule = (pass: Pass) => {
    failures = pass.failure === null ? 0 : failures + 1;
    if (pass.failure !== null) later.within(Math.min(RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS));
    if (pass.store.again !== null) later.within(pass.store.again);
    // Surfaces hear when the contention is over, although nothing else happens then.
    const calm = pace.until(clock.monotonic());
    if (calm !== null) later.within(calm + 1);
  };

  const announce = (pass: Pass, statusBefore: string) => {
    const { resolution: now } = reconciler.inForce();
    const changed = changedSettings(shown, now);
    shown = now;
    if (changed.length > 0) emit({ type: 'settings', changed });
    for (const entry of pass.repaired) emit({ type: 'drift', drift: entry });
    if (statusText() !== statusBefore) emit({ type: 'status' });
  };
  const statusText = () => {
    const { problems, frozen } = resolution();
    const { usingLastGood } = reconciler.inForce().layers;
    return JSON.stringify([storeState(), applied?.at, frozen, problems, [...usingLastGood]]);
  };

  const run = async (request: ChangeRequest | null): Promise<ChangeAnswer> => {
    if (inputs === null || stopped) return { results: [], error: NOT_RUNNING };
    const before = statusText();
    let pass = await reconciler.pass(inputs, request);
    for (let tries = 0; pass.store.result === 'overtaken' && tries < TRIES; tries += 1) {
      // What was asked for is decided and saved; only the store is still to follow.
      const { decision, notSaved } = pass;
      pass = { ...(await reconciler.pass(inputs, null)), decision, notSaved };
    }
    last = pass;
    if (pass.repaired.length > 0) repairs += 1;
    if (pass.store.result === 'in_line') applied = appliedNow(inputs);
    schedule(pass);
    announce(pass, before);
    return changeAnswer(pass, reconciler.inForce().resolution);
  };

  /** Inputs that come again with the same policies and decide the same were applied before. */
  const appliedNow = (now: EnforcementInputs): Applied => {
    if (applied?.inputs === now) return applied;
    const origins = JSON.stringify(
      now.layers.map(({ scope, origin, layer }) => [layer.source, scope, origin]),
    );
    const same =
      applied?.origins === origins && changedSettings(shown, reconciler.inForce().resolution).length === 0;
    return { inputs: now, origins, at: same && applied !== null ? applied.at : instant(clock.wall()) };
  };

  /** While somebody fights over the store, their every write shall not wake us. */
  const onFiles = () => {
    const wait = pace.wait(clock.monotonic());
    if (wait > 0) later.within(wait);
    else runLater();
  };

  return {
    start: async (first, { watch }) => {
      inputs = first;
      await queue.run(async () => {
        await sweep();
        await reconciler.load();
        // Before the first reading, so that no edit falls between the two.
        if (watch) stopWatching = (options.watch ?? watchPromptly)([paths.store, paths.choices], onFiles);
        await run(null);
      });
    },
    apply: async (next) => {
      inputs = next;
      await queue.run(() => run(null));
    },
    change: (request) => queue.run(() => run(request)),
    check: async () => {
      await queue.run(() => run(null));
    },
    resolution,
    choices: () => reconciler.inForce().book.values,
    managedBy: reconciler.managedBy,
    usingLastGood: () => reconciler.inForce().layers.usingLastGood,
    appliedAt: () => (applied !== null && applied.inputs === inputs ? applied.at : null),
    storeState,
    drift: () => drift.latest().map(({ number: _number, ...repair }) => repair),
    loggedRepairs: drift.latest,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: async () => {
      stopWatching?.();
      stopWatching = null;
      await queue.run(async () => {
        stopped = true;
        later.cancel();
      });
    },
  };
}

/** What comes right after an event, such as that of our own writing, is gathered. */
const GATHER_MS = 20;

/** A file that is still being written is known as such when it is read, so a repair need not wait for quiet. */
const watchPromptly: NonNullable<EnforcementOptions['watch']> = (paths, onChange) =>
  watchPaths(paths, onChange, GATHER_MS, { promptly: true });

const WAITING = 'Applies when Docker Desktop quits.';
const CONTENDED =
  'Another program keeps changing settings-store.json back; it is repaired every 2 seconds. Stop that program, or have it leave the locked settings alone.';
const NOT_RUNNING = {
  code: 'internal',
  message: 'The agent is not running any more, so nothing was changed.',
  help: 'Start it again, then repeat the change.',
} as const;
