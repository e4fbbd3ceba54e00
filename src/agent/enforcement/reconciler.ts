import type { ChangeRequest, Drift, ManagedBy } from '../../shared/contracts/local-api.ts';
import type { Problem } from '../../shared/policy/model.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { Platform, Setting } from '../../shared/settings/setting.ts';
import type { LogEntry } from '../agent-options.ts';
import { type Clock, instant } from '../clock.ts';
import type { StorageFailure } from '../files/storage-failure.ts';
import { type ChoiceEdits, editChoices, fitsAfter, NO_BOOK } from './choice-book.ts';
import type { ChoiceFile } from './choice-file.ts';
import { type DriftLog, driftEntry } from './drift-log.ts';
import type { FileRights } from './file-rights.ts';
import { type Decision, decideChange, whyNotChangeable } from './gate.ts';
import { bringInForce, type InForce, managedBy } from './in-force.ts';
import { type DueRepair, judgeStore, type StoreJudgement } from './judge-store.ts';
import { managedSince } from './managed-since.ts';
import type { EnforcementInputs } from './model.ts';
import { emptyState, type PolicyState } from './policy-state.ts';
import type { RepairPace } from './repair-pace.ts';
import type { StateFile } from './state-file.ts';
import type { StoreFile, StoreReading } from './store-file.ts';
import { createStoreWriter, recordRepairs, type StoreOutcome } from './store-writer.ts';
import { type TakenChoices, takeChoices } from './take-choices.ts';
import { enterUnfinished, ON_RIGHTS } from './unfinished-repairs.ts';

/** What the reconciler works with. */
export interface ReconcilerParts {
  readonly catalog: Catalog;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly log: (entry: LogEntry) => void;
  readonly store: StoreFile;
  readonly choices: ChoiceFile;
  readonly state: StateFile;
  readonly drift: DriftLog;
  readonly pace: RepairPace;
  /** False while another program must not find its store changed. */
  readonly mayWriteStore: () => Promise<boolean>;
  /** The name of the file of choices: its opening is also shown, the others' is only recorded. */
  readonly choicesName: string;
  readonly rights: FileRights;
}

/** What one pass came to. */
export interface Pass {
  /** `null` where nothing was asked for. */
  readonly decision: Decision | null;
  /** Why choices could not be saved: then nothing that was asked for is in force. */
  readonly notSaved: StorageFailure | null;
  readonly store: StoreOutcome;
  readonly repaired: readonly Drift[];
  /** The first thing that could not be read or written; the pass has to be repeated. */
  readonly failure: StorageFailure | null;
}

/** Brings policy, choices and the settings store into line, one pass at a time. */
export interface Reconciler {
  /** Reads the state of earlier runs. */
  readonly load: () => Promise<void>;
  /** Never run two at once. */
  readonly pass: (inputs: EnforcementInputs, request: ChangeRequest | null) => Promise<Pass>;
  readonly inForce: () => InForce;
  readonly managedBy: (id: string) => ManagedBy | null;
  readonly notices: () => readonly Problem[];
  readonly lastWritten: () => string | null;
}

/** Surfaces show the latest of what happened to our files. */
const MOST_NOTICES = 20;
const NOT_JUDGED: StoreJudgement = { edits: new Map(), repairs: [] };
const NO_INPUTS: EnforcementInputs = { layers: [], stale: false, wall: null };

