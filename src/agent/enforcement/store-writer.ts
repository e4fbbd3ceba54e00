import type { Drift } from '../../shared/contracts/local-api.ts';
import { canonicalJson } from '../../shared/policy/canonical-json.ts';
import type { Problem, Resolution, ResolvedSetting } from '../../shared/policy/model.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import type { Platform } from '../../shared/settings/setting.ts';
import { parseStore } from '../../shared/store/parse-store.ts';
import { renderStore } from '../../shared/store/render-store.ts';
import { type Clock, instant } from '../clock.ts';
import type { StorageFailure, Stored } from '../files/storage-failure.ts';
import type { ChoiceEdits } from './choice-book.ts';
import { type DriftLog, driftEntry } from './drift-log.ts';
import type { DueRepair, OwnValues, StoreJudgement } from './judge-store.ts';
import type { PolicyState } from './policy-state.ts';
import type { RepairPace } from './repair-pace.ts';
import type { StateFile } from './state-file.ts';
import type { StoreFile, StoreReading } from './store-file.ts';
import { markOf } from './unfinished-repairs.ts';

/** What the store has to be brought into line with. */
export interface StoreTask {
  readonly found: StoreReading;
  readonly judgement: StoreJudgement;
  /** Edits of the user that could not be saved: they stay in the store, the only place that holds them. */
  readonly pending: ChoiceEdits;
  readonly resolution: Resolution;
  readonly state: PolicyState;
}

/**
 * `waiting`: another program must quit first. `paced`: the repair comes later. `overtaken`: somebody wrote meanwhile,
 * so it has to be judged anew. `again` in milliseconds from now.
 */
export type StoreOutcome = {
  readonly result: 'in_line' | 'waiting' | 'paced' | 'overtaken' | 'failed';
  readonly again: number | null;
  readonly state: PolicyState;
  readonly repaired: readonly Drift[];
  readonly notices: readonly Problem[];
  readonly failure: StorageFailure | null;
};

/** How often it is asked whether the other program has quit. */
const WAITING_MS = 5_000;

const NOTHING_DONE = { result: 'failed', again: null, repaired: [], notices: [] } as const;

interface WriterParts {
  readonly catalog: Catalog;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly store: StoreFile;
  readonly state: StateFile;
  readonly drift: DriftLog;
  readonly pace: RepairPace;
  readonly mayWriteStore: () => Promise<boolean>;
}

/** Writes the settings store when its content has to change, and records what it repaired (docs/policy.md section 5). */
export function createStoreWriter(parts: WriterParts): {
  readonly bringIntoLine: (task: StoreTask) => Promise<StoreOutcome>;
} {
  const bringIntoLine = async (task: StoreTask): Promise<StoreOutcome> => {
    const { found, judgement, pending } = task;
    // Until it is known what the user had before, nothing may be written over it.
    const early = task.state.written.length === 0 && (found.kind === 'failed' || pending.size > 0);
    if (early)
      return { ...NOTHING_DONE, state: task.state, failure: found.kind === 'failed' ? found.failure : null };
    const text = renderStore(withPending(task), parts.catalog, unknownKeys(found));
    const accounted = accountedFor(task);
    const own = ownValues(parts, text, pending, accounted);
    const due = [...judgement.repairs, ...fileRepairs(found, task.state)];
    const settle = async (
      result: StoreOutcome['result'],
      more: Partial<StoreOutcome> & { readonly written: OwnValues },
    ): Promise<StoreOutcome> => {
      const { written, ...rest } = more;
      const state = { ...(more.state ?? task.state), written: [written] };
      const saved = await parts.state.save(state);
      const failure = rest.failure ?? (saved.ok ? null : saved.failure);
      return { result, again: null, repaired: [], notices: [], ...rest, state, failure };
    };
    if (found.kind === 'failed') return settle('failed', { written: accounted, failure: found.failure });
    if (found.kind === 'read' && found.text === text) return settle('in_line', { written: own });
    if (!(await parts.mayWriteStore())) return settle('waiting', { written: accounted, again: WAITING_MS });
    const wait = due.length === 0 ? 0 : parts.pace.wait(parts.clock.monotonic());
    if (wait > 0) return settle('paced', { written: accounted, again: wait });
    // Both contents are ours until the one has replaced the other: a kill in between must not make an edit of it. Where
    // only what was ours is put back they are one, which is on disk already: the repair need not wait for that.
    const both = canonicalJson(accounted) === canonicalJson(own) ? [own] : [accounted, own];
    const announced = await parts.state.save({ ...task.state, written: both });
    const at = instant(parts.clock.wall());
    const begun = due.map((repair) => driftEntry({ at, ...repair }));
    const begins = due.length === 0 ? undefined : parts.drift.begin({ begun, on: markOf(found) });
    const writing = await parts.store.write(text, found, Promise.resolve(begins));
    const notMade = writing.kind === 'overtaken' || !writing.stored.ok;
    if (notMade && begins !== undefined) await parts.drift.giveUp();
    if (writing.kind === 'overtaken') return settle('overtaken', { written: accounted, again: 0 });
    const { stored, notice } = writing;
    const notices = notice === null ? [] : [notice];
    if (!stored.ok) return settle('failed', { written: accounted, failure: stored.failure, notices });
    const { repaired, failure } = await recordRepairs(parts, due, at);
    const state = { ...task.state, writtenAt: at };
    return settle('in_line', {
      written: own,
      state,
      repaired,
      notices,
      failure: failure ?? failureOf(announced),
    });
  };
  return { bringIntoLine };
}

