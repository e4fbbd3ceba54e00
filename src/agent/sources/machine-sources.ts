import type { Catalog } from '../../shared/settings/define-catalog.ts';
import { type EnforcedSignIn, enforcedSignIn } from '../account/enforced-sign-in.ts';
import type { CommandRunner, LogEntry } from '../agent-options.ts';
import { type Clock, instant } from '../clock.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import type { AgentPaths } from '../paths.ts';
import { readAdminSettings } from './admin-settings-source.ts';
import { type Stop, watchPaths } from './file-watch.ts';
import type { LastProfileKeys } from './last-profile-keys.ts';
import { type FileTrust, fileTrust } from './machine-file-trust.ts';
import { type ProfileKeys, type ProfileReading, profileSignIn, readProfileSource } from './profile-source.ts';
import { readSignInFile } from './sign-in-files.ts';
import type { ReadSource, SourceReading } from './source-reading.ts';

/** Everything that administrators decided on this machine: an immutable snapshot, swapped whole. */
export interface MachineReading {
  /** Keys of the profile; while it cannot be read, those it had when it could. `null`: there is no profile. */
  readonly keys: ProfileKeys | null;
  readonly profile: ProfileReading & ReadSource;
  readonly adminSettings: ReadSource;
  readonly signIn: EnforcedSignIn;
}

/** The sources on this machine, read again whenever one of them changes. */
export interface MachineSources {
  /** What was read last; `refresh` has to have been called once. */
  current(): MachineReading;
  /** Reads every source now. Calls while one is under way share the next one. */
  refresh(): Promise<MachineReading>;
  /** Follows changes; `onChange` is called after each reading that differs. */
  watch(onChange: () => void): Stop;
}

export interface MachineSourcesOptions {
  readonly paths: AgentPaths;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly runCommand: CommandRunner;
  readonly lastKeys: LastProfileKeys;
  readonly log: (entry: LogEntry) => void;
}

/** The registry tells nobody of a change; on file systems that do not either, this is how long it takes as well. */
const POLL_MS = 60_000;

/** The sources of one machine. Nothing is read before `refresh`. */
export function createMachineSources(options: MachineSourcesOptions): MachineSources {
  const { paths, clock } = options;
  const trust = fileTrust(paths, options.runCommand);
  let reading: MachineReading | null = null;
  const refresh = oneAtATime(async () => {
    const now = await readAll(options, trust, reading);
    // What says the same stays the same object, so that nothing downstream takes it for a change.
    reading = reading !== null && fingerprint(reading) === fingerprint(now) ? withTimesOf(reading, now) : now;
    return reading;
  });
  return {
    current: () => {
      if (reading === null) throw new Error('the sources were asked before they were read');
      return reading;
    },
    refresh,
    watch: (onChange) => {
      let stopped = false;
      const look = async () => {
        const before = reading;
        try {
          const after = await refresh();
          if (!stopped && (before === null || fingerprint(after) !== fingerprint(before))) onChange();
        } catch (error) {
          const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
          options.log({ level: 'error', message: 'reading the sources failed', facts: { fault } });
        }
      };
      const stopWatching = watchPaths(filesOf(paths), () => void look());
      let stopTimer: Stop = () => {};
      const poll = () => {
        stopTimer = clock.after(POLL_MS, () => {
          void look();
          if (!stopped) poll();
        });
      };
      poll();
      return () => {
        stopped = true;
        stopWatching();
        stopTimer();
      };
    },
  };
}

async function readAll(
  options: MachineSourcesOptions,
  trust: FileTrust,
  before: MachineReading | null,
): Promise<MachineReading> {
  const { paths, catalog, clock, runCommand } = options;
  const [profile, adminSettings, ...files] = await Promise.all([
    readProfileSource(paths, trust, runCommand, catalog),
    readAdminSettings(paths.adminSettings, trust, catalog),
    ...paths.signInFiles.map((file) => readSignInFile(file, trust)),
  ]);
  const at = instant(clock.wall());
  const { lastKeys } = options;
  const signIn = enforcedSignIn([profileSignIn(profile, lastKeys.current()), ...files]);
  // An untrusted profile is ignored, so it is as if there were none.
  if (profile.keys !== null || profile.state !== 'broken') await lastKeys.remember(profile.keys);
  return {
    keys: lastKeys.current(),
    profile: { ...profile, ...timesOf(profile, before?.profile, at) },
    adminSettings: { ...adminSettings, ...timesOf(adminSettings, before?.adminSettings, at) },
    signIn,
  };
}

function withTimesOf(kept: MachineReading, now: MachineReading): MachineReading {
  const times = ({ lastAttempt, lastSuccess }: ReadSource) => ({ lastAttempt, lastSuccess });
  return {
    ...kept,
    profile: { ...kept.profile, ...times(now.profile) },
    adminSettings: { ...kept.adminSettings, ...times(now.adminSettings) },
  };
}

/** A success is a reading whose content counts, "nothing there" included. */
function timesOf(
  now: SourceReading,
  before: ReadSource | undefined,
  at: string,
): Pick<ReadSource, 'lastAttempt' | 'lastSuccess'> {
  const succeeded = now.state === 'ok' || now.state === 'absent';
  return { lastAttempt: at, lastSuccess: succeeded ? at : (before?.lastSuccess ?? null) };
}

function filesOf(paths: AgentPaths): string[] {
  const profiles = paths.profile.flatMap((location) => (location.kind === 'file' ? [location.path] : []));
  return [paths.adminSettings, ...profiles, ...paths.signInFiles.map(({ path }) => path)];
}

/** Tells two readings apart by what they say, not by when they were made. */
function fingerprint({ profile, adminSettings, signIn, keys }: MachineReading): string {
  const of = ({ state, location, document, problems }: SourceReading) => [
    state,
    location,
    document,
    problems,
  ];
  return JSON.stringify([of(profile), of(adminSettings), signIn, keys]);
}
