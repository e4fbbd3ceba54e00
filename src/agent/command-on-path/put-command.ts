import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { COMMAND_NOTE, type CommandNote, commandNoteSchema } from '../../shared/contracts/command-note.ts';
import type { CommandRunner } from '../agent-options.ts';
import { errorCode } from '../files/storage-failure.ts';
import { type CommandPlace, staysInPlace } from './command-place.ts';

/**
 * How putting the command on the PATH ended. `gave-up`: the person was asked for their password and gave none. `denied`:
 * their own folder is not theirs to write to, as after an installation by root into their home.
 */
export type PutOutcome =
  | { readonly kind: 'done' | 'gave-up' | 'move-first' | 'taken' | 'denied' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Puts the link there, and the copy where one is needed. Another command of that name stays. */
export async function putCommand(
  place: CommandPlace,
  version: string,
  run: CommandRunner,
): Promise<PutOutcome> {
  if (!staysInPlace(place)) return { kind: 'move-first' };
  if (await isTaken(place.link)) return { kind: 'taken' };
  try {
    // About a person's own folder no administrator is asked: what root made there, they could not change again.
    if (place.everybodys) return await linkAsWhoMay(place, run);
    if (place.copy !== null) await takeCopy(place.source, place.copy, version);
    await makeLink(place.link, commandFile(place));
    return { kind: 'done' };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied' };
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** What the link leads to. */
export function commandFile({ source, copy }: CommandPlace): string {
  return copy === null ? source : join(copy.folder, 'mooring');
}

/** Takes the copy again where the app is another version, or stands elsewhere, since. */
export async function refreshCopy({ source, copy }: CommandPlace, version: string): Promise<void> {
  if (copy === null) return;
  const noted = await readNote(copy.folder);
  if (noted?.version === version && noted.app === copy.app) return;
  await takeCopy(source, copy, version);
}

async function readNote(folder: string): Promise<CommandNote | null> {
  try {
    return commandNoteSchema.parse(JSON.parse(await readFile(join(folder, COMMAND_NOTE), 'utf8')));
  } catch {
    return null;
  }
}

/** The note comes last: without it the copy counts as none of this version. */
async function takeCopy(
  source: string,
  { folder, app }: NonNullable<CommandPlace['copy']>,
  version: string,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const note: CommandNote = { app, version };
  await replace(join(folder, 'mooring'), async (fresh) => {
    await copyFile(source, fresh);
    await chmod(fresh, 0o755);
  });
  await replace(join(folder, COMMAND_NOTE), (fresh) => writeFile(fresh, `${JSON.stringify(note)}\n`));
}

async function makeLink(link: string, target: string): Promise<void> {
  await mkdir(dirname(link), { recursive: true });
  await replace(link, (fresh) => symlink(target, fresh));
}

/** Whoever looks meanwhile finds the old one or the new one, whole. */
async function replace(path: string, make: (fresh: string) => Promise<void>): Promise<void> {
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  await make(fresh);
  await rename(fresh, path);
}

/** Links that this app makes end so, wherever it stood when it made them. */
const OWN_TARGET = /\/(?:cli|command)\/mooring$/;

async function isTaken(link: string): Promise<boolean> {
  const found = await lstat(link).catch(() => null);
  return found !== null && !(found.isSymbolicLink() && OWN_TARGET.test(await readlink(link)));
}

/**
 * Makes the link with the rights of an administrator, whose name and password mac asks for. The path is handed over as a
 * word, never as a part of the script.
 */
const AS_ADMINISTRATOR = [
  'on run {target, link, bin}',
  'do shell script "mkdir -p " & quoted form of bin & " && ln -sfn " & quoted form of target & " " & quoted form of link with administrator privileges',
  'end run',
];
/** Whoever is asked for a password may take their time. */
const PATIENCE_MS = 5 * 60_000;
/** `userCanceledErr`, as osascript prints it. */
const CANCELLED = '-128';

async function linkAsWhoMay({ link, source }: CommandPlace, run: CommandRunner): Promise<PutOutcome> {
  const made = await makeLink(link, source).then(
    () => true,
    () => false,
  );
  if (made) return { kind: 'done' };
  const script = AS_ADMINISTRATOR.flatMap((line) => ['-e', line]);
  const ended = await run('/usr/bin/osascript', [...script, source, link, dirname(link)], {
    timeoutMs: PATIENCE_MS,
  });
  if (ended.kind === 'failed') return { kind: 'failed', reason: ended.reason };
  if (ended.exitCode === 0) return { kind: 'done' };
  return ended.stderr.includes(CANCELLED)
    ? { kind: 'gave-up' }
    : { kind: 'failed', reason: ended.stderr.trim() };
}
