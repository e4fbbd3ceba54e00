import { dirname } from 'node:path';
import { sweepTemporaries } from '../../agent/files/durable-file.ts';
import { readText } from '../../agent/files/read-text.ts';
import { storageRefusal } from '../../agent/files/storage-failure.ts';
import type { Layout } from '../../agent/paths.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { readJson } from '../../shared/policy/json-text.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { isJsonObject } from '../../shared/policy/read-settings.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { changeFiles, type FileChange, makeFolders, removeFolders } from './file-changes.ts';
import { lockInstallation } from './install-lock.ts';
import { type InstallRequest, refuseErrors } from './install-request.ts';
import { failed, type Installing, occupied } from './installing.ts';
import { MACHINE_FILES, type MachineFile, type MachinePlaces, machinePlaces } from './machine-files.ts';
import {
  digest,
  fileText,
  type InstallManifest,
  type KnownFile,
  knownFiles,
  readManifest,
} from './manifest.ts';

/** What an installation did. */
export interface Installed {
  readonly layout: Layout;
  /** Files that were written, and files of an earlier installation that were removed. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** The layout is another one than before: an agent that runs follows it when it starts again. */
  readonly layoutChanged: boolean;
}

/** Writes what was asked for, all of it or nothing. */
export async function install(
  on: Installing,
  request: InstallRequest,
): Promise<{ readonly installed: Installed } | Refusal> {
  const own = machinePlaces(on.host, 'mooring', on.pathsOf);
  const lock = await lockInstallation(on, own.manifest);
  if ('code' in lock) return lock;
  return installLocked(on, request, own, lock.made).finally(lock.release);
}

/** @param made folders that were made for the lock. */
async function installLocked(
  on: Installing,
  request: InstallRequest,
  own: MachinePlaces,
  made: readonly string[],
): Promise<{ readonly installed: Installed } | Refusal> {
  const found = await readManifest(own.manifest, on.trust);
  if ('code' in found) return found;
  const { manifest } = found;
  const layout = request.layout ?? manifest?.layout ?? 'mooring';
  const placesOf = (each: Layout) => machinePlaces(on.host, each, on.pathsOf).places;
  const known = knownFiles(manifest, placesOf);
  const texts = await readPresent(on, [...Object.values(placesOf(layout)), ...known.map(({ path }) => path)]);
  if ('code' in texts) return texts;
  const wanted = wantedTexts(request, layout, known, texts.at);
  if ('code' in wanted) return wanted;
  const plan = planOf(wanted.texts, known, placesOf(layout), texts.at);
  const strange = request.force ? [] : plan.foreign;
  if (strange.length > 0) return foreignFiles(strange);
  return carryOut(on, layout, manifest, plan, own.manifest, made);
}

type Texts = ReadonlyMap<string, string>;

/** The text of every file that may be replaced; a link or folder in its place is refused. */
async function readPresent(
  on: Installing,
  paths: readonly string[],
): Promise<{ readonly at: Texts } | Refusal> {
  const at = new Map<string, string>();
  for (const path of new Set(paths)) {
    await sweepTemporaries(on.files.disk, path);
    const reading = await readText(on.files.disk, path);
    if (reading.kind === 'text') at.set(path, reading.text);
    else if (reading.kind === 'unreadable') return storageRefusal(reading.failure);
    else if (reading.kind === 'occupied') return occupied(path, `a ${reading.by} stands in its place`);
    // What cannot be a file of ours is a foreign one, whatever it holds.
    else if (reading.kind === 'unfit') at.set(path, '');
  }
  return { at };
}

type Wanted = Readonly<Partial<Record<MachineFile, string>>>;

function wantedTexts(
  request: InstallRequest,
  layout: Layout,
  known: readonly KnownFile[],
  present: Texts,
): { readonly texts: Wanted } | Refusal {
  const recorded = (file: MachineFile): string | null => {
    const standing = known.filter(
      (each) => each.file === file && (!each.pending || isAsWritten(each, present)),
    );
    return standing.map(({ path }) => present.get(path)).find((text) => text !== undefined) ?? null;
  };
  const object = (text: string | null): Readonly<Record<string, unknown>> => {
    const json = text === null ? null : readJson(text);
    return json?.ok && isJsonObject(json.value) ? json.value : {};
  };
  const { policy, proxy, allowedOrgs, hubUrl } = request;
  const settings = recorded('admin-settings');
  const kept = settings === null ? { configurationFileVersion: 2 } : object(settings);
  const document = policy ?? (proxy === null ? null : kept);
  const whole = document === null || proxy === null ? document : { ...document, proxy };
  const adminText = whole === null ? settings : fileText(whole);
  if (whole !== null) {
    const refused = refuseErrors(readDocument(adminText, 'admin-settings', desktopCatalog).problems);
    if (refused !== null) return refused;
  }
  const signInText = allowedOrgs === null ? recorded('sign-in') : fileText({ allowedOrgs });
  const machine = { ...object(recorded('machine')), layout, ...(hubUrl === null ? {} : { hubUrl }) };
  return {
    texts: {
      ...(adminText === null ? {} : { 'admin-settings': adminText }),
      ...(signInText === null ? {} : { 'sign-in': signInText }),
      machine: fileText(machine),
    },
  };
}