/** Enters repairs that were made into the log and the pace. */
export async function recordRepairs(
  parts: Pick<WriterParts, 'clock' | 'drift' | 'pace'>,
  due: readonly DueRepair[],
  at: string,
): Promise<{ readonly repaired: readonly Drift[]; readonly failure: StorageFailure | null }> {
  if (due.length === 0) return { repaired: [], failure: null };
  parts.pace.repaired(parts.clock.monotonic());
  const repaired = due.map((repair) => driftEntry({ at, ...repair }));
  return { repaired, failure: failureOf(await parts.drift.append(repaired)) };
}

function failureOf(stored: Stored): StorageFailure | null {
  return stored.ok ? null : stored.failure;
}

function unknownKeys(found: StoreReading): ReadonlyMap<string, unknown> | undefined {
  return found.kind === 'read' ? found.content.unknownKeys : undefined;
}

/** Before the first write nothing of ours can have been deleted or ruined; a ruined file is recorded all the same. */
function fileRepairs(found: StoreReading, state: PolicyState): readonly DueRepair[] {
  if (found.kind === 'absent')
    return state.writtenAt === null ? [] : [{ kind: 'deleted_file', setting: null }];
  if (found.kind === 'ruined') return [{ kind: found.denied ? 'permissions' : 'unparsable', setting: null }];
  return found.kind === 'occupied' ? [{ kind: 'replaced', setting: null }] : [];
}

function withPending({ resolution, pending }: StoreTask): Resolution {
  if (pending.size === 0) return resolution;
  const settings = new Map<string, ResolvedSetting>(resolution.settings);
  for (const [id, value] of pending) {
    const resolved = settings.get(id);
    if (resolved !== undefined) settings.set(id, { ...resolved, value });
  }
  return { ...resolution, settings };
}

/**
 * The content of the store as far as it has been judged: what was found, but for what is still to be repaired or
 * saved. As long as the store is not written, later edits are judged against this.
 */
function accountedFor({ found, judgement, pending, state }: StoreTask): OwnValues {
  const before = state.written.at(-1) ?? {};
  if (found.kind !== 'read') return before;
  const open = new Set([...pending.keys(), ...judgement.repairs.map(({ setting }) => setting)]);
  const kept = Object.entries(before).filter(([id]) => open.has(id));
  return Object.fromEntries([...[...found.content.values].filter(([id]) => !open.has(id)), ...kept]);
}

/** What the text will be read as; pending edits are left out, so that they are found to be edits again. */
function ownValues(
  { catalog, platform }: WriterParts,
  text: string,
  pending: ChoiceEdits,
  accounted: OwnValues,
): OwnValues {
  const parsed = parseStore(text, catalog, platform);
  const values = parsed.state === 'ok' ? [...parsed.values] : [];
  const kept = Object.entries(accounted).filter(([id]) => pending.has(id));
  return Object.fromEntries([...values.filter(([id]) => !pending.has(id)), ...kept]);
}