/** Reads and writes nothing until `load`. */
export function createReconciler(parts: ReconcilerParts): Reconciler {
  const { catalog } = parts;
  let state: PolicyState = emptyState();
  let stateWasRuined = false;
  let choicesTaken = false;
  let choicesDirty = false;
  let notices: readonly Problem[] = [];
  let knownIgnored: ReadonlySet<string> = new Set();
  let now: InForce = bringInForce(parts, NO_INPUTS, NO_BOOK, state);
  const writer = createStoreWriter(parts);

  const managed = (id: string) => managedBy(now, state.managed, id);
  const refusal = (setting: Setting) => {
    const resolved = now.resolution.settings.get(setting.id);
    if (resolved === undefined) return null;
    return whyNotChangeable({ wall: now.inputs.wall, managedBy: managed }, setting, resolved);
  };
  const tell = (more: readonly Problem[]) => {
    notices = [...notices, ...more].slice(-MOST_NOTICES);
    for (const { message } of more) parts.log({ level: 'warning', message });
  };

  const take = async (): Promise<TakenChoices> => {
    const taken = await takeChoices(parts.choices, {
      catalog,
      book: choicesTaken ? now.book : null,
      copy: state.choices,
      refusal: (setting) => refusal(setting)?.message ?? null,
    });
    tell(taken.notices);
    choicesDirty ||= taken.mustWrite;
    choicesTaken ||= taken.failure === null;
    return taken;
  };

  const giveRights = async (): Promise<readonly DueRepair[]> => {
    const wrong = await parts.rights.wrong();
    if (wrong.length === 0) return [];
    const at = instant(parts.clock.wall());
    await parts.drift.begin({ begun: wrong.map((repair) => driftEntry({ at, ...repair })), on: ON_RIGHTS });
    const given = await parts.rights.give(wrong);
    if (given.length === 0) await parts.drift.giveUp();
    return given;
  };
  /** Through an opened file of choices, or the folder around it, others could have decided: that is shown. */
  const isShown = (file = ''): file is string => file === parts.choicesName || file.endsWith('/');

  /** Rights of files: those of this user's are given back, and a machine file that others could write is ignored. */
  const recordRights = async () => {
    const given = await giveRights();
    const ignored = now.inputs.untrusted ?? [];
    const found = ignored.filter((file) => !knownIgnored.has(file));
    knownIgnored = new Set(ignored);
    tell(given.flatMap(({ file }) => (isShown(file) ? [openedNotice(file)] : [])));
    const machine = found.map((file): DueRepair => ({ kind: 'permissions', setting: null, file }));
    return recordRepairs(parts, [...given, ...machine], instant(parts.clock.wall()));
  };

  const judge = (found: StoreReading, fresh: boolean): StoreJudgement => {
    const firstContact = state.written.length === 0;
    // Without our own last content, but with choices of an earlier life, those are the truth and not the store.
    const mayJudge = found.kind === 'read' && (!firstContact || (fresh && !stateWasRuined));
    if (!mayJudge) return NOT_JUDGED;
    return judgeStore({
      catalog,
      resolution: now.resolution,
      found: found.content,
      ours: state.written,
      changeable: (setting) => refusal(setting) === null,
    });
  };

  /** Choices that their own file could not hold are none: a store that is full of them is kept aside. */
  const judged = (read: StoreReading, { fresh, book }: TakenChoices) => {
    const judgement = judge(read, fresh);
    if (fitsAfter(book, judgement.edits)) return { found: read, judgement };
    const found: StoreReading = { kind: 'ruined', denied: false };
    return { found, judgement: NOT_JUDGED };
  };

  const save = async (taken: TakenChoices, edits: ChoiceEdits): Promise<StorageFailure | null> => {
    if (taken.failure !== null) return taken.failure;
    if (edits.size === 0 && !choicesDirty) return null;
    const book = editChoices(taken.book, edits);
    const stored = await parts.choices.write(book);
    if (!stored.ok) return stored.failure;
    choicesDirty = false;
    now = bringInForce(parts, now.inputs, book, state);
    return null;
  };

  /** What a restart has to know of this moment, but for what the store holds. */
  const remember = (): Omit<PolicyState, 'written' | 'writtenAt'> => {
    const { settings } = now.resolution;
    const since = managedSince(now.resolution, now.inputs.layers, state.managed, instant(parts.clock.wall()));
    return {
      version: 1,
      choices: Object.fromEntries([...now.book.kept, ...now.book.values]),
      present: {
        ...Object.fromEntries([...settings.values()].map(({ id, value }) => [id, value])),
        ...beneath(now.inputs),
      },
      managed: since,
      lastGood: now.layers.remembered,
    };
  };

  const pass = async (inputs: EnforcementInputs, request: ChangeRequest | null): Promise<Pass> => {
    now = bringInForce(parts, inputs, now.book, state);
    const rights = await recordRights();
    const taken = await take();
    now = bringInForce(parts, inputs, taken.book, state);
    const read = await parts.store.read(state.writtenAt !== null);
    if (state.written.length === 0) state = { ...state, present: { ...presentIn(read), ...state.present } };
    const { found, judgement } = judged(read, taken);
    const view = {
      catalog,
      resolution: now.resolution,
      book: now.book,
      wall: inputs.wall,
      managedBy: managed,
    };
    const decision = request === null ? null : decideChange(view, request);
    const asked: ChoiceEdits = decision?.ok === true ? decision.edits : new Map();
    const notSaved = await save(taken, new Map([...judgement.edits, ...asked]));
    now = bringInForce(parts, inputs, now.book, state);
    const pending: ChoiceEdits = notSaved === null ? new Map() : judgement.edits;
    const before = { ...state, ...remember() };
    const store = await writer.bringIntoLine({
      found,
      judgement,
      pending,
      resolution: now.resolution,
      state: before,
    });
    state = store.state;
    tell(store.notices);
    const failure = notSaved ?? store.failure ?? rights.failure;
    if (failure !== null) parts.log({ level: 'error', message: `${failure.message} ${failure.help}` });
    return { decision, notSaved, store, repaired: [...rights.repaired, ...store.repaired], failure };
  };

  return {
    load: async () => {
      const loaded = await parts.state.load();
      state = loaded.state;
      stateWasRuined = loaded.notice !== null;
      if (loaded.notice !== null) tell([loaded.notice]);
      await parts.drift.load();
      const entered = await enterUnfinished(parts);
      if (!entered.ok) parts.log({ level: 'error', message: entered.failure.message });
    },
    pass,
    inForce: () => now,
    managedBy: managed,
    notices: () => notices,
    lastWritten: () => state.writtenAt,
  };
}

/** An override must not outlive its time in what settings are held at: there the policy's own value stands. */
function beneath({ layers }: EnforcementInputs): PolicyState['present'] {
  return Object.fromEntries(
    layers.flatMap(({ overridden }) =>
      (overridden?.by ?? []).map(({ setting }) => [
        setting,
        overridden?.beneath.mentions.get(setting)?.value ?? null,
      ]),
    ),
  );
}

function openedNotice(name: string): Problem {
  return {
    severity: 'warning',
    source: 'choices',
    path: '',
    code: 'untrusted_file',
    message: `Other users of this computer had been given rights to ${name.endsWith('/') ? `the folder ${name.slice(0, -1)}` : name}. They were taken away again.`,
  };
}

/** The values a store held before anybody managed it: where settings stay if they freeze at first contact. */
function presentIn(found: StoreReading): PolicyState['present'] {
  return found.kind === 'read' ? Object.fromEntries(found.content.values) : {};
}
