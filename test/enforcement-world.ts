import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../src/agent/clock.ts';
import { createEnforcement } from '../src/agent/enforcement/enforcement.ts';
import type {
  Enforcement,
  EnforcementEvent,
  EnforcementInputs,
  EnforcementPaths,
  LayerInput,
} from '../src/agent/enforcement/model.ts';
import { type Disk, systemDisk } from '../src/agent/files/disk.ts';
import type { LayerSource } from '../src/shared/policy/model.ts';
import { readDocument } from '../src/shared/policy/read-document.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import type { Platform } from '../src/shared/settings/setting.ts';

/** Calls of the disk that a test can make fail; `null` lets a call through. */
export type DiskFault = (call: keyof Disk | 'write' | 'sync' | 'chmod', path: string) => string | null;

/** The real disk, with failures put in between by error code. */
export function faultyDisk(fault: () => DiskFault): Disk {
  const disk = systemDisk();
  const check = (call: Parameters<DiskFault>[0], path: string) => {
    const code = fault()(call, path);
    if (code !== null) throw Object.assign(new Error(`${code}: injected`), { code });
  };
  return {
    open: async (path, purpose) => {
      check('open', path);
      const file = await disk.open(path, purpose);
      return {
        ...file,
        write: async (bytes, offset) => {
          check('write', path);
          return file.write(bytes, offset);
        },
        sync: async () => {
          check('sync', path);
          await file.sync();
        },
        chmod: async (mode) => {
          check('chmod', path);
          await file.chmod(mode);
        },
      };
    },
    rename: async (from, to) => {
      check('rename', to);
      await disk.rename(from, to);
    },
    unlink: async (path) => {
      check('unlink', path);
      await disk.unlink(path);
    },
    lstat: async (path) => {
      check('lstat', path);
      return disk.lstat(path);
    },
    stat: async (path) => {
      check('stat', path);
      return disk.stat(path);
    },
    link: async (path, name) => {
      check('link', name);
      await disk.link(path, name);
    },
    append: async (path, text) => {
      check('append', path);
      await disk.append(path, text);
    },
    readdir: async (path) => {
      check('readdir', path);
      return disk.readdir(path);
    },
    mkdir: async (path) => {
      check('mkdir', path);
      return disk.mkdir(path);
    },
  };
}

/** A layer as the sources hand it over. */
export function layerInput(
  source: LayerSource,
  document: unknown,
  more: Partial<Omit<LayerInput, 'layer'>> = {},
): LayerInput {
  const layer = readDocument(document, source, desktopCatalog);
  return { scope: 'machine', origin: { label: source }, layer, ...more };
}

/** Inputs made of documents, by source. */
export function inputsOf(
  documents: { readonly [source in LayerSource]?: unknown },
  more: Partial<EnforcementInputs> = {},
): EnforcementInputs {
  const sources: readonly LayerSource[] = [
    'configuration-profile',
    'user-policy',
    'organization-policy',
    'admin-settings',
  ];
  const layers = sources.flatMap((source) =>
    Object.hasOwn(documents, source) ? [layerInput(source, documents[source])] : [],
  );
  return { layers, stale: false, wall: null, ...more };
}

/** One user's folder, and the agents that work in it one after another. */
export interface EnforcementWorld {
  readonly folder: string;
  readonly paths: EnforcementPaths;
  /** Another agent on the same files; the one before has been stopped. */
  begin(inputs: EnforcementInputs, watch?: boolean, more?: Partial<EnforcementPaths>): Promise<Enforcement>;
  readonly events: EnforcementEvent[];
  readonly logged: string[];
  readStore(): Promise<Record<string, unknown>>;
  storeText(): Promise<string>;
  writeStore(content: unknown): Promise<void>;
  /** Changes some keys of the store; `undefined` deletes one. */
  editStore(changes: Readonly<Record<string, unknown>>): Promise<void>;
  readChoices(): Promise<Record<string, unknown>>;
  writeChoices(text: string): Promise<void>;
  names(): Promise<string[]>;
  end(): Promise<void>;
}

interface WorldOptions {
  readonly platform?: Platform;
  readonly clock?: Clock;
  readonly disk?: Disk;
  readonly mayWriteStore?: () => Promise<boolean>;
  readonly watch?: (paths: readonly string[], onChange: () => void) => () => void;
}

/** A fresh temporary folder; `end` stops the agent and removes it. */
export async function enforcementWorld(options: WorldOptions = {}): Promise<EnforcementWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-enforcement-'));
  const paths: EnforcementPaths = {
    store: join(folder, 'settings-store.json'),
    choices: join(folder, 'user-settings.json'),
    state: join(folder, 'policy-state.json'),
    drift: join(folder, 'drift.jsonl'),
  };
  const events: EnforcementEvent[] = [];
  const logged: string[] = [];
  let running: Enforcement | null = null;
  const storeText = () => readFile(paths.store, 'utf8');
  const readStore = async () => JSON.parse(await storeText());
  const writeStore = (content: unknown) =>
    writeFile(paths.store, typeof content === 'string' ? content : JSON.stringify(content));
  return {
    folder,
    paths,
    events,
    logged,
    begin: async (inputs, watch = false, more = {}) => {
      await running?.stop();
      running = createEnforcement({
        paths: { ...paths, ...more },
        catalog: desktopCatalog,
        platform: options.platform ?? 'linux',
        clock: options.clock ?? systemClock(),
        log: ({ message }) => logged.push(message),
        ...(options.disk === undefined ? {} : { disk: options.disk }),
        ...(options.mayWriteStore === undefined ? {} : { mayWriteStore: options.mayWriteStore }),
        ...(options.watch === undefined ? {} : { watch: options.watch }),
      });
      running.onChange((event) => events.push(event));
      await running.start(inputs, { watch });
      return running;
    },
    storeText,
    readStore,
    writeStore,
    editStore: async (changes) => writeStore({ ...(await readStore()), ...changes }),
    readChoices: async () => JSON.parse(await readFile(paths.choices, 'utf8')),
    writeChoices: (text) => writeFile(paths.choices, text),
    names: () => readdir(folder),
    end: async () => {
      await running?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
