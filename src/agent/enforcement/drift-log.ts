import { dirname } from 'node:path';
import { z } from 'zod';
import { isNestedDeeper } from '../../shared/contracts/json-limits.ts';
import { type Drift, driftSchema } from '../../shared/contracts/local-api.ts';
import type { DurableWriting } from '../files/durable-file.ts';
import { readText } from '../files/read-text.ts';
import { errorCode, type Stored, storageFailure } from '../files/storage-failure.ts';
import { maskedJson } from '../local-api/json-of.ts';

/** A log of this many bytes becomes the predecessor, and the former predecessor goes. */
const ROTATE_BYTES = 256 * 1024;
/** How many repairs surfaces are shown. */
const SHOWN = 200;
/** A longer wrong value, as JSON, is left out: who writes megabytes into the store shall not fill the log too. */
const LONGEST_VALUE = 1024;
/** So is one that nests deeper: the hub would refuse the whole report that tells of it. */
const DEEPEST_VALUE = 20;

/** A repair as the log has it: numbered, because clocks are set back and several repairs have one time. */
export type LoggedRepair = Drift & { readonly number: number };

const entrySchema = driftSchema.extend({ number: z.int().positive().optional() });
const begunSchema = z.object({ begun: z.array(driftSchema), on: z.string() });
const lineSchema = z.union([begunSchema, entrySchema]);

/** Repairs that are about to be made, and what they are made on: a mark by which a later start knows it again. */
export type BegunRepairs = z.infer<typeof begunSchema>;

/**
 * The record of repairs: appended to, never rewritten, bounded by rotation (docs/policy.md section 5). A repair is
 * announced before it is made and entered after it, so that a kill in between leaves none without its line.
 */
export interface DriftLog {
  /** Reads the latest repairs of earlier runs. */
  readonly load: () => Promise<void>;
  /** What an earlier run announced and neither entered nor gave up; `null` where there is none. */
  readonly unfinished: () => BegunRepairs | null;
  /** Announces repairs. Entering any, announcing others or giving up ends that. */
  readonly begin: (repairs: BegunRepairs) => Promise<Stored>;
  /** What was announced is not made. */
  readonly giveUp: () => Promise<Stored>;
  readonly append: (entries: readonly Drift[]) => Promise<Stored>;
  /** Newest last. */
  readonly latest: () => readonly LoggedRepair[];
}

/** The log at `path`, one JSON object a line; its predecessor is named `….1.jsonl`. */
export function driftLog(on: DurableWriting, path: string): DriftLog {
  const predecessor = path.replace(/(\.[^./\\]*)?$/, '.1$1');
  let latest: readonly LoggedRepair[] = [];
  let size = 0;
  /** A write that was cut short left half a line: what follows begins on a line of its own. */
  let torn = false;
  let unfinished: BegunRepairs | null = null;
  const numbered = (entries: readonly z.infer<typeof entrySchema>[]): readonly LoggedRepair[] => {
    let last = latest.at(-1)?.number ?? 0;
    return entries.map(({ number, ...entry }) => {
      last = Math.max(last + 1, number ?? 0);
      return { ...entry, number: last };
    });
  };
  const write = async (lines: readonly object[]): Promise<Stored> => {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    try {
      if (size > 0 && size + text.length > ROTATE_BYTES) {
        await on.disk.rename(path, predecessor);
        size = 0;
        torn = false;
      }
      await on.disk.mkdir(dirname(path));
      await on.disk.append(path, torn ? `\n${text}` : text);
      size += text.length;
      torn = false;
      return { ok: true };
    } catch (error) {
      torn = true;
      return { ok: false, failure: storageFailure(path, 'written', error) };
    }
  };
  const begin = async (repairs: BegunRepairs): Promise<Stored> => {
    unfinished = repairs.begun.length === 0 ? null : repairs;
    return write([repairs]);
  };
  const append = async (repairs: readonly Drift[]): Promise<Stored> => {
    const entries = numbered(repairs);
    latest = [...latest, ...entries].slice(-SHOWN);
    unfinished = null;
    return write(entries);
  };
  const load = async () => {
    const texts = (await Promise.all([readText(on.disk, predecessor), readText(on.disk, path)])).map(
      (reading) => (reading.kind === 'text' ? reading.text : ''),
    );
    const lines = texts.flatMap((text) => text.split('\n')).flatMap(readLine);
    latest = [];
    latest = numbered(lines.flatMap((line) => ('begun' in line ? [] : [line]))).slice(-SHOWN);
    const last = lines.at(-1);
    unfinished = last !== undefined && 'begun' in last && last.begun.length > 0 ? last : null;
    size = await sizeOf(on, path);
    torn = !(texts[1] ?? '').endsWith('\n') && size > 0;
  };
  return {
    ...{ load, begin, append, latest: () => latest, unfinished: () => unfinished },
    giveUp: () => begin({ begun: [], on: '' }),
  };
}

/** An entry as it may be shown: user-info masked, long values left out. */
export function driftEntry(entry: Drift): Drift {
  const { wrong, right, ...rest } = entry;
  const shown = (name: 'wrong' | 'right', value: Drift['wrong']) => {
    if (value === undefined) return {};
    const masked = maskedJson(value);
    const isTooMuch = isNestedDeeper(value, DEEPEST_VALUE) || JSON.stringify(masked).length > LONGEST_VALUE;
    return isTooMuch ? {} : { [name]: masked };
  };
  return { ...rest, ...shown('wrong', wrong), ...shown('right', right) };
}

/** Half a line is all that a kill can leave; it is skipped. */
function readLine(line: string): z.infer<typeof lineSchema>[] {
  try {
    return [lineSchema.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}

async function sizeOf(on: DurableWriting, path: string): Promise<number> {
  try {
    return (await on.disk.lstat(path)).size;
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 0 : ROTATE_BYTES;
  }
}