interface Plan {
  readonly changes: readonly FileChange[];
  readonly files: InstallManifest['files'];
  /** Files that would be replaced or removed, and are not as we wrote them. */
  readonly foreign: readonly string[];
}

/** Whether the text at the place is the one that is known. */
function isAsWritten({ path, digest: written }: KnownFile, present: Texts): boolean {
  const text = present.get(path);
  return text !== undefined && digest(text) === written;
}

function planOf(
  wanted: Wanted,
  known: readonly KnownFile[],
  places: MachinePlaces['places'],
  present: Texts,
): Plan {
  const changes: FileChange[] = [];
  const files: InstallManifest['files'] = {};
  const foreign: string[] = [];
  const isOurs = (path: string, text: string | undefined) => {
    const there = present.get(path);
    if (there === undefined || there === text) return true;
    return known.some((each) => each.path === path && isAsWritten(each, present));
  };
  for (const file of MACHINE_FILES) {
    const to = places[file];
    const text = wanted[file];
    if (text !== undefined) {
      changes.push({ path: to, text });
      files[file] = digest(text);
      if (!isOurs(to, text)) foreign.push(to);
    }
    // Another layout: what we wrote for the former one would otherwise stay and mean nothing.
    const elsewhere = known.filter((each) => each.file === file && each.path !== to);
    for (const each of elsewhere.filter(({ path }) => present.has(path))) {
      if (each.pending && !isAsWritten(each, present)) continue;
      changes.push({ path: each.path, text: null });
      if (!isOurs(each.path, text)) foreign.push(each.path);
    }
  }
  return { changes, files, foreign };
}

function foreignFiles(paths: readonly string[]): Refusal {
  const list = paths.join(', ');
  return {
    code: 'conflict',
    message: `${list} ${paths.length === 1 ? 'was' : 'were'} not written by "mooring install", or changed since. Nothing was changed.`,
    help: 'Keep a copy where it is needed, and run the command again with --force to replace it.',
    details: { paths },
  };
}

/**
 * Carries the plan out. What is going to be written is noted before the first file is, so that a run that is killed
 * leaves nothing that the next one, or `uninstall`, does not know as ours.
 */
async function carryOut(
  on: Installing,
  layout: Layout,
  manifest: InstallManifest | null,
  plan: Plan,
  manifestPath: string,
  madeBefore: readonly string[],
): Promise<{ readonly installed: Installed } | Refusal> {
  const { disk } = on.files;
  const writing = plan.changes.filter(({ text }) => text !== null).map(({ path }) => path);
  const folders = [...new Set([manifestPath, ...writing].map((path) => dirname(path)))];
  const made = await makeFolders(disk, folders);
  if (!made.ok) return storageRefusal(made.failure);
  const abandon = async (refusal: Refusal): Promise<Refusal> => {
    await removeFolders(disk, made.made);
    return refusal;
  };
  for (const folder of folders) {
    const wrong = await on.protectFolder(folder);
    if (wrong !== null) return abandon(occupied(folder, wrong));
  }
  const after: InstallManifest = {
    ...{ version: 1, layout, files: plan.files },
    folders: [...new Set([...(manifest?.folders ?? []), ...madeBefore, ...made.made])],
  };
  const before: InstallManifest = manifest ?? { ...after, files: {} };
  const note = (each: InstallManifest): FileChange => ({ path: manifestPath, text: fileText(each) });
  const announced = { ...before, folders: after.folders, pending: { layout, files: plan.files } };
  const noted = await changeFiles(on.files, [note(announced)]);
  if (!noted.ok) return abandon(failed(noted.failure, noted.left));
  const changed = await changeFiles(on.files, [...plan.changes, note(after)]);
  if (!changed.ok) {
    const former = manifest === null ? { path: manifestPath, text: null } : note(manifest);
    const restored = await changeFiles(on.files, [former]);
    return abandon(failed(changed.failure, [...changed.left, ...(restored.ok ? [] : restored.left)]));
  }
  const removed = plan.changes.filter(({ text }) => text === null).map(({ path }) => path);
  const layoutChanged = (manifest?.layout ?? 'mooring') !== layout;
  return { installed: { layout, written: writing, removed, layoutChanged } };
}
