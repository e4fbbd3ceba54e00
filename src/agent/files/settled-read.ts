import type { Clock } from '../clock.ts';
import type { Disk } from './disk.ts';
import { readText, type TextReading } from './read-text.ts';

/**
 * Looks at a file that seemed half written, milliseconds apart, until it is whole: most writers are done in a moment.
 * One that is the same after all of them, 120 ms, is not being written any more.
 */
const LOOKS_MS = [5, 15, 100];
/** With the watch's own delay still within the second in which a repair is due (docs/policy.md section 5). */
const READINGS = 5;

/** How a file is judged finished. */
export interface SettledReading {
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'after'>;
  readonly path: string;
  /** False: it looks as if somebody were still writing. */
  readonly isWhole: (text: string) => boolean;
  /** There was a file before, so that its absence may be the middle of a replacement. */
  readonly expected: boolean;
  readonly followLink: boolean;
  /** In bytes; as `readText` where left out. */
  readonly largest?: number;
}

/**
 * Reads a file that others write without care. What looks half written, or has just gone, is read again until it is
 * whole or has stopped changing: a slow writer must not be taken for a broken file.
 */
export async function readSettled(of: SettledReading): Promise<TextReading> {
  let reading = await readText(of.disk, of.path, of);
  for (let times = 1; times < READINGS && looksUnfinished(of, reading); times += 1) {
    const next = await lookAgain(of, reading);
    const unchanged = next.kind === reading.kind && textOf(next) === textOf(reading);
    reading = next;
    if (unchanged) break;
  }
  return reading;
}

async function lookAgain(of: SettledReading, unfinished: TextReading): Promise<TextReading> {
  let reading = unfinished;
  for (const wait of LOOKS_MS) {
    await new Promise<void>((resolve) => of.clock.after(wait, resolve));
    reading = await readText(of.disk, of.path, of);
    if (!looksUnfinished(of, reading)) break;
  }
  return reading;
}

function looksUnfinished(of: SettledReading, reading: TextReading): boolean {
  switch (reading.kind) {
    case 'text':
      return !of.isWhole(reading.text);
    case 'absent':
      return of.expected;
    case 'unfit':
    case 'unreadable':
      return true;
    case 'occupied':
      return false;
  }
}

function textOf(reading: TextReading): string | null {
  return reading.kind === 'text' ? reading.text : null;
}
