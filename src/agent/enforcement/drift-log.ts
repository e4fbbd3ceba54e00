import { dirname } from 'node:path';
import { z } from 'zod';
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

/** A repair as the log has it: numbered, because clocks are set back and several repairs have one time. */
export type LoggedRepair = Drift & { readonly number: number };

const lineSchema = driftSchema.extend({ number: z.int().positive().optional() });

/** The record of repairs: appended to, never rewritten, bounded by rotation (docs/policy.md section 5). */
export interface DriftLog {
  /** Reads the latest repairs of earlier runs. */
  readonly load: () => Promise<void>;
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
  const numbered = (entries: readonly z.infer<typeof lineSchema>[]): readonly LoggedRepair[] => {
    let last = latest.at(-1)?.number ?? 0;
    return entries.map(({ number, ...entry }) => {
      last = Math.max(last + 1, number ?? 0);
      return { ...entry, number: last };
    });
  };
  const append = async (repairs: readonly Drift[]): Promise<Stored> => {
    const entries = numbered(repairs);
    latest = [...latest, ...entries].slice(-SHOWN);
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
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
  const load = async () => {
    const texts = (await Promise.all([readText(on.disk, predecessor), readText(on.disk, path)])).map(
      (reading) => (reading.kind === 'text' ? reading.text : ''),
    );
    latest = [];
    latest = numbered(texts.flatMap((text) => text.split('\n')).flatMap(readEntry)).slice(-SHOWN);
    size = await sizeOf(on, path);
    torn = !(texts[1] ?? '').endsWith('\n') && size > 0;
  };
  return { load, append, latest: () => latest };
}

/** An entry as it may be shown: user-info masked, long values left out. */
export function driftEntry(entry: Drift): Drift {
  const { wrong, right, ...rest } = entry;
  const shown = (name: 'wrong' | 'right', value: Drift['wrong']) => {
    if (value === undefined) return {};
    const masked = maskedJson(value);
    return JSON.stringify(masked).length > LONGEST_VALUE ? {} : { [name]: masked };
  };
  return { ...rest, ...shown('wrong', wrong), ...shown('right', right) };
}

/** Half a line is all that a kill can leave; it is skipped. */
function readEntry(line: string): z.infer<typeof lineSchema>[] {
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
